"""Comparisons of results with PyTorch's, by tensor."""

import torch


def difference_to_scale(value, expected):
    """Largest absolute difference over the largest absolute value of `expected`."""
    scale = expected.double().abs().max().item()
    difference = (value.double() - expected.double()).abs().max().item()
    return difference / scale if scale > 0 else difference


def assert_equal_to_scale(ours, peer, tolerance, arbiter=None):
    """Every tensor of `ours` differs from the peer's by at most `tolerance` times its scale.

    @param arbiter  the same results in double. A ReLU whose input is almost zero may go either way in float32 and
    moves a gradient by more than the tolerance: then ours may be no farther from the arbiter than the peer is.
    """
    assert ours.keys() == peer.keys()
    faults = []
    for name, value in ours.items():
        assert value.shape == peer[name].shape, name
        assert torch.isfinite(value).all(), name
        difference = difference_to_scale(value, peer[name])
        if difference <= tolerance:
            continue
        if arbiter is not None:
            if difference_to_scale(value, arbiter[name]) <= difference_to_scale(peer[name], arbiter[name]):
                continue
        faults.append(f"{name} differs by {difference:.2e} of its scale, {tolerance:.0e} is allowed")
    assert not faults, "\n".join(faults)

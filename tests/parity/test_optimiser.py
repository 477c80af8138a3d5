"""Adam and its learning rate's schedule do what PyTorch's do."""

import math

import pytest
import torch
from comparing import assert_equal_to_scale
from probe import run_probe

RATES = [1e-3, 1e-3, 1e-4, 1e-4, 1e-2, 1e-3]
SHAPES = {"convolution": (6, 5, 3, 3), "bias": (19,), "scalar": (1,)}
# A value and Adam's two moments pass through a dozen roundings per step.
ROUNDING = 1e-6


def make_case(precision):
    """Start values and gradients of every step, from tiny to huge; in bf16 what a bf16 network would give."""
    generator = torch.Generator().manual_seed(11)
    weights = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = [{name: torch.randn(shape, generator=generator) * 10.0 ** (2 * step - 6) for name, shape in SHAPES.items()}
                 for step in range(len(RATES))]
    if precision == "bf16":
        gradients = [{name: g.bfloat16().float() for name, g in step.items()} for step in gradients]
    return weights, gradients


def run_ours(weights, gradients, precision, weight_decay):
    tensors = {f"weight:{name}": value for name, value in weights.items()}
    tensors |= {f"grad:{i}:{name}": g for i, step in enumerate(gradients) for name, g in step.items()}
    return run_probe("adam", tensors, names=list(weights), rates=RATES, weight_decay=weight_decay, precision=precision)[0]


def run_peer(weights, gradients, weight_decay, dtype):
    parameters = {name: torch.nn.Parameter(value.to(dtype)) for name, value in weights.items()}
    optimizer = torch.optim.Adam(parameters.values(), weight_decay=weight_decay)
    for rate, step in zip(RATES, gradients):
        optimizer.param_groups[0]["lr"] = rate
        for name, parameter in parameters.items():
            parameter.grad = step[name].to(dtype)
        optimizer.step()
    made = {}
    for name, parameter in parameters.items():
        made[f"master.{name}"] = parameter.detach()
        made |= {f"{key}.{name}": optimizer.state[parameter][key] for key in ("exp_avg", "exp_avg_sq")}
    return made


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("weight_decay", [0, 1e-2])
def test_adam_is_pytorch_s(precision, weight_decay):
    weights, gradients = make_case(precision)
    ours = run_ours(weights, gradients, precision, weight_decay)
    parameters = {name: ours.pop(f"parameter.{name}") for name in SHAPES}
    assert_equal_to_scale(ours, run_peer(weights, gradients, weight_decay, torch.float64), ROUNDING)
    assert_equal_to_scale(ours, run_peer(weights, gradients, weight_decay, torch.float32), ROUNDING)
    for name, parameter in parameters.items():
        held = ours[f"master.{name}"].to(torch.bfloat16 if precision == "bf16" else torch.float32)
        assert torch.equal(parameter, held)


PLATEAU = {
    "falls": [1 / (1 + i) for i in range(30)],
    "stalls": [1.0] * 40,
    "improves by less than the threshold": [1 - 5e-5 * i for i in range(40)],
    "improves by just more": [(1 - 1.1e-4) ** i for i in range(40)],
    "is sometimes not a number": [1.0, math.nan, 0.9, *[math.nan] * 15, 0.8, math.inf, 0.7],
    "rises": [float(i) for i in range(25)],
    "below zero": [-1 - 0.01 * (i % 7) for i in range(40)],
}


@pytest.mark.parametrize("losses", PLATEAU.values(), ids=PLATEAU.keys())
@pytest.mark.parametrize("options", [
    dict(factor=0.1, patience=10, threshold=1e-4),
    dict(factor=0.5, patience=2, threshold=1e-2),
    dict(factor=0.3, patience=0, threshold=0.0),
], ids=["PyTorch's defaults", "patience 2", "patience 0"])
def test_the_plateau_schedule_is_pytorch_s(losses, options):
    made, _ = run_probe("schedule", {"losses": torch.tensor(losses, dtype=torch.float64)}, lr=1e-4, **options)

    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=1e-4)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    rates = []
    for loss in losses:
        schedule.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    assert made["rates"].tolist() == rates

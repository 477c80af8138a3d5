"""Training steps with the same weights, batches and draws lose what PyTorch's lose."""

import pytest
import torch
import torch.nn.functional as F
from comparing import assert_equal_to_scale
from draws import dropout2d_mask
from probe import run_probe, weights_of
from reference import make_model, randomise

STEPS, LR, DROPOUT, IGNORE = 10, 1e-4, 0.1, 255
FIRST_LOSS = {"fp32": 1e-5, "bf16": 1e-2}  # relative
MEAN, STD = (torch.tensor(values).view(1, 3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
NETWORKS = {"unet": dict(width=8, size=(48, 70)), "unet-resnet50": dict(width=64, size=(40, 70))}


def make_batches(arch, count):
    """Coloured blocks that a network can learn, with noise and void pixels."""
    generator = torch.Generator().manual_seed(3)
    height, width = NETWORKS[arch]["size"]
    batches = []
    for number in range(count):
        coarse = torch.randint(0, 19, (2, 1, 6, 8), generator=generator).float()
        labels = F.interpolate(coarse, size=(height, width))[:, 0].long()
        noise = torch.randint(-20, 21, (2, height, width, 3), generator=generator)
        colours = torch.stack([labels * 13, 255 - labels * 9, (labels * 71) % 256], dim=3)
        labels[torch.rand(labels.shape, generator=generator) < 0.1] = IGNORE
        batches.append({"images": (colours + noise).clamp(0, 255).to(torch.uint8), "labels": labels.to(torch.uint8),
                        "keys": torch.tensor([2 * number + 1, -number])})
    return batches


def make_start(arch):
    return randomise(make_model(arch, width=NETWORKS[arch]["width"]), seed=5)


def our_losses(arch, start, batches, precision="fp32"):
    tensors = {f"batch:{i}:{name}": tensor for i, batch in enumerate(batches) for name, tensor in batch.items()}
    _, values = run_probe("train-steps", weights_of(start) | tensors, arch=arch, classes=19, dropout=DROPOUT, lr=LR,
                          width=NETWORKS[arch]["width"], precision=precision, steps=len(batches))
    return torch.tensor(values["losses"], dtype=torch.float64)


def peer_losses(arch, start, batches, layout, precision="fp32"):
    model = make_model(arch, width=NETWORKS[arch]["width"])
    model.load_state_dict(start.state_dict())
    model.to(memory_format=layout).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    losses = []
    for batch in batches:
        images = batch["images"].permute(0, 3, 1, 2).contiguous(memory_format=layout).float()
        keys = [int(key) % 2**64 for key in batch["keys"]]
        mask = torch.from_numpy(dropout2d_mask(keys, 0, model.bottleneck_channels, DROPOUT))
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            logits = model((images / 255 - MEAN) / STD, mask)
        loss = F.cross_entropy(logits.float(), batch["labels"].long(), ignore_index=IGNORE)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64)


@pytest.mark.parametrize("arch", sorted(NETWORKS))
def test_ten_steps_stay_as_near_to_pytorch_as_its_own_memory_layouts(arch):
    start, batches = make_start(arch), make_batches(arch, STEPS)
    ours = our_losses(arch, start, batches)
    plain = peer_losses(arch, start, batches, torch.contiguous_format)
    other = peer_losses(arch, start, batches, torch.channels_last)

    assert abs(ours[0] / plain[0] - 1) <= FIRST_LOSS["fp32"]
    own_difference = max(FIRST_LOSS["fp32"], (other / plain - 1).abs().max().item())
    assert (ours / plain - 1).abs().max() <= 2 * own_difference
    assert ours[-1] < ours[0]  # the steps do train


@pytest.mark.parametrize("arch", ["unet"])
def test_in_bf16_the_losses_follow_autocast_s(arch):
    start, batches = make_start(arch), make_batches(arch, STEPS)
    ours = our_losses(arch, start, batches, "bf16")
    peer = peer_losses(arch, start, batches, torch.channels_last, "bf16")
    assert (ours / peer - 1).abs().max() <= FIRST_LOSS["bf16"]


def test_cross_entropy_leaves_void_pixels_out():
    generator = torch.Generator().manual_seed(7)
    logits = torch.randn(2, 19, 13, 17, generator=generator)
    labels = torch.randint(0, 19, (2, 13, 17), generator=generator)
    labels[torch.rand(labels.shape, generator=generator) < 0.3] = IGNORE
    made, _ = run_probe("cross-entropy", {"logits": logits, "labels": labels.to(torch.uint8)})

    logits.requires_grad_(True)
    loss = F.cross_entropy(logits, labels, ignore_index=IGNORE)
    loss.backward()
    peer = {"mean": loss.detach(), "count": (labels != IGNORE).sum(), "grad": logits.grad}
    assert_equal_to_scale(made, peer, 1e-6)


def test_cross_entropy_of_nothing_but_void_is_zero():
    logits = torch.randn(1, 19, 4, 5, generator=torch.Generator().manual_seed(8))
    made, _ = run_probe("cross-entropy", {"logits": logits, "labels": torch.full((1, 4, 5), IGNORE, dtype=torch.uint8)})
    assert made["mean"] == 0 and made["count"] == 0 and not made["grad"].any()

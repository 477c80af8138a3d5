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


def soft_dice(logits, labels):
    """1 − mean over the classes in the truth of 2 Σ p·y / (Σ p + Σ y), over all labelled pixels of the batch."""
    counts = labels != IGNORE
    p = logits.softmax(1).permute(0, 2, 3, 1)[counts]
    y = F.one_hot(labels[counts], logits.shape[1]).to(p.dtype)
    occurs = y.sum(0) > 0
    dice = 2 * (p * y).sum(0)[occurs] / (p.sum(0) + y.sum(0))[occurs]
    return 1 - dice.mean()


CLASS_WEIGHTS = [0.1 + 0.2 * c for c in range(19)]
LOSSES = {
    "ce": (dict(), lambda x, y: F.cross_entropy(x, y, ignore_index=IGNORE)),
    "smoothed": (dict(label_smoothing=0.1), lambda x, y: F.cross_entropy(x, y, ignore_index=IGNORE, label_smoothing=0.1)),
    "weighted": (dict(loss="weighted-ce", class_weights=CLASS_WEIGHTS),
                 lambda x, y: F.cross_entropy(x, y, torch.tensor(CLASS_WEIGHTS).to(x), ignore_index=IGNORE)),
    "weighted and smoothed": (
        dict(loss="weighted-ce", class_weights=CLASS_WEIGHTS, label_smoothing=0.2),
        lambda x, y: F.cross_entropy(x, y, torch.tensor(CLASS_WEIGHTS).to(x), ignore_index=IGNORE, label_smoothing=0.2)),
    "dice": (dict(loss="ce-dice", ce_weight=0.0), soft_dice),
    "ce and dice": (dict(loss="ce-dice", ce_weight=0.5, dice_weight=2.0),
                    lambda x, y: 0.5 * F.cross_entropy(x, y, ignore_index=IGNORE) + 2 * soft_dice(x, y)),
}


@pytest.mark.parametrize("absent", [(), (0, 7, 18)], ids=["all classes", "absent classes"])
@pytest.mark.parametrize("options,peer", LOSSES.values(), ids=LOSSES)
def test_losses_and_their_gradients_leave_void_pixels_out(options, peer, absent):
    generator = torch.Generator().manual_seed(7)
    logits = 3 * torch.randn(2, 19, 13, 17, generator=generator)
    labels = torch.randint(0, 19, (2, 13, 17), generator=generator)
    for label in absent:
        labels[labels == label] = 5
    labels[torch.rand(labels.shape, generator=generator) < 0.3] = IGNORE
    made, _ = run_probe("loss", {"logits": logits, "labels": labels.to(torch.uint8)}, **options)

    exact = logits.double().requires_grad_(True)
    loss = peer(exact, labels)
    loss.backward()
    expected = {"mean": loss.detach().float(), "count": (labels != IGNORE).sum(), "grad": exact.grad.float()}
    assert_equal_to_scale(made, expected, 2e-6)


def our_frozen_steps(start, batches, frozen_steps):
    tensors = {f"batch:{i}:{name}": tensor for i, batch in enumerate(batches) for name, tensor in batch.items()}
    return run_probe("train-steps", weights_of(start) | tensors, arch="unet", classes=19, dropout=0.0, lr=LR,
                     width=NETWORKS["unet"]["width"], precision="fp32", steps=len(batches), frozen_steps=frozen_steps)


def test_as_long_as_the_encoder_is_frozen_all_of_it_keeps_its_bits():
    start = make_start("unet")
    made, _ = our_frozen_steps(start, make_batches("unet", 3), frozen_steps=3)
    state = start.state_dict()
    kept = {name for name in state if torch.equal(made[name], state[name])}
    assert kept == {name for name in state if name.startswith("encoder.")}


def test_a_frozen_encoder_neither_learns_nor_gathers_statistics():
    """As PyTorch does it: requires_grad off and BatchNorm in evaluation mode."""
    arch, frozen_steps = "unet", 3
    start, batches = make_start(arch), make_batches(arch, 5)
    made, values = our_frozen_steps(start, batches, frozen_steps)

    model = make_model(arch, width=NETWORKS[arch]["width"])
    model.load_state_dict(start.state_dict())
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    losses = []
    for number, batch in enumerate(batches):
        model.train()
        model.encoder.train(number >= frozen_steps)
        model.encoder.requires_grad_(number >= frozen_steps)
        images = (batch["images"].permute(0, 3, 1, 2).float() / 255 - MEAN) / STD
        loss = F.cross_entropy(model(images), batch["labels"].long(), ignore_index=IGNORE)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert torch.allclose(torch.tensor(values["losses"]), torch.tensor(losses), rtol=2e-4)
    state = model.state_dict()
    assert all(torch.equal(made[name], state[name]) for name in state if name.endswith("num_batches_tracked"))
    for name in (n for n in state if n.endswith(("running_mean", "running_var"))):
        assert torch.allclose(made[name], state[name], rtol=1e-3, atol=1e-4), name
    # Adam's first steps are lr times the gradient's sign: where that is noise, single weights may go the other way.
    for name, weights in model.named_parameters():
        assert (made[name] - weights).abs().mean() <= 0.1 * LR * len(batches), name


def test_cross_entropy_of_nothing_but_void_is_zero():
    logits = torch.randn(1, 19, 4, 5, generator=torch.Generator().manual_seed(8))
    made, _ = run_probe("loss", {"logits": logits, "labels": torch.full((1, 4, 5), IGNORE, dtype=torch.uint8)})
    assert made["mean"] == 0 and made["count"] == 0 and not made["grad"].any()

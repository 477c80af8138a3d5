"""A run's first weights and its order of samples follow from seed and fold by the documented rules."""

import draws
import numpy as np
import torch
from probe import run_probe
from reference import make_model

SEED, FOLD, WIDTH = 42, 1, 16


def normals(key, count):
    """Box-Muller in float32 on the key's Philox blocks, as fill_normal() documents."""
    words = draws.RandomStream(key).words((count + 3) // 4 * 4).astype(np.float32).reshape(-1, 2)
    u = np.minimum((words[:, 0] + np.float32(1)) * np.float32(2**-32), np.float32(1))
    radius = np.sqrt(np.float32(-2) * np.log(u))
    angle = np.float32(2 * np.pi) * (words[:, 1] * np.float32(2**-32))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()[:count]


def expected(name, shape, weights):
    key = draws.random_key("initial weights", SEED, FOLD, name)
    count = int(np.prod(shape))
    of_weight = weights.get(name.removesuffix("bias") + "weight") if name.endswith("bias") else weights[name]
    if "bn" in name:
        return np.full(shape, 1.0 if name.endswith("weight") else 0.0)
    if ".up." in name or name.startswith("head."):
        bound = 1 / np.sqrt(of_weight[0].numel())  # PyTorch's fan in, for a transposed convolution too
        return ((2 * draws.RandomStream(key).uniforms(count) - 1) * bound).reshape(shape)
    return (normals(key, count) * np.sqrt(2 / (shape[0] * 9))).reshape(shape)


def test_initial_weights_follow_from_seed_fold_and_name():
    made, _ = run_probe("initialise", {}, arch="unet", classes=19, width=WIDTH, dropout=0.1, seed=SEED, fold=FOLD)
    reference = make_model("unet", width=WIDTH)
    assert made.keys() == reference.state_dict().keys()
    for name, _ in reference.named_parameters():
        np.testing.assert_allclose(made[name].numpy(), expected(name, made[name].shape, made), rtol=0, atol=2e-6, err_msg=name)
    for name, buffer in reference.named_buffers():
        assert torch.equal(made[name], buffer), name


def test_the_order_of_an_epoch_follows_from_seed_fold_and_epoch():
    samples = [17, 3, 99, 4, 5, 6, 7, 50, 51, 2]
    _, values = run_probe("epoch-order", {}, samples=samples, seed=SEED, fold=FOLD, epoch=9)
    order = sorted(samples)
    draws.shuffle(order, draws.RandomStream(draws.random_key("epoch order", SEED, FOLD, 9)))
    assert values["order"] == order

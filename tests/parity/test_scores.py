"""Counts, scores and the fused evaluation against numpy and PyTorch's chain of operators."""

import os

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from probe import run_probe

CLASSES, IGNORE = 19, 255
# Two logits nearer than this are told apart by the rounding of whoever computes them.
UNDECIDED = 1e-5


def counted(truth, prediction, classes):
    """The confusion matrix by numpy."""
    valid = truth != IGNORE
    pairs = truth[valid].astype(np.int64) * classes + prediction[valid]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def test_confusion_and_scores_equal_numpy_s():
    random = np.random.default_rng(13)
    truth = random.integers(0, CLASSES - 2, 5000).astype(np.uint8)  # two classes absent from the truth,
    prediction = random.integers(0, CLASSES - 1, 5000).astype(np.uint8)  # one of them predicted
    truth[random.random(5000) < 0.2] = IGNORE
    made, _ = run_probe("scores", {"truth": torch.from_numpy(truth), "prediction": torch.from_numpy(prediction)}, classes=CLASSES)

    confusion = counted(truth, prediction, CLASSES)
    np.testing.assert_array_equal(made["confusion"].numpy(), confusion)
    hits = np.diag(confusion)
    with np.errstate(invalid="ignore"):
        iou = hits / (confusion.sum(0) + confusion.sum(1) - hits)
    assert np.isnan(iou[-1]) and iou[-2] == 0
    np.testing.assert_allclose(made["iou"].numpy(), iou, rtol=1e-15)
    np.testing.assert_allclose(made["miou"].item(), np.nanmean(iou), rtol=1e-14)
    np.testing.assert_allclose(made["accuracy"].item(), hits.sum() / confusion.sum(), rtol=1e-15)


# head → input → output: the study's two steps, one step only, none, odd ratios, shrinking.
SIZES = {
    "both steps": ((64, 128), (128, 256), (256, 512)),
    "the last step only": ((96, 160), (96, 160), (192, 320)),
    "the first step only": ((50, 71), (99, 142), (99, 142)),
    "no step": ((33, 47), (33, 47), (33, 47)),
    "odd ratios": ((37, 53), (73, 105), (200, 333)),
    "shrinking": ((80, 120), (160, 240), (90, 100)),
    "one pixel": ((1, 1), (2, 3), (40, 50)),
}


def make_logits(size, seed):
    """Regions with borders, as a network's logits have, and noise."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, CLASSES, max(size[0] // 8, 1), max(size[1] // 8, 1), generator=generator) * 4
    smooth = F.interpolate(coarse, size=size, mode="bilinear", align_corners=False)[0]
    return smooth + 0.1 * torch.randn(CLASSES, *size, generator=generator)


def make_labels(size, seed):
    labels = torch.randint(0, CLASSES, size, generator=torch.Generator().manual_seed(seed)).to(torch.uint8)
    labels[: size[0] // 7] = IGNORE
    return labels


def fused(sizes, threads=2):
    head, middle, output = sizes
    return run_probe("evaluate", {"logits": make_logits(head, 17), "labels": make_labels(output, 19)}, input_size=middle,
                     threads=threads)[0]


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
def test_the_fused_evaluation_equals_the_chain_of_operators(sizes):
    head, middle, output = sizes
    made = fused(sizes)

    logits = make_logits(head, 17)[None]
    for size in (middle, output):
        if tuple(logits.shape[2:]) != size:
            logits = F.interpolate(logits, size=size, mode="bilinear", align_corners=False)
    top = logits[0].topk(2, dim=0)
    undecided = top.values[0] - top.values[1] < UNDECIDED
    differs = made["prediction"].long() != logits[0].max(dim=0).indices
    assert not (differs & ~undecided).any()
    assert undecided.float().mean() < 1e-3  # so the line above says something

    truth = make_labels(output, 19).numpy()
    np.testing.assert_array_equal(made["confusion"].numpy(), counted(truth, made["prediction"].numpy(), CLASSES))


def test_ties_take_the_lowest_class():
    made, _ = run_probe("evaluate", {"logits": torch.zeros(CLASSES, 6, 9), "labels": make_labels((24, 36), 19)},
                        input_size=(12, 18), threads=2)
    assert not made["prediction"].any()


@pytest.mark.parametrize("level", ["scalar", "avx2"])
def test_every_vector_level_computes_the_same_bits(monkeypatch, level):
    best = fused(SIZES["odd ratios"])
    monkeypatch.setitem(os.environ, "SEGFOLD_SIMD", level)
    assert all(torch.equal(value, best[name]) for name, value in fused(SIZES["odd ratios"], threads=1).items())

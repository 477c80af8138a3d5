"""The official scores against cityscapesScripts itself, on inputs that no network would give and on such that it would."""

import numpy as np
import pytest
from official_scorer import differences, official_scores, our_scores
from PIL import Image

RAW_IDS = 34
WITH_INSTANCES = [24, 25, 26, 27, 28, 29, 30, 31, 32, 33]
SIZE = (60, 90)

def blocks(random, ids):
    """A map of rectangles of the given ids."""
    coarse = random.choice(ids, (SIZE[0] // 6, SIZE[1] // 9))
    return np.kron(coarse, np.ones((6, 9), int))


def instances_of(random, truth, share):
    """Some of the pixels of classes with instances belong to single ones; the rest are crowds."""
    single = np.isin(truth, WITH_INSTANCES) & (random.random(truth.shape) < share)
    return np.where(single, truth * 1000 + random.integers(1, 4, truth.shape), truth)


def noisy(random, truth, ids, share):
    return np.where(random.random(truth.shape) < share, random.choice(ids, truth.shape), truth)


EVERY_ID = np.arange(RAW_IDS)
SCORED = np.array([7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33])
CASES = {
    "ordinary predictions": dict(truth=SCORED, predicted=SCORED, wrong=0.2, single=0.9),
    "every id true and predicted": dict(truth=EVERY_ID, predicted=EVERY_ID, wrong=1.0, single=0.7),
    "ignored ids predicted": dict(truth=SCORED, predicted=np.array([0, 4, 14, 29, 30]), wrong=0.5, single=0.9),
    "classes absent": dict(truth=np.array([7, 26]), predicted=np.array([7, 26, 33]), wrong=0.3, single=1.0),
    "no single instances": dict(truth=SCORED, predicted=SCORED, wrong=0.2, single=0.0),
    "instances of ignored classes": dict(truth=np.array([29, 30, 26, 7]), predicted=np.array([26, 29, 30]), wrong=0.5,
                                         single=1.0),
    "nothing that counts": dict(truth=np.array([0, 1, 2, 3]), predicted=SCORED, wrong=1.0, single=0.0),
}  # fmt: skip


def write(path, map, dtype):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(map.astype(dtype)).save(path)


def write_case(root, case, images=3):
    random = np.random.default_rng(7)
    for i in range(images):
        truth = blocks(random, case["truth"])
        name = f"town_{i:06}_000019"
        write(root / "gtFine" / "val" / "town" / f"{name}_gtFine_labelIds.png", truth, np.uint8)
        instances = instances_of(random, truth, case["single"])
        write(root / "gtFine" / "val" / "town" / f"{name}_gtFine_instanceIds.png", instances, np.uint16)
        write(root / "results" / f"{name}_pred.png", noisy(random, truth, case["predicted"], case["wrong"]), np.uint8)


@pytest.mark.parametrize("name", CASES)
def test_every_score_equals_the_official_one(name, tmp_path):
    write_case(tmp_path, CASES[name])
    expected = official_scores(tmp_path)
    assert set(expected) >= {"confMatrix", "priors", "labels", "classScores", "classInstScores", "categoryInstScores"}
    assert list(differences(our_scores(tmp_path), expected)) == []


def test_a_difference_is_noticed(tmp_path):
    write_case(tmp_path, CASES["ordinary predictions"])
    expected = official_scores(tmp_path)
    expected["confMatrix"][7][7] += 1
    expected["classScores"]["road"] += 1e-9
    assert set(differences(our_scores(tmp_path), expected)) == {"/confMatrix", "/classScores/road"}

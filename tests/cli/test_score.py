"""From a network's predictions to the official scores: two tools that count the same pixels."""

import json

import cv2
import numpy as np
import pytest
from cli_support import run_well

PARKING = 9


@pytest.fixture(scope="module")
def predicted(tmp_path_factory):
    """A network's predictions of two validation scenes in predictions/, and what eval-fold counted in metrics.json."""
    folder = tmp_path_factory.mktemp("score")
    run_well("synthesize", "-q", "--output", folder / "data", "--size", "64x128", "--train", 6, "--val", 2)
    for split, more in (("train", []), ("val", ["--label-size", "64x128"])):
        run_well(
            *("preprocess", "-q", "--images", folder / "data" / "leftImg8bit" / split, "--size", "32x64", *more),
            *("--labels", folder / "data" / "gtFine" / split, "--output", folder / f"{split}.h5"),
        )
    run_well("split-folds", "-q", "--shards", folder / "train.h5", "--output", folder / "folds.json")
    run_well(
        *("train-fold", "-q", "--shards", folder / "train.h5", "--folds", folder / "folds.json", "--fold", 0),
        *("--arch", "unet", "--width", 4, "--epochs", 2, "--lr", "1e-2", "--device", "cpu", "--threads", 1),
        *("--output", folder / "m.pth", "--history", folder / "h.csv", "--state", folder / "state"),
    )
    run_well(
        *("eval-fold", "-q", "--model", folder / "m.pth", "--shards", folder / "val.h5", "--device", "cpu"),
        *("--output", folder / "metrics.json", "--predictions", folder / "predictions", "--threads", 1),
    )
    return folder


def class_scores(folder, output):
    run_well(
        *("score", "-q", "--predictions", folder / "predictions", "--labels", folder / "data" / "gtFine" / "val"),
        *("--output", output),
    )
    return json.loads(output.read_text())["classScores"]


def test_predictions_score_as_the_metrics_say(predicted, tmp_path):
    iou = json.loads((predicted / "metrics.json").read_text())["iou"]
    scores = class_scores(predicted, tmp_path / "official.json")
    assert any(iou.values())
    assert {name: scores[name] for name in iou} == iou


def test_an_ignored_id_that_no_network_of_ours_predicts_misses_its_pixel(predicted, tmp_path):
    """The official scores know 34 ids, metrics.json the 19 classes: elsewhere made predictions may tell them apart."""
    before = class_scores(predicted, tmp_path / "before.json")
    path = sorted((predicted / "predictions").glob("*.png"))[0]
    kept = path.read_bytes()
    ids = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    truth = next((predicted / "data" / "gtFine" / "val").rglob(path.name.replace("_predictionLabelIds", "_gtFine_labelIds")))
    right = ids == cv2.imread(str(truth), cv2.IMREAD_UNCHANGED)
    found = np.bincount(ids[right]).argmax()
    ids[right & (ids == found)] = PARKING
    cv2.imwrite(str(path), ids)
    after = class_scores(predicted, tmp_path / "after.json")
    path.write_bytes(kept)
    names = json.loads((tmp_path / "after.json").read_text())["labels"]
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {name for name, label in names.items() if label == found}

"""The two trivial predictors on pictures small enough to score by hand."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import baselines

ROAD, CAR, UNLABELED = 7, 26, 0
GREY, RED = (100, 100, 100), (20, 20, 200)


def put(root, split, number, colours, ids):
    """A sample of 2 × 4 pixels from the colour and raw id of each column."""
    name = f"ulm_{number:06}_000019"
    photo = root / "leftImg8bit" / split / "ulm" / f"{name}_leftImg8bit.png"
    labels = root / "gtFine" / split / "ulm" / f"{name}_gtFine_labelIds.png"
    for path in (photo, labels):
        path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(photo), np.array([colours] * 2, np.uint8))
    cv2.imwrite(str(labels), np.array([ids] * 2, np.uint8))


def test_colour_finds_what_moved_and_position_does_not(tmp_path):
    put(tmp_path, "train", 0, [GREY, GREY, RED, RED], [ROAD, ROAD, CAR, CAR])
    put(tmp_path, "val", 0, [RED, RED, GREY, GREY], [CAR, CAR, ROAD, ROAD])
    assert baselines.baselines(tmp_path) == {"colour": 1.0, "position": 0.0}


def test_position_finds_what_changed_its_colour(tmp_path):
    put(tmp_path, "train", 0, [GREY, GREY, RED, RED], [ROAD, ROAD, CAR, CAR])
    put(tmp_path, "val", 0, [RED, GREY, GREY, RED], [ROAD, ROAD, CAR, CAR])
    # Colour: of 4 road and 4 car pixels each half is right, so both classes have 2 / 6.
    assert baselines.baselines(tmp_path) == {"colour": pytest.approx(1 / 3), "position": 1.0}


def test_ignored_pixels_do_not_count(tmp_path):
    put(tmp_path, "train", 0, [GREY, GREY, RED, RED], [ROAD, ROAD, CAR, CAR])
    put(tmp_path, "val", 0, [GREY, RED, GREY, RED], [ROAD, UNLABELED, UNLABELED, CAR])
    assert baselines.baselines(tmp_path) == {"colour": 1.0, "position": 1.0}


def test_classes_agree_with_the_official_table():
    labels = pytest.importorskip("cityscapesscripts.helpers.labels").labels
    for label in labels:
        if label.id >= 0:
            assert baselines.TRAIN_ID_FROM_RAW_ID[label.id] == (label.trainId if label.trainId >= 0 else 255)


def test_a_missing_label_is_named(tmp_path):
    put(tmp_path, "train", 0, [GREY] * 4, [ROAD] * 4)
    next(tmp_path.glob("gtFine/**/*.png")).unlink()
    script = Path(__file__).parent / "baselines.py"
    run = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "ulm_000000_000019_gtFine_labelIds.png: no such file" in run.stderr
    assert run.stdout == ""

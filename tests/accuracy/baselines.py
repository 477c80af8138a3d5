#!/usr/bin/env python3
"""What a data set gives away without any understanding: two trivial predictors and their mean IoU.

    tests/accuracy/baselines.py DATASET

DATASET is a folder in Cityscapes' layout. Both predictors learn from its train split and are scored on its val split,
at the full size of the labels, over the 19 classes, as the study scores its networks (one confusion matrix over the
whole split; pixels whose truth is ignored do not count; a class that occurs nowhere is left out of the mean):

* colour:   the class whose mean colour in the training photos is nearest to the pixel's colour;
* position: the class that is commonest at that place of the picture in the training labels.
"""

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np

CLASSES = 19
IGNORE = 255
# Cityscapes' raw id of each train id.
RAW_IDS = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]
TRAIN_ID_FROM_RAW_ID = np.full(256, IGNORE, np.uint8)
TRAIN_ID_FROM_RAW_ID[RAW_IDS] = np.arange(CLASSES)


def pairs(root, split):
    """Paths of photo and labels of each sample of a split, sorted."""
    found = []
    for photo in sorted((root / "leftImg8bit" / split).glob("*/*_leftImg8bit.png")):
        name = photo.name.replace("_leftImg8bit.png", "_gtFine_labelIds.png")
        labels = root / "gtFine" / split / photo.parent.name / name
        if not labels.is_file():
            sys.exit(f"accuracy: error: {labels}: no such file; every photo needs its labels")
        found.append((photo, labels))
    if not found:
        sys.exit(f"accuracy: error: {root / 'leftImg8bit' / split}: no photo *_leftImg8bit.png in there; run the study first")
    return found


def read(photo_path, labels_path):
    """Photo [H, W, 3] and train ids [H, W] of one sample."""
    photo = cv2.imread(str(photo_path), cv2.IMREAD_COLOR)
    raw = cv2.imread(str(labels_path), cv2.IMREAD_UNCHANGED)
    for path, picture in ((photo_path, photo), (labels_path, raw)):
        if picture is None:
            sys.exit(f"accuracy: error: {path}: not readable as a picture")
    if raw.ndim != 2 or raw.shape != photo.shape[:2]:
        sys.exit(f"accuracy: error: {labels_path}: expected one channel of {photo.shape[:2]}, got {raw.shape}")
    return photo, TRAIN_ID_FROM_RAW_ID[raw]


def learn(samples):
    """Mean colour of each class [19, 3] (NaN where it never occurs) and commonest class of each place [H, W]."""
    colours = np.zeros((CLASSES, 3))
    pixels = np.zeros(CLASSES)
    places = None
    for sample in samples:
        photo, truth = read(*sample)
        if places is None:
            places = np.zeros((CLASSES, *truth.shape), np.int32)
        for c in range(CLASSES):
            here = truth == c
            pixels[c] += here.sum()
            colours[c] += photo[here].sum(axis=0, dtype=np.float64)
        height, width = places.shape[1:]
        resized = cv2.resize(truth, (width, height), interpolation=cv2.INTER_NEAREST)
        for c in range(CLASSES):
            places[c] += resized == c
    with np.errstate(invalid="ignore"):
        means = colours / pixels[:, None]
    return means, places.argmax(axis=0).astype(np.uint8)


def nearest_colour(photo, means):
    """Train id of the nearest mean colour for each pixel; rows one by one bound the memory."""
    known = np.flatnonzero(~np.isnan(means[:, 0]))
    result = np.empty(photo.shape[:2], np.uint8)
    for y, row in enumerate(photo.astype(np.float64)):
        distances = ((row[:, None, :] - means[known][None]) ** 2).sum(axis=2)
        result[y] = known[distances.argmin(axis=1)]
    return result


def confusion(truth, prediction):
    """Counts [19, 19], rows = truth, of the pixels whose truth is not ignored."""
    valid = truth != IGNORE
    joint = truth[valid].astype(np.int64) * CLASSES + prediction[valid]
    return np.bincount(joint, minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)


def mean_iou(matrix):
    """Mean over the classes that occur in truth or prediction."""
    hits = np.diag(matrix)
    union = matrix.sum(axis=0) + matrix.sum(axis=1) - hits
    present = union > 0
    return float((hits[present] / union[present]).mean())


def baselines(root):
    """Mean IoU on the val split by the name of the predictor."""
    means, places = learn(pairs(root, "train"))
    matrices = {name: np.zeros((CLASSES, CLASSES), np.int64) for name in ("colour", "position")}
    for sample in pairs(root, "val"):
        photo, truth = read(*sample)
        matrices["colour"] += confusion(truth, nearest_colour(photo, means))
        height, width = truth.shape
        resized = cv2.resize(places, (width, height), interpolation=cv2.INTER_NEAREST)
        matrices["position"] += confusion(truth, resized)
    return {name: mean_iou(matrix) for name, matrix in matrices.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, help="folder in Cityscapes' layout")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    arguments = parser.parse_args()
    scores = baselines(arguments.dataset)
    if arguments.json:
        print(json.dumps(scores))
        return
    for name, score in scores.items():
        print(f"{name:<8} mIoU {score:.4f}")


if __name__ == "__main__":
    main()

"""Photos and label maps come out of preprocess at the size asked for as OpenCV and PyTorch resize them."""

import subprocess

import cv2
import h5py
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from cityscapesscripts.helpers.labels import labels as official
from probe import tool

SOURCE = (96, 180)
ROUNDING = 0.5 + 1e-3  # of a grey level: a mean in float32, then rounded
FIXED_POINT = 1.0  # OpenCV's bilinear weights have 11 bits
# Integer ratios take another way through OpenCV than the rest.
AREA_SIZES = [(48, 90), (32, 60), (24, 90), (40, 77), (95, 179), (96, 180)]
SIZES = [(48, 90), (40, 77), (120, 200), (96, 180)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """One frame of noise on a gradient, its labels of every raw id, and the folder that holds both."""
    root = tmp_path_factory.mktemp("cityscapes")
    random = np.random.default_rng(23)
    ramp = np.add.outer(np.arange(SOURCE[0]), np.arange(SOURCE[1])) * 200 // sum(SOURCE)
    photo = (ramp[:, :, None] + random.integers(0, 56, (*SOURCE, 3))).astype(np.uint8)
    labels = random.integers(0, 34, SOURCE).astype(np.uint8)
    for kind, name, picture in [("leftImg8bit", "leftImg8bit", photo[:, :, ::-1]), ("gtFine", "gtFine_labelIds", labels)]:
        folder = root / kind / "train" / "aachen"
        folder.mkdir(parents=True)
        assert cv2.imwrite(str(folder / f"aachen_000000_000019_{name}.png"), picture)
    return root, photo, labels


def preprocess(scene, tmp_path, size, *options):
    """Image and label map as the shard holds them."""
    shard = tmp_path / "shard.h5"
    subprocess.run([tool("preprocess"), "--images", scene[0] / "leftImg8bit" / "train", "--labels",
                    scene[0] / "gtFine" / "train", "--size", "{}x{}".format(*size), "--output", shard, *options],
                   check=True, capture_output=True)
    with h5py.File(shard) as file:
        return file["images"][0], file["labels"][0]


def area_weights(source, target):
    """[target, source]: the share of each source pixel in a target pixel's span."""
    edges = np.arange(target + 1) * source / target
    left, right = np.arange(source), np.arange(source) + 1
    overlap = np.minimum(edges[1:, None], right) - np.maximum(edges[:-1, None], left)
    return np.maximum(overlap, 0) * target / source


@pytest.mark.parametrize("size", AREA_SIZES)
def test_photos_shrink_by_the_mean_over_the_area(scene, tmp_path, size):
    image, _ = preprocess(scene, tmp_path, size)
    rows, columns = area_weights(SOURCE[0], size[0]), area_weights(SOURCE[1], size[1])
    exact = np.einsum("yi,ijc,xj->yxc", rows, scene[1].astype(np.float64), columns)
    assert np.abs(image - exact).max() <= ROUNDING

    opencv = cv2.resize(scene[1], size[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(image.astype(int) - opencv).max() <= 1  # a mean that ends in .5 may go either way


def test_integer_ratios_equal_pytorch_s_area_mode(scene, tmp_path):
    image, _ = preprocess(scene, tmp_path, (32, 60))
    means = F.interpolate(torch.from_numpy(scene[1]).permute(2, 0, 1)[None].double(), size=(32, 60), mode="area")
    assert np.abs(image - means[0].permute(1, 2, 0).numpy()).max() <= ROUNDING


@pytest.mark.parametrize("size", SIZES)
def test_bilinear_photos_equal_opencv_s_and_pytorch_s(scene, tmp_path, size):
    image, _ = preprocess(scene, tmp_path, size, "--interpolation", "linear")
    opencv = cv2.resize(scene[1], size[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(image.astype(int) - opencv).max() <= 1
    exact = F.interpolate(torch.from_numpy(scene[1]).permute(2, 0, 1)[None].double(), size=size, mode="bilinear",
                          align_corners=False)
    assert np.abs(image - exact[0].permute(1, 2, 0).numpy()).max() <= FIXED_POINT


@pytest.fixture(scope="module")
def train_ids(scene):
    table = np.full(256, 255, dtype=np.uint8)
    for label in official:
        if 0 <= label.id < 34:
            table[label.id] = label.trainId
    return table[scene[2]]


@pytest.mark.parametrize("size", SIZES)
def test_labels_become_train_ids_and_take_opencv_s_nearest_pixel(scene, train_ids, tmp_path, size):
    _, labels = preprocess(scene, tmp_path, size)
    np.testing.assert_array_equal(labels, cv2.resize(train_ids, size[::-1], interpolation=cv2.INTER_NEAREST))


@pytest.mark.parametrize("size", [(48, 90), (40, 77)])
def test_shrunk_labels_take_pytorch_s_nearest_pixel_too(scene, train_ids, tmp_path, size):
    _, labels = preprocess(scene, tmp_path, size)
    pytorch = F.interpolate(torch.from_numpy(train_ids)[None, None], size=size, mode="nearest")
    np.testing.assert_array_equal(labels, pytorch[0, 0].numpy())

"""Files whose content is wrong or damaged: every one is named, with what is wrong in it, and nothing is written."""

import shutil

import cv2
import numpy as np
import pytest
from cli_support import assert_refused, run
from small_study import arguments, assert_nothing_left, assert_problems_listed, listed, run_with


class DataSet:
    """A copy of the training scenes, to be spoilt."""

    def __init__(self, folder, study):
        self.images, self.labels = folder / "images", folder / "labels"
        shutil.copytree(study.data / "leftImg8bit" / "train", self.images)
        shutil.copytree(study.data / "gtFine" / "train", self.labels)
        self.label = sorted(self.labels.rglob("*_labelIds.png"))[1]
        self.photo = sorted(self.images.rglob("*.png"))[1]

    def write_label(self, picture):
        assert cv2.imwrite(str(self.label), picture)

    def read_label(self):
        return cv2.imread(str(self.label), cv2.IMREAD_UNCHANGED)

    def with_unknown_id(self):
        label = self.read_label()
        label[5, 7] = 77
        return label

    def cut(self, path):
        path.write_bytes(path.read_bytes()[:-60])

    def replace_by_folder(self, path):
        path.unlink()
        path.mkdir()


SPOILT = {
    "image without label": (lambda d: d.label.unlink(), 66, "photo", ["labelIds"]),
    "label without image": (lambda d: d.photo.unlink(), 66, "label", ["leftImg8bit"]),
    "sizes that differ": (lambda d: d.write_label(np.full((16, 32), 7, np.uint8)), 65, "label", ["16x32", "32x64"]),
    "16-bit label": (lambda d: d.write_label(d.read_label().astype(np.uint16)), 65, "label", ["16-bit"]),
    "RGB label": (lambda d: d.write_label(np.zeros((32, 64, 3), np.uint8)), 65, "label", ["RGB", "label map"]),
    "grey photo": (lambda d: cv2.imwrite(str(d.photo), d.read_label()), 65, "photo", ["RGB photo"]),
    "unknown id": (lambda d: d.write_label(d.with_unknown_id()), 65, "label", ["77"]),
    "damaged label": (lambda d: d.cut(d.label), 65, "label", ["damaged"]),
    "damaged photo": (lambda d: d.cut(d.photo), 65, "photo", ["damaged"]),
    "empty photo": (lambda d: d.photo.write_bytes(b""), 65, "photo", ["damaged"]),
    "text as photo": (lambda d: d.photo.write_text("no picture"), 65, "photo", ["PNG"]),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_data_sets(kind, study, tmp_path):
    spoil, status, named, parts = SPOILT[kind]
    data = DataSet(tmp_path, study)
    spoil(data)
    done = run_with(study, tmp_path / "out", "preprocess", images=data.images, labels=data.labels, quiet=None)
    assert_refused(done, status, getattr(data, named).name, *parts)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_every_spoilt_file_is_named(study, tmp_path):
    data = DataSet(tmp_path, study)
    data.write_label(data.with_unknown_id())
    photos = sorted(data.images.rglob("*.png"))
    for photo in photos[2:4]:
        data.cut(photo)
    done = run_with(study, tmp_path / "out", "preprocess", images=data.images, labels=data.labels, quiet=None)
    assert_problems_listed(done, 65, data.label.name, photos[2].name, photos[3].name)


def test_a_folder_in_the_place_of_a_photo(study, tmp_path):
    data = DataSet(tmp_path, study)
    data.replace_by_folder(data.photo)
    done = run_with(study, tmp_path / "out", "preprocess", images=data.images, labels=data.labels)
    assert_problems_listed(done, 66, f"{data.photo}: is a folder", f"{data.label}: its photo")


def test_shards_that_do_not_belong_together(study, tmp_path):
    shards = [study.folder / "train.h5", study.folder / "small.h5"]
    words = arguments("split-folds", study, tmp_path)
    del words["--shards"]
    done = run("split-folds", *listed(words), "--shards", *shards)
    assert_refused(done, 65, "train.h5", "small.h5", "32x64", "16x32")
    small = study.folder / "small.h5"
    assert_refused(run_with(study, tmp_path, "train-fold", val_shards=small), 65, "small.h5", "16x32")
    assert_refused(run_with(study, tmp_path, "visualize prediction", shards=small), 65, "16x32", "32x64")
    assert_nothing_left(tmp_path)


def test_a_damaged_shard(study, tmp_path):
    damaged = tmp_path / "in" / "train.h5"
    damaged.parent.mkdir()
    content = (study.folder / "train.h5").read_bytes()
    damaged.write_bytes(content[: len(content) // 2])
    out = tmp_path / "out"
    for command in ("split-folds", "train-fold", "eval-fold", "visualize samples"):
        done = run_with(study, out, command, shards=damaged)
        assert_refused(done, 65, "train.h5: is damaged or incomplete; run preprocess again")
    assert_nothing_left(out)


def test_folds_that_name_unknown_samples(study, tmp_path):
    for command in ("train-fold", "eval-fold"):
        done = run_with(study, tmp_path, command, folds=study.folder / "other.json")
        assert_refused(done, 65, "other.json")
    assert_nothing_left(tmp_path)


def test_a_fold_that_the_model_was_trained_on(study, tmp_path):
    assert_refused(run_with(study, tmp_path, "eval-fold", fold=1), 65, "m.pth", "fold")
    assert_nothing_left(tmp_path)


def test_a_damaged_model(study, tmp_path):
    damaged = tmp_path / "in" / "m.pth"
    damaged.parent.mkdir()
    content = bytearray((study.folder / "m.pth").read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    out = tmp_path / "out"
    for command in ("eval-fold", "visualize prediction"):
        assert_refused(run_with(study, out, command, model=damaged), 65, "m.pth")
    assert_nothing_left(out)


def test_endings_that_are_no_model_s(study, tmp_path):
    assert_refused(run_with(study, tmp_path, "train-fold", output=tmp_path / "m.bin"), 64, "m.bin", ".pth")
    assert_nothing_left(tmp_path)


def test_a_gpu_that_is_not_there(study, tmp_path):
    assert_refused(run_with(study, tmp_path, "train-fold", device="cuda:99"), 66, "cuda:99", "--device cpu")
    assert_nothing_left(tmp_path)


def test_a_sample_that_does_not_exist(study, tmp_path):
    done = run_with(study, tmp_path, "visualize samples", name="atlantis_000000_000019")
    assert_refused(done, 64, "atlantis_000000_000019")
    assert_nothing_left(tmp_path)

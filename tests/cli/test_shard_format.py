"""A shard is a plain HDF5 file: what preprocess wrote reads back with h5py, and what h5py wrote is read by the tools."""

import json

import cv2
import h5py
import numpy as np
import pytest
from cli_support import assert_refused, run, run_well

HEIGHT, WIDTH = 6, 10
CLASSES = 19
NAMES = [f"{city}_{i:06d}_000019" for city in ("bonn", "ulm") for i in range(3)]
TRAIN_ID = {7: 0, 8: 1, 11: 2, 23: 10, 26: 13, 0: 255, 4: 255}


@pytest.fixture(scope="module")
def shard(tmp_path_factory):
    """A data set of six photos, the shard made of it, and what went in."""
    folder = tmp_path_factory.mktemp("shard")
    random = np.random.default_rng(5)
    photos, labels = [], []
    for name in NAMES:
        city = name.split("_")[0]
        photos.append(random.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8))
        labels.append(random.choice(list(TRAIN_ID), (HEIGHT, WIDTH)).astype(np.uint8))
        for kind, picture, ending in (
            ("images", photos[-1][:, :, ::-1], "leftImg8bit"),
            ("labels", labels[-1], "gtFine_labelIds"),
        ):
            (folder / kind / city).mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(folder / kind / city / f"{name}_{ending}.png"), picture)
    run_well(
        "preprocess",
        *("--images", folder / "images", "--labels", folder / "labels"),
        *("--size", f"{HEIGHT}x{WIDTH}", "--output", folder / "a.h5"),
    )
    return folder / "a.h5", np.stack(photos), np.vectorize(TRAIN_ID.get)(np.stack(labels))


def texts(dataset):
    return [value.decode() for value in dataset[()]]


def test_pixels_read_back_as_they_went_in(shard):
    path, photos, labels = shard
    with h5py.File(path) as file:
        assert file["images"].dtype == file["labels"].dtype == np.uint8
        np.testing.assert_array_equal(file["images"], photos)
        np.testing.assert_array_equal(file["labels"], labels)


def test_tables_read_back_as_they_went_in(shard):
    path, _, labels = shard
    with h5py.File(path) as file:
        assert texts(file["names"]) == NAMES
        assert texts(file["groups"]) == [name.split("_")[0] for name in NAMES]
        assert file["label_sizes"].dtype == np.int32
        assert file["label_sizes"][()].tolist() == [[HEIGHT, WIDTH]] * len(NAMES)
        assert file["class_pixels"].dtype == np.uint64
        counts = [[int((label == c).sum()) for c in range(CLASSES)] for label in labels]
        assert file["class_pixels"][()].tolist() == counts


def test_attributes_say_what_it_is(shard):
    path, _, _ = shard
    with h5py.File(path) as file:
        attributes = dict(file.attrs)
    assert attributes["format"].tolist() == [2]
    assert attributes["complete"].tolist() == [1]
    assert attributes["image_size"].tolist() == [HEIGHT, WIDTH]
    assert attributes["label_size"].tolist() == [HEIGHT, WIDTH]
    assert [name.decode() for name in attributes["classes"]][:3] == ["road", "sidewalk", "building"]
    assert len(attributes["classes"]) == CLASSES
    assert {i: int(attributes["train_id_from_raw_id"][i]) for i in TRAIN_ID} == TRAIN_ID
    seal = json.loads(attributes["seal"][0])
    assert seal["tool"] == "preprocess"
    assert len(seal["sha256"]) == len(seal["run"]) == len(seal["tables"]) == 64


def test_every_data_set_is_chunked_and_stored_as_it_is(shard):
    path, _, _ = shard
    with h5py.File(path) as file:
        assert sorted(file) == ["checksums", "class_pixels", "groups", "images", "label_sizes", "labels", "names"]
        for name, dataset in file.items():
            assert dataset.chunks and dataset.id.get_create_plist().get_nfilters() == 0, name
        assert file["checksums"].dtype == np.uint8
        assert file["checksums"].shape == (len(NAMES), 2, 16)
        assert file["images"].chunks == (1, HEIGHT, WIDTH, 3)
        assert file["labels"].chunks == (1, HEIGHT, WIDTH)


def rewrite_with_h5py(source, target, libver="v110"):
    """The same shard, written by h5py's own HDF5."""
    with h5py.File(source) as old, h5py.File(target, "w", libver=(libver, libver)) as new:
        for name, dataset in old.items():
            new.create_dataset(name, data=dataset[()], dtype=dataset.dtype, chunks=dataset.chunks)
        for name, value in old.attrs.items():
            new.attrs.create(name, value, dtype=old.attrs.get_id(name).dtype)


def test_a_shard_written_by_another_hdf5_is_read(shard, tmp_path):
    path, _, _ = shard
    rewrite_with_h5py(path, tmp_path / "b.h5")
    run_well("split-folds", "--shards", tmp_path / "b.h5", "--output", tmp_path / "b.json")
    run_well("split-folds", "--shards", path, "--output", tmp_path / "a.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_shard_of_an_old_program_is_refused(shard, tmp_path):
    path, _, _ = shard
    rewrite_with_h5py(path, tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5", "a", libver=("v110", "v110")) as file:
        file.attrs.modify("format", np.array([1], dtype=np.int32))
    done = run("split-folds", "--shards", tmp_path / "b.h5", "--output", tmp_path / "folds.json")
    assert_refused(done, 65, "b.h5", "version 1, this program reads version 2", "run preprocess again")


@pytest.mark.parametrize("table", ["class_pixels", "checksums"])
def test_a_table_that_became_zeros_is_noticed(shard, tmp_path, table):
    path, _, _ = shard
    with h5py.File(path) as file:
        chunk = file[table].id.get_chunk_info(0)
    damaged = bytearray(path.read_bytes())
    damaged[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    (tmp_path / "b.h5").write_bytes(damaged)
    done = run("split-folds", "--shards", tmp_path / "b.h5", "--output", tmp_path / "folds.json")
    assert_refused(done, 65, "b.h5", "others than were sealed", "run preprocess again")


def test_a_shard_of_other_classes_is_refused(shard, tmp_path):
    path, _, _ = shard
    rewrite_with_h5py(path, tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5", "a", libver=("v110", "v110")) as file:
        del file.attrs["classes"]
        file.attrs["classes"] = np.array([b"road", b"car"])
    done = run("split-folds", "--shards", tmp_path / "b.h5", "--output", tmp_path / "folds.json")
    assert_refused(done, 65, "b.h5", "other classes")

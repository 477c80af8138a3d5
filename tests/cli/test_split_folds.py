"""split-folds as a user meets it."""

import json
import subprocess

import cv2
import numpy as np
import pytest
from cli_support import BIN, assert_refused, run, run_well


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Two shards of together twelve samples of four cities."""
    folder = tmp_path_factory.mktemp("shards")
    for city in ("aachen", "bonn", "celle", "dresden"):
        for kind, picture, ending in (
            ("images", np.full((4, 8, 3), 90, np.uint8), "leftImg8bit"),
            ("labels", np.full((4, 8), 7, np.uint8), "gtFine_labelIds"),
        ):
            (folder / kind / city).mkdir(parents=True, exist_ok=True)
            for i in range(3):
                assert cv2.imwrite(str(folder / kind / city / f"{city}_{i:06d}_000019_{ending}.png"), picture)
    for part in range(2):
        run_well(
            "preprocess",
            *("--images", folder / "images", "--labels", folder / "labels", "--size", "4x8"),
            *("--part", f"{part}/2", "--output", folder / f"train-{part}.h5"),
        )
    return [folder / "train-0.h5", folder / "train-1.h5"]


def test_splits_and_says_how_even_the_folds_are(shards, tmp_path):
    done = run_well("split-folds", "--shards", *shards, "--output", tmp_path / "folds.json")
    assert "12 samples in 3 folds" in done.stderr
    assert "fold 2: 4 samples" in done.stderr
    assert "least even" in done.stderr
    folds = json.loads((tmp_path / "folds.json").read_text())
    assert list(folds)[:6] == ["format", "folds", "seed", "strategy", "held_out", "digest"]
    assert [len(names) for names in folds["held_out"]] == [4, 4, 4]


def test_says_nothing_when_asked_to_be_quiet(shards, tmp_path):
    done = run_well("split-folds", "-q", "--shards", *shards, "--output", tmp_path / "folds.json")
    assert done.stderr == ""


def test_keeps_cities_together(shards, tmp_path):
    run_well("split-folds", "--shards", *shards, "--output", tmp_path / "f.json", "--strategy", "group", "--folds", "2")
    cities = [{name.split("_")[0] for name in held} for held in json.loads((tmp_path / "f.json").read_text())["held_out"]]
    assert cities[0].isdisjoint(cities[1])


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["--folds", "1"], ["--folds", "1"]),
        (["--folds", "-3"], ["--folds", "-3"]),
        (["--folds", "13"], ["13 folds", "12 samples"]),
        (["--folds", "1e9"], ["--folds"]),
        (["--folds", "5", "--strategy", "group"], ["5 folds", "4 groups"]),
        (["--seed", "-1"], ["--seed"]),
        (["--strategy", "random"], ["--strategy"]),
        (["--fold", "3"], ["--fold"]),
    ],
)
def test_refuses_wrong_options(shards, tmp_path, arguments, parts):
    done = run("split-folds", "--shards", *shards, "--output", tmp_path / "folds.json", *arguments)
    assert_refused(done, 64, *parts)
    assert list(tmp_path.iterdir()) == []


def test_refuses_a_shard_given_twice(shards, tmp_path):
    done = run("split-folds", "--shards", shards[0], shards[0], "--output", tmp_path / "folds.json")
    assert_refused(done, 65, "train-0.h5", "aachen_000000_000019")
    assert list(tmp_path.iterdir()) == []


def test_refuses_what_is_missing_or_no_shard(shards, tmp_path):
    output = tmp_path / "out" / "folds.json"
    assert_refused(run("split-folds", "--shards", tmp_path / "x.h5", "--output", output), 66, "x.h5", "no such file")
    assert_refused(run("split-folds", "--shards", tmp_path, "--output", output), 66, "folder")
    (tmp_path / "text.h5").write_text("not a shard")
    assert_refused(run("split-folds", "--shards", tmp_path / "text.h5", "--output", output), 65, "text.h5", "preprocess")
    assert not output.exists()


def test_refuses_an_output_that_cannot_be(shards, tmp_path):
    assert_refused(run("split-folds", "--shards", *shards, "--output", tmp_path), 73, "is a folder")


def test_neither_opencv_nor_libtorch_is_loaded():
    said = subprocess.run(["ldd", BIN / "split-folds"], capture_output=True, text=True, check=True).stdout
    assert "hdf5" in said
    for library in ("opencv", "torch", "c10"):
        assert library not in said

"""The whole workflow with the real tools, small: is everything there, does it stay, does it come back bit by bit?"""

import csv
import io
import json
import subprocess

import pytest
import yaml

from sandbox import FOLDS, REAL_TOOLS, Sandbox, tiny_config

TIMINGS = {"seconds", "images_per_second", "data_wait"}


@pytest.fixture(scope="module")
def study(real_study, tmp_path_factory):
    """A copy of it to delete things in."""
    return real_study.copy(tmp_path_factory.mktemp("changed") / "my study")


def comparable(contents):
    """Contents by name, without what a clock wrote: it is outside of every claim of identity."""
    result = {}
    for name, content in contents.items():
        if name.endswith("history.csv"):
            rows = csv.DictReader(io.StringIO(content.decode()))
            result[name] = [{key: value for key, value in row.items() if key not in TIMINGS} for row in rows]
        elif name.endswith("history.csv.seal.json"):
            result[name] = json.loads(content)["run"]
        else:
            result[name] = content
    return result


def training_starts(study):
    """Time of each training's log, which every start writes anew."""
    logs = (study.results / "logs").rglob("train_fold.log")
    return {f"{log.parent.parent.name}/{log.parent.name}": log.stat().st_mtime_ns for log in logs}


def all_times(study):
    return {name: (study.results / name).stat().st_mtime_ns for name in study.files()}


def test_everything_is_there(study):
    folds = {
        f"{experiment}/fold{fold}/{name}"
        for experiment in ("unet_resnet50", "unet")
        for fold in range(FOLDS)
        for name in (
            f"{experiment}_fold{fold}.pth",
            f"{experiment}_fold{fold}_best.pth",
            "history.csv",
            "history.csv.seal.json",
            "metrics_lowres.json",
            "metrics_fullres.json",
            "occlusion.json",
            "training_history.png",
            "final_prediction.png",
        )
    }
    tables = {"comparison.csv", "comparison.json", "occlusion_curve.csv", "unet_resnet50/summary_metrics.csv"}
    others = {"config.yaml", "folds.json", "data/dataset.json"} | tables
    shards = {f"shards/32x32-64x64/{split}-{part}.h5" for split in ("train", "val") for part in range(2)}
    assert folds | others | shards <= study.files()
    assert {path.name for path in (study.results / ".state").rglob("*") if path.is_file()} <= {"lock"}
    summary = (study.results / "unet_resnet50" / "summary_metrics.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in summary] == ["fold", "0", "1", "mean", "std"]
    assert len((study.results / "comparison.csv").read_text().splitlines()) == 3
    assert len((study.results / "occlusion_curve.csv").read_text().splitlines()) == 5
    saved = yaml.safe_load((study.results / "config.yaml").read_text())
    assert saved["experiments"]["unet_resnet50"]["lr"] == 0.001


def described(path):
    return json.loads(subprocess.run([REAL_TOOLS / "model-info", "--json", path], capture_output=True, check=True).stdout)


def test_a_fine_tuning_began_with_the_weights_of_its_own_fold(study):
    for fold in range(FOLDS):
        start = described(study.results / "unet_resnet50" / f"fold{fold}" / f"unet_resnet50_fold{fold}.pth")
        tuned = described(study.results / "unet" / f"fold{fold}" / f"unet_fold{fold}.pth")
        assert tuned["seal"]["inputs"]["init"] == start["seal"]["sha256"]
        assert tuned["seal"]["inputs"]["folds"] == start["seal"]["inputs"]["folds"]


def test_a_second_run_does_nothing(study):
    before = all_times(study)
    study.snakemake()
    assert all_times(study) == before


def test_folds_side_by_side_give_the_same_bytes(study, tmp_path):
    other = Sandbox.make(tmp_path / "my study", tiny_config(), REAL_TOOLS)
    other.snakemake("--cores", "4")
    assert comparable(other.contents()) == comparable(study.contents())


def test_deleted_weights_redo_their_fold_only(study):
    contents, starts, times = comparable(study.contents()), training_starts(study), all_times(study)
    (study.results / "unet_resnet50" / "fold1" / "unet_resnet50_fold1.pth").unlink()
    study.snakemake()
    assert comparable(study.contents()) == contents
    begun = {name for name, time in training_starts(study).items() if time > starts[name]}
    assert begun == {"unet_resnet50/fold1", "unet/fold1"}  # what was fine-tuned from them follows
    redone = {name for name, time in all_times(study).items() if time != times[name]}
    assert redone == {name for name in study.files() if "fold1/" in name} | {
        *("comparison.csv", "comparison.csv.seal.json", "comparison.json"),
        *("occlusion_curve.csv", "occlusion_curve.csv.seal.json", "occlusion_curve.png"),
        *(f"{name}/summary_metrics.csv{end}" for name in ("unet_resnet50", "unet") for end in ("", ".seal.json")),
    }


def test_all_that_follows_a_training_comes_back_without_it(study):
    contents, starts = comparable(study.contents()), training_starts(study)
    for name in study.files():
        tables = ("comparison.csv", "comparison.json", "curve.csv", "summary_metrics.csv", "config.yaml", "occlusion.json")
        if name.endswith((".png", *tables)) or "metrics_" in name:
            if not name.startswith("data/"):
                (study.results / name).unlink()
    study.snakemake()
    assert comparable(study.contents()) == contents
    assert training_starts(study) == starts


def test_a_deleted_picture_of_the_data_set_comes_back(study):
    contents = comparable(study.contents())
    next((study.results / "data" / "gtFine").rglob("*_color.png")).unlink()
    study.snakemake()
    assert comparable(study.contents()) == contents
    before = all_times(study)
    study.snakemake()
    assert all_times(study) == before


def test_the_way_from_the_data_on_comes_back(study):
    contents = comparable(study.contents())
    for name in ("data/dataset.json", "folds.json", "shards/32x32-64x64/train-0.h5", "unet_resnet50/fold0/history.csv"):
        (study.results / name).unlink()
    study.snakemake()
    assert comparable(study.contents()) == contents

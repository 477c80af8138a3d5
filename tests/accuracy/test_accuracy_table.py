"""The README's table of accuracy says what measured.json says, and that is taken from results alone."""

import importlib.machinery
import importlib.util
import json
import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def accuracy():
    loader = importlib.machinery.SourceFileLoader("accuracy_run", str(HERE / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("accuracy_run", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Two seeds of three folds, and a model-info that says their seals."""
    for seed, mean in ((1, 0.5), (2, 0.7)):
        folder = tmp_path / "unet" / f"seed{seed}"
        for fold in range(3):
            (folder / f"fold{fold}").mkdir(parents=True)
            for name in (f"unet_fold{fold}.pth", f"unet_fold{fold}_best.pth"):
                (folder / f"fold{fold}" / name).write_text(f"{seed} {fold} {name}")
                os.utime(folder / f"fold{fold}" / name, (1.7e9, 1.7e9))
            (folder / f"fold{fold}" / "history.csv").write_text("epoch,seconds\n1,1000\n2,800\n")
        (folder / "summary_metrics.csv").write_text(f"fold,final_fullres_miou\n0,0.1\nmean,{mean}\nstd,0.2\n")
    tool = tmp_path / "bin" / "model-info"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nprintf '{\"seal\": {\"sha256\": \"%s\"}}' \"$(cat \"$2\")\"\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    return tmp_path


def test_the_readme_s_table_is_that_of_measured_json(accuracy):
    readme = accuracy.README.read_text()
    experiments = list(accuracy.yaml.safe_load(accuracy.CONFIG.read_text())["experiments"])
    measured = json.loads(accuracy.MEASURED.read_text())
    assert accuracy.with_table(readme, accuracy.table(measured, experiments)) == readme
    assert measured.keys() <= set(experiments)


def test_a_row_sums_up_seeds_folds_and_hours(accuracy, results):
    row = accuracy.measure(results, "unet")
    assert (row["seeds"], row["folds"], row["miou"], row["hours"]) == (2, 3, 0.6, 3.0)
    assert row["date"].startswith("2023-11-1")


def test_the_digest_follows_the_last_weights_alone(accuracy, results):
    before = accuracy.measure(results, "unet")["weights"]
    (results / "unet" / "seed1" / "fold0" / "unet_fold0_best.pth").write_text("other")
    assert accuracy.measure(results, "unet")["weights"] == before
    (results / "unet" / "seed1" / "fold0" / "unet_fold0.pth").write_text("other")
    assert accuracy.measure(results, "unet")["weights"] != before


def test_a_seed_that_lacks_a_fold_is_refused(accuracy, results):
    (results / "unet" / "seed2" / "fold1" / "unet_fold1.pth").unlink()
    with pytest.raises(SystemExit, match="unequal numbers of folds"):
        accuracy.measure(results, "unet")


def test_what_nobody_measured_says_so(accuracy, results):
    assert accuracy.measure(results, "other") is None
    assert accuracy.table({}, ["other"]).splitlines()[-1] == "| `other` | | not measured | | | |"

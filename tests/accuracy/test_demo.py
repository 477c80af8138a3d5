"""Whether the demo's verdict follows from the scores."""

import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

LOADER = importlib.machinery.SourceFileLoader("demo", str(Path(__file__).with_name("demo")))
TRIVIAL = {"colour": 0.09, "position": 0.15}


@pytest.fixture(scope="module")
def demo():
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("demo", LOADER))
    LOADER.exec_module(module)
    return module


def write_summary(folder, scores):
    folder.mkdir(parents=True)
    rows = [*enumerate(scores), ("mean", sum(scores) / len(scores)), ("std", 0)]
    (folder / "summary_metrics.csv").write_text(
        "fold,final_fullres_miou\n" + "".join(f"{fold},{score}\n" for fold, score in rows))


@pytest.mark.parametrize(("scores", "met"), [([0.3, 0.4], True), ([0.3, 0.39], False)])
def test_the_mean_over_the_folds_must_reach_the_bar(demo, tmp_path, scores, met, capsys):
    write_summary(tmp_path / "unet_resnet50", scores)
    assert demo.check(tmp_path, "unet_resnet50", TRIVIAL) == met
    assert f"mean {sum(scores) / 2:.4f}; bar 0.3500: {'met' if met else 'NOT met'}" in capsys.readouterr().out


@pytest.mark.parametrize(("of_third_seed", "met"), [(0.31, True), (0.29, False)])
def test_no_seed_may_fail_where_their_mean_does_not(demo, tmp_path, of_third_seed, met, capsys):
    for seed, score in enumerate((0.45, 0.43, of_third_seed), start=1):
        write_summary(tmp_path / "unet_resnet50" / f"seed{seed}", [score, score, score])
    assert demo.check(tmp_path, "unet_resnet50", TRIVIAL) == met
    said = capsys.readouterr().out
    assert "seed3 mIoU" in said.replace("  ", " ")
    assert f"of 3 seeds, spread {of_third_seed:.4f} to 0.4500, standard deviation 0.0" in said


def test_networks_must_leave_the_trivial_predictors_behind(demo, tmp_path):
    write_summary(tmp_path / "unet_resnet50", [0.4])
    assert not demo.check(tmp_path, "unet_resnet50", TRIVIAL | {"colour": 0.26})

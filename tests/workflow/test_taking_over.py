"""Results that were moved, copied, put back, or left without .snakemake/: taken as they are, made again or refused."""

import os
import re
import shutil

import pytest

from sandbox import COMPARISONS, CONFIG, FOLDS, Sandbox, after_training, experiment_jobs
from test_reruns import EXPERIMENTS, TRAININGS, changed

# What is made again in any case: cheap, and by tools that are not asked.
CHARTS = [job for name in EXPERIMENTS for fold in range(FOLDS) for job in after_training(name, fold) if "visualize" in job]
CHEAP = sorted([*CHARTS, *(job for job in TRAININGS if "aggregate" in job), *COMPARISONS])
DEAR = ("synthesize", "preprocess", "split_folds", "train_fold", "eval_fold")


def forget(study):
    shutil.rmtree(study.folder / ".snakemake")


def dear_jobs_planned(study):
    """How many jobs of each dear rule would run."""
    said = study.snakemake("--dry-run", "--quiet", "rules").stdout
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", said, re.M) if rule.startswith(DEAR)}


def test_results_that_snakemake_forgot_are_kept_if_they_are_what_is_asked(study):
    forget(study)
    before = study.contents()
    assert study.jobs() == CHEAP
    assert study.contents() == before
    assert study.jobs() == []


def test_of_results_that_snakemake_forgot_those_that_another_config_made_are_made_again(study):
    forget(study)
    study.write_config(changed(small={"lr": 0.002}))
    said = study.snakemake("--until", "save_config").stderr
    assert "segfold: made again: error: results/small/fold0/small_fold0.pth: was made by another run\n" in said
    assert "lr: 0.002" in (study.results / "config.yaml").read_text()
    assert study.jobs() == sorted({*CHEAP, *experiment_jobs("small")})  # they were remembered
    assert dear_jobs_planned(study) == {}


EVALUATIONS = {f"eval_fold_{kind}": 2 * FOLDS for kind in ("lowres", "fullres", "occlusion")}
AFTER_FOLDS = {"split_folds": 1, "train_fold": 2 * FOLDS, **EVALUATIONS}


@pytest.mark.parametrize(
    ("change", "again"),
    [({"folds": {"seed": 43}}, AFTER_FOLDS), ({"dataset": {"seed": 2}}, {"synthesize": 1, "preprocess": 4, **AFTER_FOLDS})],
)
def test_with_forgotten_results_all_is_made_again_that_follows_from_a_change(study, change, again):
    forget(study)
    study.write_config(changed(**change))
    assert dear_jobs_planned(study) == again


def test_results_copied_in_any_order_of_times_are_taken_as_they_are(study, tmp_path):
    copied = Sandbox.make(tmp_path / "copied")
    shutil.copytree(study.results, copied.results)
    for age, name in enumerate(sorted(copied.files())):
        os.utime(copied.results / name, (10**9 + age, 10**9 + age))  # weights are older than folds.json and their shards
    assert dear_jobs_planned(copied) == {}
    for name in copied.files():
        os.utime(copied.results / name, (10**9, 10**9))
    assert dear_jobs_planned(copied) == {}


def test_results_put_back_of_another_config_are_refused_before_anything_is_lost(study):
    shutil.copytree(study.results, study.folder / "kept")
    study.write_config(changed(small={"lr": 0.002}))
    study.snakemake()
    shutil.rmtree(study.results)
    (study.folder / "kept").rename(study.results)
    before = study.contents()
    said = study.snakemake(status=1).stderr
    assert "results/small/fold0/small_fold0.pth: was made by another run; nothing was changed: bring back" in said
    assert "Traceback" not in said and study.contents() == before
    study.write_config(CONFIG)
    assert dear_jobs_planned(study) == {}


@pytest.mark.parametrize("arguments", [["--forcerun", "results/small/fold0/small_fold0.pth"], ["--touch"]])
def test_who_knows_better_is_not_asked(study, arguments):
    weights = study.results / "small" / "fold0" / "small_fold0.pth"
    shutil.rmtree(study.folder / ".snakemake")
    weights.write_text("mine")
    study.snakemake(*arguments)
    assert (weights.read_text() == "mine") == (arguments == ["--touch"])


def test_a_tool_that_cannot_tell_makes_nothing_run_again(study):
    forget(study)
    tool = study.folder / "bin" / "train-fold"
    tool.unlink()
    tool.write_text("#!/bin/sh\necho 'train-fold: error: out of memory' >&2\nexit 71\n")
    tool.chmod(0o755)
    before = study.contents()
    assert "train-fold: error: out of memory; nothing was changed" in study.snakemake(status=1).stderr
    assert study.contents() == before

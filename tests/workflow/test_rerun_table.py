"""The tables of docs/howto/reruns.md against what the workflow plans after each change. (test_reruns.py holds single
changes against lists of jobs that were run.)"""

import copy
import os
import re
import shutil

import pytest
import yaml

from documents import laid_over
from sandbox import CONFIG, REPOSITORY

TOOLS = ["synthesize", "preprocess", "split-folds", "train-fold", "eval-fold", "aggregate", "visualize"]
LINES = (REPOSITORY / "docs" / "howto" / "reruns.md").read_text().splitlines()
ROWS = {cells[0]: cells[1:] for line in LINES if len(cells := line.strip("| ").split(" | ")) == 1 + len(TOOLS)}


class Change:
    """A change of a finished study. @param own  the experiments that have the changed value"""

    def __init__(self, settings=(), own=(), act=None):
        self.config = laid_over(copy.deepcopy(CONFIG), dict(settings))
        self.own = own
        self.act = act

    def make(self, study):
        study.write_config(self.config)
        if self.act:
            self.act(study)


def small(**settings):
    return Change({"experiments": {"small": settings}}, ["small"])


def results_version(tool):
    return Change(act=lambda study: study.set_results_version(tool, 99))


def deleted(name):
    return Change(act=lambda study: (study.results / name).unlink())


def respell(study):
    backwards = {name: dict(reversed(one.items())) for name, one in CONFIG["experiments"].items()}
    text = yaml.safe_dump(dict(reversed(CONFIG.items())) | {"experiments": backwards}, sort_keys=False, indent=7)
    assert "lr: 0.001\n" in text
    study.config_file.write_text("# a comment\n\n" + text.replace("lr: 0.001\n", "lr:  1e-3\n"))


def build_again(study):
    for tool in (study.folder / "bin").iterdir():
        target = tool.resolve()
        tool.unlink()
        shutil.copy(target, tool)
    snakefile = study.folder / "Snakefile"
    snakefile.write_text(snakefile.read_text().replace("logged {log:q} train-fold", "logged  {log:q} train-fold"))


def touch(study):
    """The study is a copy, so it has moved already."""
    for name in ("folds.json", "shards/32x64-64x128/train-0.h5", "data/dataset.json"):
        os.utime(study.results / name)


OTHER_LABELS = {"unet_resnet50": {"label_size": "96x128"}}
OTHER_FIRST = {"unet_resnet50": {"size": "64x64"}, "small": {"size": "32x64"}}
CHANGES = {
    "a hyper-parameter of an experiment (`lr`, `loss`, `augment`, …)": [small(lr=0.5), small(augment={"flip": 0})],
    "its `low_res_every` or `full_res_every`": [small(low_res_every=2)],
    "its `seeds`": [small(seeds=[1, 2])],
    "a further experiment": [Change({"experiments": {"third": {"extends": "small", "dropout": 0.5}}}, ["third"])],
    "`size` of an experiment, not of the first": [small(size="64x64")],
    "`size` of the first experiment": [Change({"experiments": OTHER_FIRST})],
    "`label_size` (of all)": [Change({"experiments": OTHER_LABELS})],
    "`threads`": [Change({"threads": 2})],
    "`folds.seed`, `folds.count` or `folds.strategy`": [
        Change({"folds": {"seed": 1, "strategy": "stratified"}}),
        Change({"folds": {"count": 3}}),
    ],
    "`shards`": [Change({"shards": 1})],
    "the demo's `dataset`": [Change({"dataset": {"seed": 2}})],
    "`baseline`": [Change({"baseline": "small"})],
    "`occlusion_curve`": [Change({"occlusion_curve": [0, 0.25, 0.5]})],
    "comments, white space, order of keys, `1e-3` for `0.001`": [Change(act=respell)],
    "the tools were built again, the text of the `Snakefile` or `README.md`": [Change(act=build_again)],
    "the repository was moved, files were touched": [Change(act=touch)],
    "results version of `train-fold`": [results_version("train-fold")],
    "results version of `eval-fold`": [results_version("eval-fold")],
    "results version of `visualize` (such as other colours)": [results_version("visualize")],
    "a shard of the training split was deleted": [deleted("shards/32x64-64x128/train-0.h5")],
    "`folds.json` was deleted": [deleted("folds.json")],
}


@pytest.fixture(scope="module")
def plans(finished_study, tmp_path_factory):
    """How many jobs of each rule would run after each change, by row."""

    def plan(change):
        study = finished_study.copy(tmp_path_factory.mktemp("changed") / "my study")
        change.make(study)
        said = study.snakemake("--dry-run", "--quiet", "rules").stdout
        return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", said, re.M)}

    return {row: [plan(change) for change in changes] for row, changes in CHANGES.items()}


def total(tool, config, names):
    """Jobs of a tool that belong to the named experiments or join experiments."""
    experiments = {name: config["experiments"]["unet_resnet50"] | config["experiments"][name] for name in names}
    seeds = sum(len(one["seeds"]) for one in experiments.values())
    trainings = seeds * config["folds"]["count"]
    sizes = {one["size"] for one in experiments.values()}
    return {
        "synthesize": 1,
        "preprocess": 2 * config["shards"] * len(sizes),
        "split-folds": 1,
        "train-fold": trainings,
        "eval-fold": 3 * trainings,
        "aggregate": seeds + 2,
        "visualize": 2 * trainings + 1,
    }[tool]


def is_as_told(cell, tool, planned, change):
    jobs = {rule: count for rule, count in planned.items() if rule.startswith(tool.replace("-", "_"))}
    everything = total(tool, change.config, change.config["experiments"])
    count = sum(jobs.values())
    if cell == "own" and tool == "preprocess":
        return 0 < count < everything
    if cell == "occlusion":
        return jobs and all(rule.endswith("occlusion") for rule in jobs)
    if cell == "joint":
        return set(jobs) == {"aggregate_comparison", "aggregate_occlusion"}
    return count == {"–": 0, "all": everything, "own": total(tool, change.config, change.own)}[cell]


def test_each_row_has_a_change_here():
    assert set(ROWS) - {"change"} == set(CHANGES)


@pytest.mark.parametrize("row", CHANGES)
def test_what_the_row_says_is_planned(row, plans):
    for change, planned in zip(CHANGES[row], plans[row]):
        for tool, cell in zip(TOOLS, ROWS[row]):
            assert is_as_told(cell, tool, planned, change), f"{tool}: {cell}, planned are {planned}"

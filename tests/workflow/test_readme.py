"""Every command of the README, run as a reader would type it, on data small enough for a test.

`envs/run` itself is tested in tests/cli/test_setup.py: here its commands run in the environment it has made.
"""

import csv
import re
import shlex
import subprocess

import pytest
import yaml

from documents import blocks, laid_over, run, run_python
from resolving import resolve
from sandbox import REAL_TOOLS, REPOSITORY

README = (REPOSITORY / "README.md").read_text()
COMMANDS = [command for block in blocks(README, "sh") for command in block.commands()]
BY_HAND = [command for command in COMMANDS if not command.startswith("envs/run ")]
LOOP = re.compile(r"for .*; do ")
IN_ENVIRONMENT = [command.removeprefix("envs/run ") for command in COMMANDS if command.startswith("envs/run ")]


@pytest.fixture(scope="module")
def tiny_study(real_study, tmp_path_factory):
    return real_study.copy(tmp_path_factory.mktemp("readme") / "study")


def test_the_readme_is_no_manual():
    assert len(README.splitlines()) <= 250


def test_every_command_is_one_that_a_test_below_runs():
    assert IN_ENVIRONMENT == [
        "snakemake --cores all",
        "ctest --test-dir build",
        "tests/accuracy/demo",
        "snakemake --cores all --configfile config/cityscapes.yaml --config 'dataset={root: /data/cityscapes}'",
        "tests/bench/run",
    ]
    assert {LOOP.sub("", command).split()[0] for command in BY_HAND} == {
        "synthesize",
        "preprocess",
        "split-folds",
        "train-fold",
        "model-info",
        "eval-fold",
        "aggregate",
        "score",
        "visualize",
    }


def test_the_study_and_its_comparison_with_trivial_predictors(tiny_study):
    run(shlex.split(IN_ENVIRONMENT[0]), tiny_study)
    said = run([REPOSITORY / IN_ENVIRONMENT[2]], tiny_study, status=1).stdout  # so small a study learns nothing
    for word in ("GFLOP/s", "colour", "position", "NOT met", "unet_resnet50", "baseline"):
        assert word in said


def test_ctest_knows_every_test_and_of_pytest_s_each_file_or_its_folder():
    done = subprocess.run([*shlex.split(IN_ENVIRONMENT[1]), "-N"], cwd=REPOSITORY, capture_output=True, text=True)
    known = set(re.findall(r"Test +#\d+: (\S+)", done.stdout))
    assert {f"unit.{folder.name}" for folder in (REPOSITORY / "tests" / "unit").iterdir()} <= known
    for file in (REPOSITORY / "tests").rglob("test_*.py"):
        assert known & {file.parent.name, f"{file.parent.name}.{file.stem.removeprefix('test_')}"}, file


def test_the_real_study_plans_its_jobs_for_a_data_set_in_place(tiny_study, tmp_path):
    run(
        ["synthesize", "--output", tmp_path / "cityscapes", "--train", "3", "--val", "1", "--size", "32x64"], tiny_study
    )
    command = [*shlex.split(IN_ENVIRONMENT[3].replace("/data/cityscapes", str(tmp_path / "cityscapes"))), "--dry-run"]
    assert "resnet50-0676ba61.pth is not there" in run(command, tiny_study, status=78).stderr
    (tiny_study.folder / "resnet50-0676ba61.pth").touch()
    assert re.search(r"^train_fold +24$", run(command, tiny_study).stdout, re.M)


def test_the_measurements(tiny_study):
    command = [REPOSITORY / IN_ENVIRONMENT[4], "--rows", "start-up", "--rounds", "1"]
    said = run(command, tiny_study).stdout
    for tool in REAL_TOOLS.iterdir():
        assert tool.name in said


def test_the_stages_by_hand(tiny_study, tmp_path):
    for command in BY_HAND:
        run(command, tiny_study, tmp_path)
    with (tmp_path / "try" / "summary_metrics.csv").open() as summary:
        assert [row["fold"] for row in csv.DictReader(summary)] == ["0", "1", "2", "mean", "std"]
    assert (tmp_path / "try" / "samples.png").is_file()
    (snippet,) = blocks(README, "python")
    assert len(run_python(snippet.text, tmp_path)["state"]) > 50
    (start,) = [command for command in BY_HAND if "--init" in command]
    run(start.replace("try/unet_fold0.pth", "try/plain.pth").replace("try/tuned", "try/again"), tiny_study, tmp_path)


def test_the_new_experiment_goes_into_the_config(tmp_path):
    (addition,) = blocks(README, "yaml")
    config = yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text())
    text = yaml.safe_dump(laid_over(config, yaml.safe_load(addition.text)), sort_keys=False)
    resolved = resolve(text, tmp_path / "config.yaml")["experiments"]["unet_dice"]
    assert (resolved["loss"], resolved["dice_weight"], resolved["init_from"]) == ("ce-dice", 2, "unet")


def test_every_tool_stands_in_the_table():
    described = set(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \|$", README, re.M))
    assert {path.name for path in REAL_TOOLS.iterdir()} == described

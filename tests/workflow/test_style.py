"""The Snakefile as Snakemake's own checkers see it, and the options it uses against the tools that take them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import FAKE_TOOL, REAL_TOOLS, SNAKEFILES, TOOLS

# --lint wants one for each rule. The tools are built from this repository by envs/run; no channel has them.
NO_ENVIRONMENT_PER_RULE = "Specify a conda environment or container for each rule."


def test_the_linter_has_one_complaint_and_it_is_the_known_one(fresh_study):
    done = fresh_study.snakemake("--lint", status=1)
    complaints = {line.strip(" *:") for line in (done.stdout + done.stderr).splitlines() if line.startswith("    * ")}
    assert complaints == {NO_ENVIRONMENT_PER_RULE.strip(":")}


def test_the_snakefile_is_formatted():
    done = subprocess.run([sys.executable, "-m", "snakefmt.snakefmt", "--check", *SNAKEFILES])
    assert done.returncode == 0


def test_every_rule_keeps_a_log_and_a_benchmark_and_names_its_files():
    text = "".join(path.read_text() for path in SNAKEFILES)
    rules = re.split(r"^rule ", text, flags=re.MULTILINE)[2:]  # without what stands before, and `all`
    assert len(rules) >= 10
    for rule in rules:
        name = rule.split(":")[0]
        assert "    log:\n" in rule and "    benchmark:\n" in rule, name
        for part in ("input", "output"):
            section = re.search(rf"^    {part}:\n((?: {{8}}.*\n)+)", rule, flags=re.MULTILINE)
            if section:
                assert all("=" in line for line in re.findall(r"^ {8}([a-z].*)$", section[1], flags=re.MULTILINE)), name


@pytest.fixture(scope="module")
def commands(finished_study):
    """One command line of each rule, as a list of words."""
    said = finished_study.snakemake("--dry-run", "--forceall", "--printshellcmds").stdout
    lines = re.findall(r"^(?:Shell command: )?logged \S+ (.*)$|logged '[^']*' (.*)$", said, flags=re.MULTILINE)
    found = [(first or second).split() for first, second in lines]
    assert {words[0] for words in found} == set(TOOLS) - {"model-info"}  # no rule calls it, but the start of a run
    return found


def shards_of(words):
    return {Path(word).name.split("-")[0] for word in words if word.endswith(".h5")}


def test_held_out_samples_are_scored_from_the_training_split_and_the_official_ones_from_validation(commands):
    evaluations = [words for words in commands if words[0] == "eval-fold"]
    assert {shards_of(words) == ({"train"} if "low" in words else {"val"}) for words in evaluations} == {True}
    assert {frozenset(shards_of(words)) for words in evaluations} == {frozenset({"train"}), frozenset({"val"})}


def options_of(words):
    return {word for word in words if re.fullmatch(r"--[a-z-]+", word)}


def options_told(executable, *words):
    said = subprocess.run([executable, *words, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"--[a-z][a-z-]*", said))


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tools_have_every_option_that_the_workflow_and_the_fakes_use(tool, commands, tmp_path):
    (tmp_path / tool).symlink_to(FAKE_TOOL)
    used_with = {}  # by subcommand, if any
    for words in commands:
        if words[0] == tool:
            subcommand = () if words[1].startswith("-") else (words[1],)
            used_with.setdefault(subcommand, set()).update(options_of(words))
    for subcommand, used in used_with.items():
        known = options_told(REAL_TOOLS / tool) | options_told(REAL_TOOLS / tool, *subcommand)
        assert used <= known
        assert used <= options_told(tmp_path / tool, *subcommand)

"""The reference is what the tools and the schema say today, and what makes it takes no line for another."""

import copy
import os
import re
import subprocess
import sys

import pytest
import yaml

from mistakes import ConfigError
from resolving import resolve
from sandbox import CONFIG, EXPERIMENT, REAL_TOOLS, REPOSITORY

sys.path.insert(0, str(REPOSITORY / "docs" / "maker"))
import tool_help  # noqa: E402

HELP = """Cook something.
Usage: cook [OPTIONS] DISH

Positionals:
  DISH REQUIRED               What to cook

Options:
  -h,--help                   Print this help message and exit
  --heat low|high:{high,low}=low
                              How hot
  --pots POT ... REQUIRED     Where
  --salt FLOAT:FLOAT in [0 - 5]=0.5 Excludes: --sugar
                              How much
  --minutes INT               How long

Subcommands:
  soup                        A thin one
"""


def test_the_reference_is_what_the_command_makes(tmp_path):
    path = os.pathsep.join([str(REAL_TOOLS), os.environ["PATH"]])
    command = [sys.executable, "-B", REPOSITORY / "docs" / "make_reference", tmp_path]
    subprocess.run(command, env=os.environ | {"PATH": path}, check=True)
    made = {page.name: page.read_text() for page in tmp_path.iterdir()}
    stored = {page.name: page.read_text() for page in (REPOSITORY / "docs" / "reference").iterdir()}
    for name in made.keys() | stored.keys():
        assert made.get(name) == stored.get(name), f"{name}: run envs/run docs/make_reference"


def test_a_help_is_taken_apart():
    told = tool_help.parse("cook", HELP)
    assert (told.description, told.usage) == ("Cook something.", "cook [OPTIONS] DISH")
    dish, shown, heat, pots, salt, minutes = told.options
    assert (dish.name, dish.required, dish.meaning) == ("DISH", True, "What to cook")
    assert (shown.names, shown.value) == (["-h", "--help"], "")
    assert (heat.value, heat.default, heat.meaning) == ("low|high", "low", "How hot")
    assert (pots.value, pots.several, pots.required) == ("POT", True, True)
    assert (salt.value, salt.range, salt.default, salt.excludes) == ("FLOAT", "0 to 5", "0.5", "--sugar")
    assert (minutes.value, minutes.default, minutes.required) == ("INT", "", False)
    assert told.commands == {"soup": "A thin one"}


def test_the_defaults_of_a_newer_cli11_are_understood():
    told = tool_help.parse("cook", HELP.replace("=low", " [low] ").replace("]=0.5", "] [0.5] "))
    assert [option.default for option in told.options if option.default] == ["low", "0.5"]


def test_an_unknown_form_is_refused_instead_of_told_wrongly():
    with pytest.raises(tool_help.UnknownForm, match="cook --help: '--heat two words of it'"):
        tool_help.parse("cook", HELP.replace("low|high:{high,low}=low", "two words of it"))


def is_refused_without(key, group, path):
    """Whether an experiment that inherits nothing is refused when the key, of it or of its group, is left out."""
    experiment = copy.deepcopy(EXPERIMENT) | {"crop": {"size": "32x32"}, "occlusion": {"probability": 0.5}}
    (experiment[group] if group else experiment).pop(key, None)
    try:
        resolve(yaml.safe_dump(CONFIG | {"experiments": {"one": experiment}}), path)
    except ConfigError as error:
        assert f"the key '{key}' is missing" in str(error)
        return True
    return False


@pytest.mark.parametrize("section", ["experiments", "augment", "crop", "occlusion", "plateau"])
def test_a_key_is_called_required_if_the_workflow_refuses_an_experiment_without_it(section, tmp_path):
    page = (REPOSITORY / "docs" / "reference" / "config.md").read_text()
    (table,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", table, re.M)
    group = None if section == "experiments" else section
    called = {key for key, default in rows if default.strip() == "required"}
    assert called == {key for key, _ in rows if is_refused_without(key, group, tmp_path / "config.yaml")}

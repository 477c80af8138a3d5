"""What a tool's --help says, taken apart: description, usage, options, commands."""

import re
import subprocess
from dataclasses import dataclass

COLUMN = 30  # where CLI11 begins the descriptions
TYPES = {"INT": "whole number", "FLOAT": "number", "N": "whole number", "K": "whole number", "TEXT": ""}

# "--name TYPE:{words that TYPE lists}=DEFAULT"; newer versions of CLI11 write " [DEFAULT]" instead of "=DEFAULT".
VALUE = re.compile(r"(?P<type>\S*?)(?::(?:\{.*?\}|\w+ in \[(?P<range>.*?)\]))?(?:=(?P<old>\S+)|\s+\[(?P<new>\S+)\])?")


class UnknownForm(Exception):
    """A line of a --help that this file does not understand."""


@dataclass
class Option:
    names: list  # ["-q", "--quiet"]; of a positional argument its name alone
    meaning: str
    value: str = ""  # what stands behind it: "HxW", "adam|sgd"; empty for a flag
    several: bool = False
    default: str = ""
    required: bool = False
    excludes: str = ""
    range: str = ""

    @property
    def name(self):
        return self.names[-1]


@dataclass
class Help:
    tool: str
    description: str
    usage: str
    options: list
    commands: dict  # name → what it does


def read_help(tool, *command):
    """@param command  of a tool that has some, such as "curves" of visualize"""
    done = subprocess.run([tool, *command, "--help"], capture_output=True, text=True, check=True, timeout=60)
    return parse(" ".join([tool, *command]), done.stdout)


def parse(tool, text):
    lines = [line.rstrip() for line in text.strip().splitlines()]
    if len(lines) < 2 or not lines[1].startswith("Usage: "):
        raise UnknownForm(f"{tool} --help: its second line does not begin with 'Usage: '")
    sections, title = {}, None
    for line in lines[2:]:
        if line and not line.startswith(" "):
            title = line.rstrip(":")
            sections[title] = []
        elif line:
            sections[title].append(line)
    options = [_option(tool, *entry) for name in ("Positionals", "Options") for entry in _entries(sections.get(name, []))]
    commands = dict(_entries(sections.get("Subcommands", [])))
    return Help(tool, lines[0], lines[1].removeprefix("Usage: "), options, commands)


def _entries(lines):
    """Pairs of what is described and its description, which begins in a column of its own or on the next line."""
    pairs = []
    for i, line in enumerate(lines):
        if line.startswith(" " * COLUMN):
            pairs[-1][1] += " " + line.strip()
        elif i + 1 < len(lines) and lines[i + 1].startswith(" " * COLUMN):
            pairs.append([line.strip(), ""])
        else:
            pairs.append([line[:COLUMN].strip(), line[COLUMN:].strip()])
    return [(what, meaning.strip()) for what, meaning in pairs]


def _option(tool, what, meaning):
    names, _, rest = what.partition(" ")
    rest, _, excludes = rest.partition("Excludes:")
    words = rest.split()
    required = "REQUIRED" in words
    several = "..." in words
    match = VALUE.fullmatch(" ".join(word for word in words if word not in ("REQUIRED", "...")))
    if not match:
        raise UnknownForm(f"{tool} --help: '{what}' is not of a form that is known")
    default = match["old"] or match["new"] or ""
    limits = (match["range"] or "").replace(" - ", " to ")
    return Option(names.split(","), meaning, match["type"], several, default, required, excludes.strip(), limits)

"""How mistakes in the configuration are told."""

import difflib
import json
import re
import sys

EX_CONFIG = 78


class ConfigError(Exception):
    """One or more mistakes in the configuration; each line of the text is one of them."""


def stop(error):
    """Says what is wrong and ends Snakemake with the exit status of a faulty configuration."""
    for line in str(error).split("\n"):
        # What a file holds may command a terminal, or be endless.
        print("segfold:", re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", line)[:2000], file=sys.stderr)
    sys.exit(EX_CONFIG)


def dotted(keys):
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".") + (
        ": " if keys else ""
    )


def at(files, keys, sentence):
    return f"{files.place(keys)}: {dotted(keys)}{sentence}"


def unknown_experiment(name, experiments):
    nearest = difflib.get_close_matches(name, experiments, n=1)
    hint = f", did you mean '{nearest[0]}'?" if nearest else f"; there are {', '.join(experiments)}"
    return f"no experiment is called '{name}'{hint}"


def shown(value):
    """A value as it may stand in the config."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."

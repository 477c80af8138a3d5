"""Starting the tools as a user does."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SEGFOLD_BUILD", ROOT / "build"))
BIN = Path(os.environ.get("SEGFOLD_BIN", BUILD / "bin"))


def run(tool, *arguments, **options):
    """Runs a tool to its end; its result has returncode, stdout and stderr as text."""
    command = [str(BIN / tool), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def run_well(tool, *arguments):
    """Runs a tool that must succeed and say nothing on stdout."""
    done = run(tool, *arguments)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return done


def assert_refused(done, status, *parts):
    """One line on stderr that holds all parts, the documented exit status, nothing on stdout."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert ": error: " in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for part in parts:
        assert part in done.stderr

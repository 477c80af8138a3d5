"""Shell scripts as shellcheck sees them."""

import subprocess
import sys
from pathlib import Path

from sources import ROOT, sources

SHELLCHECK = Path(sys.executable).with_name("shellcheck")  # of envs/requirements.txt


def test_shellcheck_finds_nothing():
    assert SHELLCHECK.exists(), f"there is no {SHELLCHECK}; run envs/run, which installs it"
    scripts = [source.path for source in sources("shell")]
    done = subprocess.run(
        [SHELLCHECK, "--external-sources", "--format=gcc", *scripts], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, "\n" + done.stdout + done.stderr

"""docs/third-party.md lists what the tools are linked with, and nothing else."""

import re
import subprocess

import pytest
from cli_support import BIN, ROOT

ONLY_WITH_CUDA = {"libtorch_cuda", "libc10_cuda"}
NOT_LINKED = {"PkgConfig", "Python3"}  # the build's own tools


@pytest.fixture(scope="module")
def rows():
    text = (ROOT / "docs" / "third-party.md").read_text()
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return table[1:]  # without the head


def quoted(cells):
    return {name for cell in cells for name in re.findall(r"`(.*?)`", cell)}


def needed(tool):
    said = subprocess.run(["readelf", "-d", tool], capture_output=True, text=True, check=True).stdout
    return {re.sub(r"(-[^-]*-[^-]*)?\.so.*", "", name) for name in re.findall(r"NEEDED.*\[(.*)\]", said)}


def test_every_library_that_a_tool_needs_is_listed_and_no_other(rows):
    linked = set().union(*map(needed, BIN.iterdir()))
    listed = quoted(row[2] for row in rows)
    assert linked - listed == set()
    assert listed - linked - ONLY_WITH_CUDA == set()


def test_every_package_that_the_build_looks_for_is_listed_and_no_other(rows):
    files = [*ROOT.glob("tools/cmake/*.cmake"), *ROOT.glob("tests/**/CMakeLists.txt")]
    text = "".join(path.read_text() for path in files)
    found = set(re.findall(r"^\s*find_package\((\w+)", text, re.M))
    found |= set(re.findall(r"^\s*pkg_check_modules\((\w+)", text, re.M))
    assert found - NOT_LINKED == quoted(row[3] for row in rows) - {"SEGFOLD_TORCH_DIR"}


def test_every_row_names_a_licence(rows):
    assert all(len(row) == 4 and row[1] for row in rows)

"""The sources of this repository as text: which there are, of which kind, and how to speak of a line of one."""

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KINDS = {".cpp": "C++", ".h": "C++", ".py": "Python", ".sh": "shell", ".cmake": "CMake", ".smk": "Snakemake"}
NAMES = {"CMakeLists.txt": "CMake", "Snakefile": "Snakemake"}


@dataclass(frozen=True)
class Source:
    path: Path  # from the repository's root
    kind: str
    text: str

    @property
    def lines(self):
        return self.text.splitlines()

    def at(self, number, said):
        """What a failure says of a line; the first has number 1."""
        return f"{self.path}:{number}: {said}"


@functools.cache
def sources(*kinds):
    """Every source of these kinds that git knows or would take, in the order of their paths."""
    return [source for source in all_sources() if source.kind in kinds]


@functools.cache
def all_sources():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listed.returncode != 0:
        pytest.skip(f"git cannot list the sources of {ROOT}: {listed.stderr.decode().strip()}")
    paths = sorted(Path(name.decode()) for name in listed.stdout.split(b"\0") if name)
    return [Source(path, kind, (ROOT / path).read_text()) for path in paths if (kind := kind_of(path))]


def kind_of(path):
    """None for what is no source, or was deleted and not yet committed."""
    if not (ROOT / path).is_file():
        return None
    if path.suffix or path.name in NAMES:
        return NAMES.get(path.name) or KINDS.get(path.suffix)
    with (ROOT / path).open("rb") as file:
        first = file.readline(80)
    if not first.startswith(b"#!"):
        return None
    return "Python" if b"python" in first else "shell" if b"sh" in first else None


def together(findings):
    """The message of a failed assertion: a finding a line."""
    return "\n" + "\n".join(findings)

"""A machine that lacks this or that: a copy of envs/ with stand-ins for everything that envs/run would start.

Its PATH holds the few system programs that envs/run itself needs and the stand-ins, nothing else, so that no test
installs, configures or compiles anything.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PROGRAMS = """awk bash cat chmod cksum comm cp cut df dirname echo env flock grep head id mkdir mv nproc paste
    printf pwd readlink rm sed sh sleep sort tail touch tr true uname""".split()

# What each stand-in does; every start of one that changes something adds a line to $CALLS.
STAND_INS = {
    "python3": r"""
        case "$*" in
          *"import ensurepip"*) ;;
          *"version_info < "*) ;;
          *given_files.py*) exit "${FAKE_CONFIG_STATUS:-0}" ;;
          *"%d.%d"*) echo "${FAKE_PYTHON_VERSION:-3.12}" ;;
          *"version_info[:2]"*) echo "3 12" ;;
          "-m venv "*)
            echo venv >>"$CALLS"
            mkdir -p "$3/bin" "$3/lib/python3.12/site-packages"
            cp "$0" "$3/bin/python" ;;
          *"pip install"*)
            echo pip >>"$CALLS"
            if [ -n "${FAKE_PIP_SECONDS:-}" ]; then sleep "$FAKE_PIP_SECONDS"; fi
            if [ -n "${FAKE_PIP_ERROR:-}" ]; then echo "ERROR: $FAKE_PIP_ERROR"; exit 1; fi
            headers=${0%/bin/*}/lib/python3.12/site-packages/torch/include/torch/csrc/api/include/torch
            mkdir -p "$headers" && touch "$headers/torch.h" ;;
        esac
    """,
    "cmake": r"""
        case "$1" in
          --version) echo "cmake version ${FAKE_CMAKE_VERSION:-3.25.1}" ;;
          *)
            echo "cmake $*" >>"$CALLS"
            mkdir -p "$4" && touch "$4/build.ninja" ;;
        esac
    """,
    "ninja": r"""
        case "$*" in
          *" -n") if [ -e "$2/built" ]; then echo "ninja: no work to do."; else echo "[1/1] CXX"; fi ;;
          *)
            echo ninja >>"$CALLS"
            if [ -n "${FAKE_NINJA_ERROR:-}" ]; then echo "$FAKE_NINJA_ERROR"; exit 1; fi
            mkdir -p "$2/bin" && touch "$2/built" ;;
        esac
    """,
    "g++": r"""case "$*" in *-E*) echo "${FAKE_GCC_VERSION:-12} __clang_major__" ;; esac""",
    "pkg-config": r"""case "$*" in *"${FAKE_NO_MODULE:-none}"*) exit 1 ;; esac""",
    "fc-list": "echo DejaVu Sans",
    "ccache": "",
    "ld.lld": "",
    "git": "",
}
HEADERS = """CLI/CLI.hpp fmt/format.h nlohmann/json.hpp openssl/evp.h zlib.h hdf5.h opencv2/imgproc.hpp gtest/gtest.h
    gmock/gmock.h""".split()


class Machine:
    """A folder with a copy of envs/, and a PATH of stand-ins."""

    def __init__(self, folder: Path):
        self.root = folder / "my project"
        self.programs = folder / "programs"
        self.calls_file = folder / "calls"
        shutil.copytree(ROOT / "envs", self.root / "envs")
        self.programs.mkdir()
        for name in SYSTEM_PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        for name, script in STAND_INS.items():
            self.install(name, script)
        for header in HEADERS:
            path = folder / "headers" / header
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        (folder / "home").mkdir()
        self.environment = {
            "PATH": str(self.programs),
            "HOME": str(folder / "home"),
            "CALLS": str(self.calls_file),
            "CPATH": str(folder / "headers"),
        }

    def install(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/usr/bin/env bash\nset -eu\n{script}\n")
        (self.programs / name).chmod(0o755)

    def remove(self, *names: str) -> None:
        for name in names:
            (self.programs / name).unlink()

    def start(self, *command: str, cwd=None, **variables: str) -> subprocess.Popen:
        return subprocess.Popen(
            [self.root / "envs" / "run", *command],
            cwd=cwd or self.root,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, cwd=None, **variables: str) -> subprocess.CompletedProcess:
        process = self.start(*command, cwd=cwd, **variables)
        output, errors = process.communicate(timeout=300)
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def calls(self) -> list[str]:
        """The stand-ins that had something to do since the last question."""
        if not self.calls_file.exists():
            return []
        lines = self.calls_file.read_text().splitlines()
        self.calls_file.unlink()
        return [line.split()[0] for line in lines]

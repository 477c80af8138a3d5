"""A machine that lacks this or that: a copy of envs/ with stand-ins for everything that envs/run would start.

Its PATH holds the few system programs that envs/run itself needs and the stand-ins, nothing else, so that no test
installs, configures or compiles anything.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PROGRAMS = """awk bash cat chmod cksum comm cp cut df dirname echo env find flock grep head id mkdir mv nproc paste
    printf pwd readlink rm sed sh sleep sort tail touch tr true uname""".split()

# What each stand-in does; every start of one that changes something adds a line to $CALLS. With $FAKE_..._WAITS, a named
# pipe, it then waits until somebody has written to that.
STAND_INS = {
    "python3": r"""
        case "$*" in
          *"import ensurepip"* | *"-m ensurepip"*) ;;
          *"version_info < "*) ;;
          *given_files.py*) exit "${FAKE_CONFIG_STATUS:-0}" ;;
          *"%d.%d"*) echo "${FAKE_PYTHON_VERSION:-3.12}" ;;
          *"version_info[:2]"*) echo "3 12" ;;
          "-m venv --without-pip "*)
            echo venv >>"$CALLS"
            mkdir -p "$4/bin" "$4/lib/python3.12/site-packages"
            cp "$0" "$4/bin/python" ;;
          *"pip install"*)
            echo pip >>"$CALLS"
            if [ -n "${FAKE_PIP_WAITS:-}" ]; then cat "$FAKE_PIP_WAITS"; fi
            if [ -n "${FAKE_PIP_ERROR:-}" ]; then echo "ERROR: $FAKE_PIP_ERROR"; exit 1; fi
            torch=${0%/bin/*}/lib/python3.12/site-packages/torch
            case "$*" in *+cpu*) make-torch "$torch" 2.13.0 ;; esac
            [ -e "$torch" ] || make-torch "$torch" 2.13.0 "${FAKE_PIP_CUDA:-}" ;;
        esac
    """,
    "cmake": r"""
        case "$1" in
          --version) echo "cmake version ${FAKE_CMAKE_VERSION:-3.25.1}" ;;
          *)
            echo "cmake $*" >>"$CALLS"
            if [ -n "${FAKE_CMAKE_WAITS:-}" ]; then cat "$FAKE_CMAKE_WAITS"; fi
            mkdir -p "$4" && touch "$4/build.ninja" ;;
        esac
    """,
    "ninja": r"""
        case "$*" in
          --version) echo 1.11.1 ;;
          *" -n") if [ -e "$2/built" ]; then echo "ninja: no work to do."; else echo "[1/1] CXX"; fi ;;
          *)
            echo ninja >>"$CALLS"
            if [ -n "${FAKE_NINJA_WAITS:-}" ]; then cat "$FAKE_NINJA_WAITS"; fi
            if [ -n "${FAKE_NINJA_ERROR:-}" ]; then echo "$FAKE_NINJA_ERROR"; exit "${FAKE_NINJA_STATUS:-1}"; fi
            mkdir -p "$2/bin" && touch "$2/built"
            for tool in synthesize train-fold; do
              printf '#!/bin/sh\necho "CUDA no GPU can be used"\n' >"$2/bin/$tool"
              chmod +x "$2/bin/$tool"
            done ;;
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


# make-torch FOLDER VERSION [CUDA]: the files by which envs/run knows a LibTorch.
MAKE_TORCH = r"""
    IFS=. read -r major minor patch <<<"$2"
    mkdir -p "$1"/include/torch/{headeronly,csrc/api/include/torch} "$1/lib"
    touch "$1/include/torch/csrc/api/include/torch/torch.h" "$1"/lib/{libtorch,libtorch_cpu,libc10}.so
    echo '#include <torch/headeronly/version.h>' >"$1/include/torch/csrc/api/include/torch/version.h"
    printf '#define TORCH_VERSION_%s %s\n' MAJOR "$major" MINOR "$minor" PATCH "$patch" \
      >"$1/include/torch/headeronly/version.h"
    rm -f "$1/lib/libtorch_cuda.so"
    if [ -n "${3:-}" ]; then
      touch "$1"/lib/{libtorch_cuda,libc10_cuda}.so
      echo "cuda: Optional[str] = '$3'" >"$1/version.py"
    fi
"""


EVERYTHING = ["venv", "pip", "cmake", "ninja"]  # what a first start calls


class Machine:
    """A folder with a copy of envs/, and a PATH of stand-ins."""

    def __init__(self, folder: Path):
        self.root = folder / "my project"
        self.programs = folder / "programs"
        self.calls_file = folder / "calls"
        self.pipe = folder / "pipe"
        shutil.copytree(ROOT / "envs", self.root / "envs")
        self.programs.mkdir()
        for name in SYSTEM_PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        for name, script in STAND_INS.items():
            self.install(name, script)
        self.install("make-torch", MAKE_TORCH)
        for header in HEADERS:
            path = folder / "headers" / header
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        (folder / "home").mkdir()
        self.prefix: list[str] = []  # what starts envs/run: another user, a namespace
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

    def add_apt(self, user: int) -> None:
        """Adds Debian's package tools, which know of no package yet, and another user's number."""
        self.remove("id")
        self.install("id", f"if [ $1 = -u ]; then echo {user}; else echo somebody; fi")
        self.install("dpkg-query", 'sed "s/^/installed /" "${CALLS%calls}installed" 2>/dev/null || true')
        self.install("dpkg", "")
        cmake = self.programs / "cmake"
        cmake.rename(cmake.with_name("cmake-of-tomorrow"))
        self.install(
            "apt-get",
            r"""
            echo "apt-get $*" >>"$CALLS"
            if [ -n "${FAKE_APT_ERROR:-}" ]; then echo "$FAKE_APT_ERROR"; exit 100; fi
            case "$*" in *" install "*)
              printf '%s\n' "$@" >"${CALLS%calls}installed"
              cp "${0%/*}/cmake-of-tomorrow" "${0%/*}/cmake" ;;
            esac
            """,
        )

    def make_torch(self, folder: Path, version: str, cuda: str = "") -> Path:
        """A LibTorch as far as envs/run looks at it; for 1.x its version stands where such old ones have it."""
        subprocess.run([self.programs / "make-torch", folder, version, cuda], env=self.environment, check=True)
        if version.startswith("1."):
            include = folder / "include" / "torch"
            (include / "headeronly" / "version.h").rename(include / "csrc/api/include/torch/version.h")
            (include / "headeronly").rmdir()
        return folder

    def start(self, *command: str, cwd=None, **variables: str) -> subprocess.Popen:
        return subprocess.Popen(
            [*self.prefix, self.root / "envs" / "run", *command],
            cwd=cwd or self.root,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start_and_halt(self, step: str) -> subprocess.Popen:
        """A first start that is at work on that step, until go_on()."""
        if not self.pipe.exists():
            os.mkfifo(self.pipe)
        process = self.start("true", **{f"FAKE_{step.upper()}_WAITS": str(self.pipe)})
        while not self.calls_file.exists() or step not in self.calls_file.read_text():
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        return process

    def go_on(self) -> None:
        self.pipe.write_text("")

    def run(self, *command: str, cwd=None, **variables: str) -> subprocess.CompletedProcess:
        process = self.start(*command, cwd=cwd, **variables)
        output, errors = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def calls(self) -> list[str]:
        """The stand-ins that had something to do since the last question."""
        if not self.calls_file.exists():
            return []
        lines = self.calls_file.read_text().splitlines()
        self.calls_file.unlink()
        return [line.split()[0] for line in lines]

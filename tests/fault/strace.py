"""Faults inside system calls, by Debian's strace: which calls a tool makes on its own files, and one of them spoilt."""

import re
import shutil
import subprocess
import threading
from collections import Counter, namedtuple

from study import ROOT
from support import Idle

WRITING = "write pwrite64 fsync fdatasync rename renameat renameat2 ftruncate fallocate mkdir unlink unlinkat rmdir".split()
READING = "openat read pread64 getdents64 flock".split()
CALL = re.compile(r"^(\d+) +(\w+)\((.*)")
known, lock = {}, threading.Lock()
# The number-th call of this name that a thread makes. `writes`: it changes a file or makes one.
Point = namedtuple("Point", "call number writes path")


def works():
    """Whether strace is here, and tracing allowed, which some containers forbid."""
    return subprocess.run([*STRACE, "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL).returncode == 0


def command():
    """strace as it is installed, or as tests/workflow/fetch_slurm unpacks it."""
    unpacked = ROOT / ".env-state" / "slurm"
    libraries = ":".join(map(str, unpacked.glob("usr/lib/*-linux-gnu*")))
    there = ["env", f"LD_LIBRARY_PATH={libraries}", str(unpacked / "usr/bin/strace"), "-E", "LD_LIBRARY_PATH"]
    return ["strace"] if shutil.which("strace") else there


STRACE = command()


def words(log, trace, inject=""):
    # -y tells the file behind each descriptor; --seccomp-bpf lets all other calls run at full speed, but loses signals.
    fast = [] if "signal=" in inject else ["--seccomp-bpf"]
    options = ["-f", "-qq", "-y", *fast, "-o", log, "-e", f"trace={trace}"]
    return [*STRACE, *options, *(["-e", f"inject={trace}:{inject}"] if inject else [])]


def own(place, arguments):
    """What of a call's arguments is a file of the try or of the study."""
    arguments = re.sub(r"^AT_FDCWD<[^>]*>", "", arguments)
    for name, folder in (("out", place.out), ("study", place.study.folder)):
        if found := re.search(rf"{re.escape(str(folder))}([^>\"]*)", arguments):
            return name + found[1]
    return None


def points(place, name):
    """The calls that an undisturbed run makes on the study's files and its own, in their order."""
    with lock:
        if name not in known:
            log = place.folder / "calls"
            place.prepare(name, False)
            place.call(name, wrap=words(log, ",".join(WRITING + READING)))
            counts, found = Counter(), []
            for line in log.read_text(errors="replace").splitlines():
                if not (match := CALL.match(line)):
                    continue
                thread, call, arguments = match.groups()
                counts[thread, call] += 1
                if path := own(place, arguments):
                    writes = call in WRITING or "O_CREAT" in arguments or "O_WRONLY" in arguments
                    found.append(Point(call, counts[thread, call], writes, path))
            known[name] = found
            shutil.rmtree(place.out)
            place.out.mkdir()
    return known[name]


def spoil(place, name, point, inject, timeout=60):
    """Runs `name` with its call spoilt; Idle if the call was not made, or was on none of its files."""
    log = place.folder / "strace"
    done = place.call(name, wrap=words(log, point.call, f"{inject}:when={point.number}"), timeout=timeout)
    lines = log.read_text(errors="replace").splitlines()
    if "signal=" not in inject:
        hit = [line for line in lines if "(INJECTED)" in line]
        if not hit or not all(own(place, line) for line in hit):
            raise Idle
    done.err = "\n".join(line for line in done.err.splitlines() if not line.startswith("strace: "))
    return done

"""What the machine at hand has: GPUs and memory, so that jobs side by side fit; the lock of one run, and its signals."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import psutil


def gpu_count(devices="/dev"):
    """NVIDIA GPUs that this process may use: a container has device files for its own only."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([name for name in visible.split(",") if name.strip() not in ("", "-1")])
    return sum(re.fullmatch(r"nvidia\d+", name) is not None for name in os.listdir(devices))


def memory_mb():
    """Memory that jobs may use: what is available now, but for a tenth, and no more than the control group allows."""
    available = next(
        int(line.split()[1]) * 1024
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemAvailable:")
    )
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            available = min(available, int(Path(limit).read_text()))
        except (OSError, ValueError):  # no such control group, or "max"
            pass
    return int(available * 0.9) >> 20


def limit_resources(workflow, **limits):
    """Limits a local run where neither profile nor command line does: Snakemake counts undeclared ones as endless."""
    for name, value in limits.items():
        if name not in workflow.global_resources:
            workflow.register_resource(name, value)


def require_tools(tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        sys.exit(
            f"segfold: {', '.join(missing)} not found on the PATH; start the workflow with 'envs/run snakemake ...'"
        )


def lock(path):
    """Takes the lock of a run for as long as this process lives, or stops.

    The kernel drops it even when the process is killed, unlike Snakemake's own, which the next start would trip over
    (so the profile switches that one off).
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        sys.exit(f"segfold: {path}: cannot be made ({error.strerror}); choose another 'output'")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"segfold: another run is at work in {path.parent.parent}; wait for it, or choose another 'output'")
    except OSError as error:
        print(f"segfold: {path}: cannot be locked ({error.strerror}); see to it that no other run works there", file=sys.stderr)


def pass_signals_on(tools):
    """What asks Snakemake alone to stop, as kill does, is passed on to the tools, which save and end: Snakemake would wait
    for them. In the other kind of the two: who had the same from the terminal would take a second one for impatience."""
    for number, other in ((signal.SIGTERM, signal.SIGINT), (signal.SIGINT, signal.SIGTERM)):
        before = signal.getsignal(number)
        if callable(before):  # nohup and the like have it ignored
            signal.signal(number, _passing_on(before, other, tools))


def _passing_on(before, other, tools):
    def tell():
        told = set()
        while True:  # one may just be starting
            for process in set(psutil.Process().children(recursive=True)) - told:
                with contextlib.suppress(psutil.Error):
                    if any(os.path.basename(word) in tools for word in process.cmdline()[:2]):
                        told.add(process)
                        process.send_signal(other)
            time.sleep(0.5)

    def handle(number, frame):
        threading.Thread(target=tell, daemon=True).start()
        if number == signal.SIGINT:
            before(number, frame)  # raises KeyboardInterrupt
        else:  # Snakemake's own takes a lock that this thread may hold
            threading.Thread(target=before, args=(number, frame)).start()

    return handle

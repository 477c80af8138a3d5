"""Processes that take turns: each answers requests, one JSON object a line, and sleeps in between."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "parity")]

from probe import BUILD  # noqa: E402  (found through the path above)

# What configure_torch() in tools/segfold/nn/device.cpp sets: big blocks are kept instead of returned to the kernel.
MALLOC_TUNABLES = ":".join(f"glibc.malloc.{name}={value}" for name, value in
                           [("mmap_max", 0), ("trim_threshold", 2**31 - 1), ("top_pad", 64 << 20), ("arena_max", 2)])


class Worker:
    """One side of a comparison, in a process of its own."""

    def __init__(self, command, environment=None):
        self._process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, env=os.environ | (environment or {}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def ask(self, what, **values):
        self._process.stdin.write(json.dumps({"do": what} | values) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"'{what}' ended {self._process.args[0]} with status {self._process.wait()}")
        return json.loads(line)


def our_worker(threads):
    return Worker([BUILD / "tests" / "segfold_bench", threads])


def peer_worker(threads, tuned):
    """Python's PyTorch; tuned: with the allocator's settings that suit it best."""
    return Worker([sys.executable, HERE / "peer.py", threads], {"GLIBC_TUNABLES": MALLOC_TUNABLES} if tuned else {})


def alternate(askers, rounds, warm_up=2):
    """Seconds per round of every asker, by name, taken in turn: A B A B. The first rounds are not kept."""
    seconds = {name: [] for name in askers}
    for number in range(warm_up + rounds):
        for name, ask in askers.items():
            taken = ask()["seconds"]
            if number >= warm_up:
                seconds[name].append(taken)
    return seconds


def median_ratio(peer, ours):
    """Median over the rounds of how many times as long the peer took."""
    return statistics.median(p / o for p, o in zip(peer, ours))

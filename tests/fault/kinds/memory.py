"""Too little memory, or no more threads: 71, with what was wanted."""

import os
import re

from study import BIN, QUICK, WRITERS
from support import Idle, Wrong, each, judge, judge_outputs, said

ABOUT = "too little memory, too few threads"
MIB = 1 << 20


def under(place, name, wrap, changes=None):
    """Idle if so little is left that the tool's libraries cannot even be loaded."""
    if place.end(place.start([BIN / name.split()[0], "--version"], wrap)).status != 0:
        raise Idle
    done = place.call(name, changes, wrap)
    judge(done, {0, 71})
    if done.status == 71 and not re.search("memory|thread", done.err):
        raise Wrong(f"does not say what was wanted{said(done)}")
    judge_outputs(place, name, done=done)


def little_memory(place, name, _):
    limit = place.random.randrange(*((12, 160) if name in QUICK else (400, 1400))) * MIB
    under(place, name, ["prlimit", f"--as={limit}:{limit}"])


def few_threads(place, name, number):
    """As somebody who may have so many processes, threads counted; root alone can become somebody who has none yet."""
    limit, user = place.random.randrange(1, 6), 54400 + 10 * WRITERS.index(name) + number
    wrap = ["prlimit", f"--nproc={limit}:{limit}"]
    if os.geteuid() == 0:
        wrap = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *wrap]
        os.chown(place.out, user, user)
    under(place, name, wrap, {"--threads": 4} | ({"--workers": 2} if name == "train-fold" else {}))


def tries(long):
    yield from each(little_memory, WRITERS, long, quick=(2, 40), slow=(1, 40), group="memory/")
    yield from each(few_threads, WRITERS, long, quick=(1, 10), slow=(1, 10), group="threads/")

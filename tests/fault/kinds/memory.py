"""Too little memory, or no more threads: 71, with what was wanted."""

import os

from study import QUICK, WRITERS
from support import Idle, Try, Wrong, judge, judge_outputs, said

ABOUT = "too little memory, too few threads"
MIB = 1 << 20


def under(place, name, wrap, changes=None):
    """Idle if so little is left that the tool's libraries cannot even be loaded."""
    words = place.study.words(name, place.out, changes)
    if place.run([words[0], "--version"], wrap).status != 0:
        raise Idle
    done = place.run(words, wrap)
    judge(done, {0, 71})
    if done.status == 71 and not any(word in done.err for word in ("memory", "thread")):
        raise Wrong(f"does not say what was wanted{said(done)}")
    judge_outputs(place, name, False, done=done)


def little_memory(place, name):
    limit = place.random.randrange(*((12, 160) if name in QUICK else (400, 1400))) * MIB
    under(place, name, ["prlimit", f"--as={limit}:{limit}"])


def few_threads(place, name, user):
    """As somebody who may have so many processes, threads counted; root alone can become somebody who has none yet."""
    limit = place.random.randrange(1, 6)
    wrap = ["prlimit", f"--nproc={limit}:{limit}"]
    if os.geteuid() == 0:
        wrap = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *wrap]
        os.chown(place.out, user, user)
    under(place, name, wrap, {"--threads": 4} | ({"--workers": 2} if name == "train-fold" else {}))


def tries(long):
    for index, name in enumerate(WRITERS):
        for repeat in range(40 if long else 2 if name in QUICK else 1):
            yield Try(f"memory/{name}/{repeat}", lambda place, name=name: little_memory(place, name))
        for repeat in range(5 if long else 1):
            user = 54400 + 10 * index + repeat
            yield Try(f"threads/{name}/{repeat}", lambda place, name=name, user=user: few_threads(place, name, user))

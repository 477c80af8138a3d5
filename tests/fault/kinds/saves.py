"""Kills inside a save: at a system call that changes files, of every tool that writes. The old output stays or the new
one is there, whole, and the next run works."""

import strace
from study import WRITERS
from support import Idle, each, judge, judge_next_run, judge_outputs

ABOUT = "kills inside a save"


def killed_at(place, name, number):
    points = [point for point in strace.points(place, name) if point.writes]
    # Calls that replace or sync are rare among those that write, and what matters most.
    rare = [point for point in points if point.call not in ("write", "pwrite64")]
    point = place.random.choice(rare if number % 3 else points)
    place.prepare(name)
    done = strace.spoil(place, name, point, "signal=SIGKILL")
    if done.status == 0:
        raise Idle
    judge(done, (), killed=True)
    judge_outputs(place, name, killed=True)
    judge_next_run(place, name)


def tries(long):
    return each(killed_at, [*WRITERS, "train-fold resume"], long, quick=(2, 40), slow=(1, 20))

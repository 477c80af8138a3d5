"""Kills inside a save: at a system call that changes files, of every tool that writes. The old output stays or the new
one is there, whole, and the next run works."""

import strace
from study import QUICK, WRITERS
from support import Idle, Try, judge, judge_outputs, judge_next_run

ABOUT = "kills inside a save"


def killed_at(place, name, number):
    points = [point for point in strace.points(place, name) if point.writes]
    # Calls that replace or sync are rare among those that write, and what matters most.
    rare = [point for point in points if point.call not in ("write", "pwrite64")]
    point = place.random.choice(rare if number % 3 and rare else points)
    older = name != "train-fold resume" and place.random.random() < 0.5
    place.study.prepare(name, place.out, older)
    done = strace.spoil(place, name, point, "signal=SIGKILL")
    if done.status == 0:
        raise Idle
    judge(done, (), killed=True)
    judge_outputs(place, name, older, killed=True)
    judge_next_run(place, name)


def tries(long):
    for name in [*WRITERS, "train-fold resume"]:
        for number in range((40 if name in QUICK else 20) if long else 2 if name in QUICK else 1):
            yield Try(f"{name}/{number}", lambda place, name=name, number=number: killed_at(place, name, number))

"""System calls that fail: writes on a full or broken disk, reads from a broken one, locks that a file system lacks."""

import strace
from study import QUICK, WRITERS
from support import Try, Wrong, judge, judge_next_run, judge_outputs

ABOUT = "system calls that fail"
# What the call says, and the statuses that are right then.
WRITES = {"ENOSPC": {74}, "EIO": {74}, "EDQUOT": {74}}
READS = {"EIO": {74}, "ESTALE": {74}}
NO_LOCKS = {"ENOLCK": {0}, "ENOSYS": {0}, "EOPNOTSUPP": {0}}
FORBIDDEN = {"EROFS": {77}, "EACCES": {77}}
NAMES = [*WRITERS, "train-fold resume", "model-info"]


def errors(point):
    if point.call == "flock":
        return NO_LOCKS
    if point.call in ("openat", "mkdir", "rename") and point.writes:
        return WRITES | FORBIDDEN
    return WRITES if point.writes else READS


def allowed(point, statuses):
    """Tidying up may fail without harm, and so may a read that is made again: what is written proves it."""
    return statuses | {0} if not point.writes or "unlink" in point.call or point.call == "rmdir" else statuses


def fails(place, name, number):
    points = strace.points(place, name)
    calls = sorted({(point.call, point.writes) for point in points})
    # Each call of each kind alike: thousands of writes would hide the one rename.
    kind = calls[number % len(calls)]
    point = place.random.choice([point for point in points if (point.call, point.writes) == kind])
    error = place.random.choice(sorted(errors(point)))
    older = name in WRITERS and place.random.random() < 0.5
    place.study.prepare(name, place.out, older)
    done = strace.spoil(place, name, point, f"error={error}")
    where = f"{error} of {point.call} {point.path}"
    try:
        judge(done, allowed(point, errors(point)[error]))
        judge_outputs(place, name, older, done=done)
        judge_next_run(place, name)
    except Wrong as wrong:
        raise Wrong(f"{where}: {wrong}") from wrong


def tries(long):
    for name in NAMES:
        quick = name in QUICK or name == "model-info"
        for number in range((320 if quick else 120) if long else 4 if quick else 1):
            yield Try(f"{name}/{number}", lambda place, name=name, number=number: fails(place, name, number))

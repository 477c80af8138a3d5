"""System calls that fail: writes on a full or broken disk, reads from a broken one, locks that a file system lacks."""

import strace
from study import WRITERS
from support import Wrong, each, judge, judge_next_run, judge_outputs

ABOUT = "system calls that fail"
# What the call says, and the statuses that are right then.
WRITES = {"ENOSPC": {74}, "EIO": {74}, "EDQUOT": {74}}
READS = {"EIO": {74}, "ESTALE": {74}}
NO_LOCKS = {"ENOLCK": {0}, "ENOSYS": {0}, "EOPNOTSUPP": {0}}
FORBIDDEN = {"EROFS": {77}, "EACCES": {77}}


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
    place.prepare(name)
    done = strace.spoil(place, name, point, f"error={error}")
    try:
        judge(done, allowed(point, errors(point)[error]))
        judge_outputs(place, name, done=done)
        judge_next_run(place, name)
    except Wrong as wrong:
        raise Wrong(f"{error} of {point.call} {point.path}: {wrong}") from wrong


def tries(long):
    return each(fails, [*WRITERS, "train-fold resume", "model-info"], long, quick=(4, 320), slow=(1, 120))

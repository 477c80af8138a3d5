"""Two at once: trainings on one state, and writers of one output."""

import time

from study import OLDER, WRITERS, look
from support import Wrong, compare, each, judge, judge_outputs, parts

ABOUT = "two at once"


def trainings_on_one_state(place, name, _):
    """One does the work, the other says that it is being done, or that it is done."""
    words = place.study.words(name, place.out)
    first = place.start(words)
    time.sleep(place.random.uniform(0, 0.3))
    ends = [place.end(process) for process in (place.start(words), first)]
    for done in ends:
        judge(done, {0, 73})
    if all(done.status for done in ends):
        raise Wrong("both refuse to work")
    compare(parts(look(place.out)), parts(place.study.outputs(name)), "after both")


def writers_of_one_output(place, name, _):
    """The outputs of the one or of the other, each whole. A pair of files may be of both, and then is known to be torn."""
    changes = OLDER[name] | ({"--state": place.out / "state" / "2"} if name == "train-fold" else {})
    first = place.start(place.study.words(name, place.out, changes))
    time.sleep(place.random.uniform(0, 1) * place.study.seconds.get(name, 0.1) / 4)
    for done in (place.call(name), place.end(first)):
        judge(done, {0, 73})
    place.older = True
    judge_outputs(place, name)


def tries(long):
    yield from each(trainings_on_one_state, ["train-fold"], long, quick=(), slow=(1, 20), group="one state/")
    yield from each(writers_of_one_output, WRITERS, long, quick=(1, 20), slow=(1, 10), group="one output/")

"""Trainings that are killed at random moments, several times in a row, until they are done."""

import signal
import subprocess

from support import Try, Wrong, compare, judge, judge_outputs, parts
from study import look

ABOUT = "kills at random moments"


def killed_until_done(place, first):
    place.study.result("train-fold long")
    seconds = place.study.seconds["train-fold long"]
    number = first
    for _ in range(place.random.randint(1, 3)):
        process = place.start(place.study.words("train-fold long", place.out))
        try:
            process.wait(seconds * place.random.uniform(0.02, 1))
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        done = place.end(process)
        judge(done, {0, 75}, killed=True)
        if done.status < 0 and done.status not in (-number, -signal.SIGKILL):
            raise Wrong(f"dies of signal {-done.status}")
        judge_outputs(place, "train-fold long", False, killed=True)
        number = place.random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    done = place.call("train-fold long")
    if done.status != 0:
        raise Wrong(f"the next run ends with {done.status}: {done.err[-300:]}")
    compare(parts(look(place.out)), parts(place.study.outputs("train-fold long")), "after the last run")
    if (place.out / "state").exists():
        raise Wrong("leaves its state behind")


def tries(study, long):
    for number in range(120 if long else 4):
        first = (signal.SIGKILL, signal.SIGTERM)[number % 2]
        yield Try(f"{first.name}/{number}", lambda place, first=first: killed_until_done(place, first))

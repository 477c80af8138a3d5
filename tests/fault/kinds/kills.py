"""Trainings that are killed at random moments, several times in a row, until they are done."""

import signal
import subprocess

from support import Try, Wrong, judge, judge_next_run, judge_outputs

ABOUT = "kills at random moments"
NAME = "train-fold long"


def killed_until_done(place, number):
    place.study.result(NAME)
    for _ in range(place.random.randint(1, 3)):
        process = place.start(place.study.words(NAME, place.out))
        try:
            process.wait(place.study.seconds[NAME] * place.random.uniform(0.02, 1))
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        done = place.end(process)
        judge(done, {0, 75}, killed=True)
        if done.status < 0 and done.status != -number:
            raise Wrong(f"dies of signal {-done.status}")
        judge_outputs(place, NAME, killed=True)
        number = place.random.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    judge_next_run(place, NAME)


def tries(long):
    for index in range(120 if long else 4):
        number = (signal.SIGKILL, signal.SIGTERM)[index % 2]
        yield Try(f"{number.name}/{index}", killed_until_done, number)

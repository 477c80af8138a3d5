"""A try: a command under a fault, and what must hold afterwards. What all kinds of faults share."""

import os
import random
import re
import shlex
import shutil
import signal
import subprocess
from types import SimpleNamespace

from study import QUICK, WRITERS, look

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


class Wrong(Exception):
    """A tool did what it must not do."""


class Idle(Exception):
    """The fault met nothing that this is about, such as a system call that is not the tool's own."""


class Try:
    """Calls check(place, *given), which raises Wrong or Idle."""

    def __init__(self, name, check, *given):
        self.name, self.check, self.given = name, check, given


def each(check, names, long, quick, slow, group=""):
    """Tries check(place, name, number) of all these tools so often: `quick` and `slow` in the short and the long form."""
    for name in names:
        for number in range((quick if name in QUICK else slow)[long]):
            yield Try(f"{group}{name}/{number}", check, name, number)


class Place:
    """A folder of its own for one try, whose random numbers depend on the seed and the try's name alone."""

    def __init__(self, study, folder, name, seed):
        self.study, self.folder, self.out = study, folder, folder / "out"
        self.random = random.Random(f"{seed} {name}")
        self.command, self.older = "", False
        self.out.mkdir(parents=True)

    def prepare(self, name, older=None):
        """Puts into the folder of outputs what may stand there before: a saved state, or every other time older ones."""
        self.older = name in WRITERS and (self.random.random() < 0.5 if older is None else older)
        if name == "train-fold resume":
            shutil.copytree(self.study.folder / "state", self.out / "state")
        elif self.older:
            older = self.study.result(name, True)
            shutil.copytree(older, self.out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("stdout"))

    def start(self, words, wrap=()):
        words, pipe = [*map(str, wrap), *map(str, words)], subprocess.PIPE
        self.command = shlex.join(words)
        return subprocess.Popen(words, start_new_session=True, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)

    def end(self, process, timeout=60):
        """Waits for its end; what is still there after `timeout` seconds is killed with all that it started."""
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Wrong(f"still at work after {timeout} s") from error
        out, err = (text.decode(errors="backslashreplace") for text in (out, err))
        return SimpleNamespace(status=process.returncode, out=out, err=err)

    def call(self, name, changes=None, wrap=(), timeout=60, quiet=True):
        return self.end(self.start(self.study.words(name, self.out, changes, quiet), wrap), timeout)


def said(done):
    lines = done.err.strip().splitlines()
    return f": {lines[-1][:300]}" if lines else ", silently"


def judge(done, allowed, killed=False):
    """An allowed status (`killed`: or the end by a signal, which is negative, or 128 and more in a shell), one sentence
    if it failed, and nothing that a terminal would obey."""
    if CONTROL.search(done.out) or CONTROL.search(done.err):
        raise Wrong(f"control characters in {ascii(done.err[-300:] or done.out[-300:])}")
    if killed and (done.status < 0 or done.status >= 128):
        return
    if done.status not in allowed:
        raise Wrong(f"ends with {done.status}, not {' or '.join(map(str, sorted(allowed)))}{said(done)}")
    lines = done.err.splitlines()
    told = [line for line in lines if ": error: " in line]
    if done.status not in (0, 75) and (len(told) != 1 or (told[0] != lines[-1] and not re.search(r"\d+ problems", told[0]))):
        raise Wrong(f"ends with {done.status} and not with one sentence{said(done)}")


def parts(found):
    """By the first part of their path: a folder of outputs counts as one."""
    grouped = {}
    for path, content in found.items():
        grouped.setdefault(path.split("/")[0], {})[path] = content
    return grouped


def judge_outputs(place, name, killed=False, done=None):
    """Each output is the old one or the new one, whole; nothing lies beside them, but what a killed process could not
    remove. A tool that ended with 0 has written all."""
    now, new = parts(look(place.out)), parts(place.study.outputs(name))
    old = parts(place.study.outputs(name, True)) if place.older else {}
    if done and done.status == 0:
        compare(now, new, "ends with 0, but")
        if name == "model-info" and done.out != (place.study.result(name) / "stdout").read_text():
            raise Wrong("ends with 0, but says something else")
    for part, content in now.items():
        hidden = part.startswith(".") and part not in new and part not in old
        # A pair of files is renamed one by one, so that a fault may come between.
        torn = part.endswith(" is torn")
        if content not in (old.get(part), new.get(part)) and not torn and not (killed and hidden):
            raise Wrong(f"{'left behind' if part not in new else 'neither the old nor the new'}: {part}")
    if lost := [part for part in old if part not in now]:
        raise Wrong(f"lost: {', '.join(lost)}")


def compare(now, new, when):
    if now != new:
        surplus, missing = sorted(now.keys() - new.keys()), sorted(new.keys() - now.keys())
        other = sorted(part for part in now.keys() & new.keys() if now[part] != new[part])
        raise Wrong(f"{when} left behind: {surplus}, missing: {missing}, differs: {other}".replace("[]", "nothing"))


def judge_next_run(place, name):
    """The same command, undisturbed, ends well with exactly what it would have written in an empty folder."""
    done = place.call(name)
    if done.status != 0:
        raise Wrong(f"the next run ends with {done.status}{said(done)}")
    compare(parts(look(place.out)), parts(place.study.outputs(name)), "after the next run")
    if (place.out / "state").exists():
        raise Wrong("the next run leaves its state behind")

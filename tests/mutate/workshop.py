"""A copy of the sources that may be broken, its build, and its tests."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Of the user's build, so that the copy is built as that is.
SETTINGS = (
    *("SEGFOLD_TORCH_DIR", "Python3_EXECUTABLE", "CMAKE_CXX_COMPILER", "CMAKE_CXX_COMPILER_LAUNCHER"),
    *("CMAKE_EXE_LINKER_FLAGS", "CMAKE_PREFIX_PATH"),
)
# Of pytest, where no test has run: none was selected; or a file could not even be read.
NOTHING_COLLECTED, CANNOT_RUN = 5, (2, 3, 4)
LEAST_SECONDS = 60  # before tests that hang are ended; ten times what they need is waited, too


class WorkshopError(Exception):
    """What keeps changes from being tried; the text says what."""


@dataclass
class Outcome:
    """@param failure  the test that failed first; None if all passed"""

    failure: str | None
    output: str


class Workshop:
    """@param folder  of the copy and its build, kept from run to run"""

    def __init__(self, root, folder, user_build, jobs):
        self.root, self.folder, self.user_build, self.jobs = Path(root), Path(folder).absolute(), Path(user_build), jobs
        # Built within the copy, as the user builds: only then does ccache know the objects of one in the other.
        self.source = self.folder / "source"
        self.build = self.source / "build"

    @contextmanager
    def opened(self):
        """The copy as the user's sources are now, for this process alone."""
        self.source.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WorkshopError(f"{self.folder}: another run is at work there; wait for it, or give --build") from None
            self._copy()
            self._configure()
            yield

    def _copy(self):
        """Only what differs is written: times of files decide what is built again."""
        names = self._names()
        for name in names:
            _copy_if_different(self.root / name, self.source / name)
        for folder, folders, files in os.walk(self.source):
            if Path(folder) == self.source:
                folders[:] = sorted(set(folders) - {"build", ".venv"})
            for path in (Path(folder, file) for file in files):
                if str(path.relative_to(self.source)) not in names:
                    path.unlink()

    def _names(self):
        """Every file of the sources, new ones too, that git does not ignore."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=self.root, capture_output=True)
        if listed.returncode != 0:
            raise WorkshopError(f"{self.root}: git cannot list the sources; work in a clone of the repository")
        return {name for name in listed.stdout.decode().split("\0") if (self.root / name).is_file()}

    def _configure(self):
        cache = self.user_build / "CMakeCache.txt"
        if not cache.is_file():
            raise WorkshopError(f"{cache}: no such file; build the project first, by envs/run")
        values = dict(re.findall(r"^(\w+):\w+=(.*)$", cache.read_text(), re.M))
        home = values["CMAKE_HOME_DIRECTORY"]
        if (venv := Path(home) / ".venv").is_dir() and not (self.source / ".venv").is_symlink():
            (self.source / ".venv").symlink_to(venv)
        given = [f"-D{name}={values[name].replace(home, str(self.source))}" for name in SETTINGS if values.get(name)]
        settings = self.folder / "settings"
        if settings.is_file() and settings.read_text().splitlines() == given:
            return
        # CMake keeps the compiler and the places that it once found.
        shutil.rmtree(self.build, ignore_errors=True)
        command = ["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *given]
        self._run_to_end(command, "the copy cannot be configured")
        settings.write_text("".join(f"{line}\n" for line in given))

    def make(self, targets):
        """@throws WorkshopError if they cannot be built"""
        if targets:
            self._run_to_end(["ninja", "-C", self.build, "-j", str(self.jobs), *targets], "does not compile")

    def _run_to_end(self, command, complaint):
        status, output = _run_for(command, self.folder, os.environ, None)
        if status != 0:
            raise WorkshopError(f"{complaint}:\n{output[-4000:]}")

    @contextmanager
    def changed(self, change):
        """The copy with one change in it."""
        path = self.source / change.file
        before = path.read_text(encoding="utf-8")
        path.write_text(change.apply(before), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")  # with a new time: what was built of the change is stale

    def test(self, tests, filter, seconds=None):
        """Runs tests until the first one fails. @param seconds  after which they count as hanging; None: never"""
        if is_program(tests):
            command = [self.build / "tests" / tests, f"--gtest_filter={filter}"]
        else:
            command = [sys.executable, "-m", "pytest", "-x", "-v", "-p", "no:cacheprovider", tests, "-k", filter]
        more = {"SEGFOLD_BUILD": str(self.build), "PYTHONDONTWRITEBYTECODE": "1", "GTEST_FAIL_FAST": "1"}
        status, output = _run_for(command, self.source, os.environ | more, seconds)
        nothing = "Running 0 tests" in output if is_program(tests) else status == NOTHING_COLLECTED
        if nothing:
            raise WorkshopError(f"{tests}: no test is called '{filter}'; mend the list")
        if not is_program(tests) and status in CANNOT_RUN:
            raise WorkshopError(f"{tests} cannot be run:\n{output[-4000:]}")
        return Outcome(None if status == 0 else first_failure(output, status), output)


def is_program(tests):
    return not tests.endswith(".py")


def _copy_if_different(source, target):
    try:
        if target.read_bytes() == source.read_bytes():
            return
    except OSError:
        target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def _run_for(command, folder, environment, seconds):
    """The status, None if time was up, and what was said. Nothing that the command started is left behind."""
    running = subprocess.Popen(command, cwd=folder, env=environment, text=True, errors="replace", start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    try:
        output, _ = running.communicate(timeout=seconds)
        return running.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        return None, running.communicate()[0]
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()


def first_failure(output, status):
    """Of Google Test or pytest; status None: time was up. Where a crash or the end of time left no word, the test that was at work."""
    if failed := re.search(r"^\[  FAILED  \] (\w[\w./]*)", output, re.M) or re.search(r"^(\S+::.+?) FAILED", output, re.M):
        return failed[1]
    ended = "hangs" if status is None else f"status {status}"
    began = re.findall(r"^\[ RUN      \] (\S+)", output, re.M) or re.findall(r"^(\S+::\S+)", output, re.M)
    return f"{began[-1]} ({ended})" if began else ended


def seconds_allowed(needed):
    return LEAST_SECONDS + 10 * needed


@contextmanager
def stopped_like_ctrl_c():
    """SIGTERM and SIGHUP leave through every `finally`, as Ctrl-C does."""
    def stop(number, _):
        raise KeyboardInterrupt(f"signal {number}")

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def timed(action):
    """What the action returns, and how many seconds it took."""
    start = time.monotonic()
    result = action()
    return result, time.monotonic() - start

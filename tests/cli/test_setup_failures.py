"""envs/run when a step fails or is ended in the middle: what it says, what it leaves, how it goes on."""

import os
import signal
import time
from pathlib import Path

import pytest
from machine import EVERYTHING

# A step that fails says which, why, what to do and where its log lies.

FAILURES = [
    ("OSError: [Errno 28] No space left on device", 74, "the disk is full", "free some space"),
    ("NewConnectionError: Failed to establish a new connection", 69, "the network could not be reached", "connect it"),
    ("SSLError: CERTIFICATE_VERIFY_FAILED", 69, "certificate was not accepted", "PIP_CERT"),
    ("No matching distribution found for torch==2.13.0", 70, "pip could not install", "SEGFOLD_PYTHON"),
]


@pytest.mark.parametrize("message, status, cause, remedy", FAILURES)
def test_a_failing_pip_is_explained(machine, message, status, cause, remedy):
    result = machine.run("true", FAKE_PIP_ERROR=message)
    assert result.returncode == status
    assert "installing the Python packages into .venv failed after" in result.stderr
    assert cause in result.stderr
    assert remedy in result.stderr
    assert message in result.stderr
    assert f"log: {machine.root}/.env-state/logs/python.log" in result.stderr
    assert machine.calls() == ["venv", "pip"]


def test_a_failing_update_keeps_the_environment(ready):
    requirements = ready.root / "envs" / "requirements.txt"
    before = requirements.read_text()
    requirements.write_text(before + "no-such-package==1\n")
    assert ready.run("true", FAKE_PIP_ERROR="No matching distribution found").returncode == 70
    requirements.write_text(before)
    assert ready.run("true").returncode == 0
    assert ready.calls() == ["pip", "pip"]


def test_apt_without_network_is_explained(machine):
    machine.add_apt(user=0)
    result = machine.run("true", FAKE_APT_ERROR="Temporary failure resolving 'mirror.example'")
    assert result.returncode == 69
    assert "the network could not be reached" in result.stderr


@pytest.mark.parametrize(
    "message, status, cause",
    [
        ("x.cpp:1:1: error: expected ';'", 70, "a source file does not compile"),
        ("g++: fatal error: Killed signal terminated program cc1plus", 71, "memory ran out"),
        ("collect2: fatal error: ld terminated with signal 9 [Killed]", 71, "memory ran out"),
        ("clang++: error: unable to execute command: Killed", 71, "memory ran out"),
    ],
)
def test_a_failing_build_shows_the_compilers_words(machine, message, status, cause):
    result = machine.run("true", FAKE_NINJA_ERROR=message)
    assert result.returncode == status
    assert cause in result.stderr
    assert message in result.stderr


def test_a_step_that_was_killed_without_a_word_ran_out_of_memory(machine):
    result = machine.run("true", FAKE_NINJA_ERROR="[7/99] linking", FAKE_NINJA_STATUS="137")
    assert result.returncode == 71
    assert "memory ran out" in result.stderr


def test_a_disk_that_is_too_small_is_noticed_before_the_work(machine):
    machine.remove("df")
    machine.install("df", r"printf 'head\nfs 100000 1 812 1%% /\n'")
    result = machine.run("true")
    assert result.returncode == 74
    assert "has 812 MB free" in result.stderr
    assert machine.calls() == []


# Ended in the middle, in every step and in every way.

STEPS = [
    ("pip", "installing the Python packages", EVERYTHING),
    ("cmake", "configuring the build", ["cmake", "ninja"]),
    ("ninja", "building with", ["ninja"]),
]


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("step, title, rest", STEPS)
def test_an_interrupted_set_up_ends_its_children_and_goes_on(machine, step, title, rest, name):
    process = machine.start_and_halt(step)
    machine.calls()
    os.killpg(process.pid, name)
    _, errors = process.communicate()
    assert process.returncode == -name
    assert f"interrupted during: {title}" in errors
    assert "run envs/run again to go on" in errors
    while list(processes_of_session(process.pid)):
        time.sleep(0.02)

    assert machine.run("true").returncode == 0
    assert machine.calls() == rest


@pytest.mark.parametrize("step, title, rest", STEPS)
def test_a_set_up_that_vanished_goes_on(machine, step, title, rest):
    process = machine.start_and_halt(step)
    machine.calls()
    for number in processes_of_session(process.pid):
        os.kill(number, signal.SIGKILL)
    process.communicate()

    result = machine.run("true")
    assert (result.returncode, "another envs/run" in result.stderr) == (0, False)
    assert machine.calls() == rest


@pytest.mark.parametrize("step, rest", [("pip", EVERYTHING), ("cmake", ["cmake", "ninja"]), ("ninja", [])])
def test_a_step_that_outlives_its_set_up_is_waited_for(machine, step, rest):
    first = machine.start_and_halt(step)
    machine.calls()
    os.kill(first.pid, signal.SIGKILL)
    assert_waits(machine)
    assert machine.calls() == rest


def test_two_at_once_set_up_only_once(machine):
    first = machine.start_and_halt("pip")
    assert_waits(machine)
    first.communicate()
    assert first.returncode == 0
    assert machine.calls() == EVERYTHING


def assert_waits(machine):
    """A second start says that it waits for what is at work, and comes to its end when that does."""
    second = machine.start("true")
    assert "another envs/run is setting up this folder; waiting for it" in second.stderr.readline()
    machine.go_on()
    second.communicate()
    assert second.returncode == 0


def processes_of_session(leader):
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = file.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has ended meanwhile
        if int(session) == leader and state != "Z":
            yield int(file.parent.name)

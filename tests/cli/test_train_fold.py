"""A training as its user meets it: stopped, killed, started again."""

import signal
import subprocess

import pytest

from cli_support import BIN, assert_refused, run_well
from small_study import arguments, listed


def options(study, out):
    # Enough steps that a signal comes in the middle: an epoch of these takes a few hundredths of a second.
    return listed(arguments("train-fold", study, out) | {"--epochs": 60, "--low-res-every": 20})


@pytest.fixture(scope="module")
def undisturbed(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    run_well("train-fold", *options(study, folder))
    return folder


def start_and_send(study, folder, number):
    """Starts a training and sends it a signal once it is in its second epoch. However late that is noticed here, it is
    not at its end: its pipe takes no more than forty lines ahead of the one that is read."""
    command = [BIN / "train-fold", *map(str, options(study, folder))]
    training = subprocess.Popen(command, stderr=subprocess.PIPE, bufsize=0, pipesize=4096)
    said = ""
    for line in training.stderr:
        said += line.decode()
        if b"epoch 1/60" in line:
            training.send_signal(number)
    return training.wait(), said


def assert_same_results(folder, other):
    assert (folder / "m.pth").read_bytes() == (other / "m.pth").read_bytes()
    assert (folder / "m_best.pth").read_bytes() == (other / "m_best.pth").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_with_its_state_saved_and_the_same_command_goes_on(number, study, undisturbed, tmp_path):
    status, said = start_and_send(study, tmp_path, number)
    assert status == 75, said
    assert "stopped as asked in epoch " in said and not (tmp_path / "m.pth").exists()
    again = run_well("train-fold", *options(study, tmp_path))
    assert "experiment fold 0: going on from the saved state, epoch " in again.stderr
    assert_same_results(tmp_path, undisturbed)
    assert not (tmp_path / "state").exists()


def test_what_is_killed_leaves_no_lock_and_no_half_file(study, undisturbed, tmp_path):
    status, _ = start_and_send(study, tmp_path, signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert not (tmp_path / "m.pth").exists() and not (tmp_path / "h.csv").exists()
    run_well("train-fold", *options(study, tmp_path))
    assert_same_results(tmp_path, undisturbed)


def test_under_nohup_it_does_not_end_at_logout(study, undisturbed, tmp_path):
    training = subprocess.Popen(
        ["nohup", BIN / "train-fold", *map(str, options(study, tmp_path))], stderr=subprocess.PIPE, text=True
    )
    for line in training.stderr:
        if "epoch 1/60" in line:
            training.send_signal(signal.SIGHUP)
    assert training.wait() == 0
    assert_same_results(tmp_path, undisturbed)


def test_a_reader_of_its_output_that_goes_away_does_not_stop_it(study, undisturbed, tmp_path):
    training = subprocess.Popen(
        [BIN / "train-fold", *map(str, options(study, tmp_path))], stderr=subprocess.PIPE, text=True
    )
    training.stderr.readline()
    training.stderr.close()
    assert training.wait(timeout=60) == 0
    assert_same_results(tmp_path, undisturbed)


def test_a_limit_of_file_sizes_is_told_and_the_training_goes_on_without_it(study, undisturbed, tmp_path):
    limit = 40_000  # bytes; the weights are larger
    words = list(map(str, options(study, tmp_path)))
    done = subprocess.run(
        ["prlimit", f"--fsize={limit}", BIN / "train-fold", *words], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr.splitlines()[-1].split(": ", 2)[1]) == (74, "error")
    assert "raise the limit (ulimit -f)" in done.stderr
    assert not list(tmp_path.glob("*.pth")) and not [p for p in tmp_path.rglob(".*") if p.is_file()]
    run_well("train-fold", *words)
    assert_same_results(tmp_path, undisturbed)


def test_memory_that_cannot_do_is_told_before_the_first_step(study, tmp_path):
    words = arguments("train-fold", study, tmp_path) | {"--width": 1024}
    done = subprocess.run(
        ["prlimit", f"--as={8 << 30}", BIN / "train-fold", *map(str, listed(words))], capture_output=True, text=True
    )
    assert_refused(done, 71, "the training needs about ", " GB of memory, and only ")
    assert not (tmp_path / "state").exists()

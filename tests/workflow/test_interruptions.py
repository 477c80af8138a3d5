"""A run that is stopped, killed or started twice."""

import os
import signal
import subprocess
import time

import pytest

from sandbox import Sandbox


def start(sandbox, *arguments, **environment):
    """The workflow in a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        sandbox.command(*arguments),
        cwd=sandbox.folder,
        env=sandbox.environment(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(condition, process=None):
    """@param process  without which it would never come true, if there is one to look at"""
    while not condition():
        assert process is None or process.poll() is None, process.communicate()[0]
        time.sleep(0.05)


def training_logs(study):
    return [log.read_text() for log in (study.results / "logs").rglob("train_fold.log")]


def is_training(study):
    return lambda: any("epoch 1" in log for log in training_logs(study))


def test_after_kill_9_the_next_start_goes_on_without_a_word_about_locks(fresh_study):
    running = start(fresh_study, FAKE_TRAINING_SECONDS="600")
    wait_for(is_training(fresh_study), running)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    jobs = fresh_study.jobs()
    assert "train-fold small/fold0/small_fold0.pth" in jobs and "synthesize data" not in jobs
    assert fresh_study.jobs() == []


@pytest.mark.parametrize(
    ("tell", "number"), [(os.killpg, signal.SIGINT), (os.kill, signal.SIGINT), (os.kill, signal.SIGTERM)]
)
def test_ctrl_c_or_a_signal_to_snakemake_alone_lets_the_training_save_and_say_so(fresh_study, tell, number):
    running = start(fresh_study, FAKE_TRAINING_SECONDS="600")
    wait_for(is_training(fresh_study), running)
    tell(running.pid, number)
    said, _ = running.communicate()
    assert running.returncode != 0
    assert "state saved" in said
    assert any("state saved" in log for log in training_logs(fresh_study))
    assert said.splitlines()[-1].startswith("segfold: interrupted, nothing is lost")


def test_a_second_run_at_the_same_results_is_refused(fresh_study):
    running = start(fresh_study, FAKE_TRAINING_SECONDS="600")
    try:
        wait_for(is_training(fresh_study), running)
        refused = fresh_study.snakemake(status=1)
        assert "another run is at work in results" in refused.stderr
        assert "Traceback" not in refused.stderr and "segfold: a job" not in refused.stderr
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def test_without_the_tools_the_remedy_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    study = Sandbox.make(tmp_path / "my study", tools=tmp_path / "empty")
    done = study.snakemake(status=1)
    assert "synthesize, preprocess" in done.stderr and "envs/run snakemake" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_failing_tool_fails_the_run_and_its_words_are_in_the_log(fresh_study):
    study = fresh_study
    tool = study.folder / "bin" / "split-folds"
    tool.unlink()
    tool.write_text(
        "#!/bin/sh\n"
        "echo '{}' > results/folds.json\n"  # only the exit status tells
        "echo 'split-folds: error: no luck' >&2\n"
        "exit 65\n"
    )
    tool.chmod(0o755)
    done = study.snakemake(status=1)
    assert "split-folds: error: no luck" in done.stderr
    assert (study.results / "logs" / "split_folds.log").read_text() == "split-folds: error: no luck\n"
    assert done.stderr.splitlines()[-1].startswith("segfold: a job has failed: its own message stands above and in results/logs;")
    assert not any("train-fold" in job for job in study.calls())


def test_a_training_that_outlives_its_reader_and_snakemake_is_kept(fresh_study):
    study = fresh_study
    command = "snakemake --cores 1 results/small/fold0/small_fold0.pth 2>&1 | grep -q 'epoch 1'"
    environment = study.environment(FAKE_TRAINING_SECONDS="2")
    subprocess.run(["bash", "-c", command], cwd=study.folder, env=environment, check=True, timeout=300)
    wait_for((study.results / "small" / "fold0" / "history.csv.seal.json").is_file)
    assert study.jobs("results/small/fold0/small_fold0.pth") == []

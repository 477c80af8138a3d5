"""config/profiles/slurm: what it asks for, and a tiny study that goes through a real SLURM.

SEGFOLD_SLURM=required makes a SLURM that is not there a failure; otherwise those tests are skipped with the reason.
"""

import os
import re
import shlex
import signal
import subprocess
import time

import pytest
import yaml

from documents import blocks
from sandbox import REAL_TOOLS, REPOSITORY, SNAKEFILES, TOOLS, Sandbox, tiny_config
from slurm_cluster import SlurmCluster, Unavailable
from test_interruptions import wait_for
from test_real_run import comparable

HOWTO = (REPOSITORY / "docs" / "howto" / "slurm.md").read_text()
COMMANDS = [line.removeprefix("envs/run ") for block in blocks(HOWTO, "sh") for line in block.commands()]
PROFILES = {name: REPOSITORY / "config" / "profiles" / name / "config.yaml" for name in ("default", "slurm")}
SETTINGS = {name: yaml.safe_load(path.read_text()) for name, path in PROFILES.items()}


def rules():
    """Text of each rule of the Snakefile by its name."""
    text = "".join(path.read_text() for path in SNAKEFILES)
    parts = re.split(r"^rule (\w+):\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def test_both_profiles_agree_on_what_is_run_again():
    for key in ("rerun-triggers", "max-checksum-file-size", "rerun-incomplete", "nolock", "printshellcmds"):
        assert SETTINGS["slurm"][key] == SETTINGS["default"][key], key


def test_each_rule_that_may_take_a_gpu_has_its_own_line():
    named = SETTINGS["slurm"]["set-resources"]
    assert set(named) <= set(rules())
    assert {rule for rule, text in rules().items() if "gpu=" in text} == {
        rule for rule, resources in named.items() if "gpu" in resources
    }


def test_snakemake_retries_and_slurm_does_not():
    assert SETTINGS["slurm"]["slurm-no-requeue"] is True
    assert SETTINGS["slurm"]["retries"] > 0


def run(command, study, *more, **environment):
    """A command of the how-to in the study's folder."""
    return subprocess.run(
        [*shlex.split(command), *more],
        cwd=study.folder,
        env=study.environment(**environment),
        capture_output=True,
        text=True,
    )


def test_jobs_ask_for_what_the_profile_says_whatever_the_login_node_has(fresh_study):
    planned = run(f"{COMMANDS[0]} --dry-run", fresh_study, CUDA_VISIBLE_DEVICES="").stdout
    asked = dict(re.findall(r"^rule (\w+):\n(?:    .*\n)*?    resources: (.*)$", planned, re.M))
    assert set(asked) >= {"synthesize", "preprocess", "train_fold", "visualize_prediction"}
    for rule, resources in asked.items():
        assert ("gpu=1" in resources) == ("gpu=" in rules()[rule]), rule
    assert "mem_mb=16000" in asked["train_fold"] and "runtime=1440" in asked["train_fold"]
    assert "runtime=60" in asked["synthesize"]


def test_one_fold_is_trained_again_as_the_how_to_says(study):
    (command,) = (line for line in COMMANDS if "--forcerun" in line)
    command = command.replace("unet/fold1/unet_fold1", "small/fold1/small_fold1")
    planned = run(f"{command} --dry-run", study).stdout
    assert re.search(r"^train_fold +1$", planned, re.M)
    assert re.search(r"^rule train_fold:\n(?:    .*\n)*?    wildcards: .*experiment=small.*fold=1", planned, re.M)


@pytest.fixture(scope="module")
def cluster():
    cluster = SlurmCluster(REPOSITORY / ".env-state" / "slurm")
    try:
        cluster.start()
    except Unavailable as error:
        cluster.stop()
        if os.environ.get("SEGFOLD_SLURM") == "required":
            pytest.fail(str(error))
        pytest.skip(str(error))
    yield cluster
    cluster.stop()


def with_a_cluster(cluster, study):
    """The environment of a user of the login node."""
    environment = study.environment()
    return environment | {"PATH": f"{cluster.commands}:{environment['PATH']}"}


# Snakemake looks ten seconds later each time that it finds nothing new.
SEND = [*shlex.split(COMMANDS[0]), "--slurm-init-seconds-before-status-checks", "10", "--latency-wait", "10"]


def smallest_config():
    """One experiment in two folds: each job of a cluster starts Snakemake twice."""
    config = tiny_config()
    config["experiments"].pop("unet")
    return config | {"shards": 1, "occlusion_curve": []}


# The first evaluation fails; each says what it was granted.
STUMBLING_TOOL = """\
#!/bin/sh
echo "$SLURM_CPUS_PER_TASK" >>'{folder}/granted'
mkdir '{folder}/stumbled' 2>/dev/null && exit 74
exec '{tool}' "$@"
"""


@pytest.fixture(scope="module")
def sending(cluster, tmp_path_factory):
    """A study that SLURM is at work on, and Snakemake's process. In the profile stands another partition than the
    cluster's default one, and that there are no GPUs."""
    study = Sandbox.make(tmp_path_factory.mktemp("sent") / "my study", smallest_config())
    for tool in TOOLS:
        (study.folder / "bin" / tool).unlink()
        (study.folder / "bin" / tool).symlink_to(REAL_TOOLS / tool)
    stumbling = study.folder / "bin" / "eval-fold"
    stumbling.unlink()
    stumbling.write_text(STUMBLING_TOOL.format(folder=study.folder, tool=REAL_TOOLS / "eval-fold"))
    stumbling.chmod(0o755)
    profile = study.folder / "config" / "profiles" / "slurm" / "config.yaml"
    text = profile.read_text()
    for there, here in (("gpu: &gpus 1", "gpu: &gpus 0"), ("# slurm_partition: gpu\n", "slurm_partition: other\n")):
        assert text.count(there) == 1
        text = text.replace(there, here)
    profile.write_text(text)
    with open(study.folder / "said", "w") as said:
        environment = with_a_cluster(cluster, study)
        process = subprocess.Popen(SEND, cwd=study.folder, env=environment, stdout=said, stderr=said)
    yield study, process
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def local_study(sending, tmp_path_factory):
    """The same study by a local run, while the cluster is at work."""
    study = Sandbox.make(tmp_path_factory.mktemp("local") / "my study", smallest_config(), REAL_TOOLS)
    study.snakemake()
    return study


@pytest.fixture(scope="module")
def sent_study(sending, local_study):
    study, process = sending
    assert process.wait() == 0, (study.folder / "said").read_text()
    return study


def sent(cluster, rule):
    """The jobs of a rule."""
    return [job for job in cluster.jobs() if re.fullmatch(f"rule_{rule}(_wildcards.*)?", job["Comment"])]


def test_every_result_is_that_of_a_local_run_byte_by_byte(sent_study, local_study):
    assert comparable(sent_study.contents()) == comparable(local_study.contents())


def test_small_rules_stay_on_the_login_node(cluster, sent_study):
    rules_sent = {re.match(r"rule_([a-z_]+?)(_wildcards|$)", job["Comment"])[1] for job in cluster.jobs()}
    evaluations = {"eval_fold_lowres", "eval_fold_fullres", "visualize_prediction"}
    assert rules_sent == {"synthesize", "preprocess", "train_fold"} | evaluations


def test_slurm_grants_what_the_profile_asks_for(cluster, sent_study):
    assert {job["Partition"] for job in cluster.jobs()} == {"other"}
    for rule, threads, memory, time in (
        ("train_fold", "2", "16000M", "1-00:00:00"),
        ("visualize_prediction", "2", "8000M", "02:00:00"),
        ("preprocess", "1", "2000M", "04:00:00"),
        ("synthesize", "4", "1000M", "01:00:00"),
    ):
        for job in sent(cluster, rule):
            assert (job["NumCPUs"], job["MinMemoryNode"], job["TimeLimit"]) == (threads, memory, time), rule


def test_a_failed_job_is_sent_once_more_by_snakemake_alone(cluster, sent_study):
    jobs = sent(cluster, "eval_fold_(lowres|fullres)")
    assert sorted(job["JobState"] for job in jobs) == ["COMPLETED"] * 4 + ["FAILED"]
    assert jobs[-1]["MinMemoryNode"] == "16000M"  # the second attempt has twice as much
    assert {job["MinMemoryNode"] for job in jobs[:-1]} == {"8000M"}
    assert {(job["Requeue"], job["Restarts"]) for job in cluster.jobs()} == {("0", "0")}


def test_the_tools_see_how_many_processors_they_were_granted(sent_study):
    assert (sent_study.folder / "granted").read_text().split() == ["2"] * 5


def test_a_tool_says_on_a_node_that_it_runs_there(cluster):
    (command,) = (line for line in COMMANDS if line.startswith("srun "))
    assert "LibTorch" in cluster.ask(*shlex.split(command.replace("build/bin", str(REAL_TOOLS))))


def test_the_logs_are_where_the_how_to_says(sent_study):
    assert "unet_resnet50 fold 0: epoch 2/2, loss " in (sent_study.results / "logs/unet_resnet50/fold0/train_fold.log").read_text()
    (log,) = (sent_study.folder / ".snakemake/slurm_logs").rglob("*.log")  # that of the job which failed
    assert log.parent.parent.name.startswith("rule_eval_fold_")


def test_ctrl_c_cancels_a_training_which_saves_its_state_and_goes_on(cluster, sent_study, tmp_path):
    study = sent_study.copy(tmp_path / "study")
    config = smallest_config()
    config["experiments"]["unet_resnet50"]["epochs"] = 500
    study.write_config(config)
    weights = "results/unet_resnet50/fold0/unet_resnet50_fold0.pth"
    log = study.folder / "results/logs/unet_resnet50/fold0/train_fold.log"
    log.unlink()
    process = subprocess.Popen([*SEND, weights], cwd=study.folder, env=with_a_cluster(cluster, study),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
    wait_for(lambda: log.exists() and "epoch 3/500" in log.read_text(), process)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    while "stopped as asked in epoch" not in log.read_text():  # the job ends by itself
        time.sleep(0.05)
    assert sent(cluster, "train_fold")[-1]["JobState"] == "CANCELLED"

    study.snakemake(weights)
    assert "going on from the saved state, epoch" in log.read_text()

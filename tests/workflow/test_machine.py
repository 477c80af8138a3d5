"""What the workflow finds out about the machine, and how it divides it."""

import errno
import itertools

import pytest
import yaml

import machine
from resolving import resolve, with_change
from sandbox import CONFIG, REPOSITORY
from study import Study

SMALL = CONFIG["experiments"]["small"]


def test_gpus_are_counted_by_their_device_files(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert machine.gpu_count(tmp_path) == 0
    for name in ("nvidia0", "nvidia3", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert machine.gpu_count(tmp_path) == 2


@pytest.mark.parametrize(("visible", "count"), [("", 0), ("-1", 0), ("2", 1), ("0,1", 2), ("GPU-5f, GPU-77", 2)])
def test_only_visible_gpus_count(visible, count, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert machine.gpu_count() == count


def test_memory_is_less_than_the_machine_has():
    total_kb = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal:"))
    assert 0 < machine.memory_mb() < total_kb / 1024


def test_a_lock_is_given_to_one_run_at_a_time(tmp_path):
    machine.lock(tmp_path / "results" / ".state" / "lock")
    with pytest.raises(SystemExit, match=f"another run is at work in {tmp_path}/results; wait for it"):
        machine.lock(tmp_path / "results" / ".state" / "lock")
    machine.lock(tmp_path / "others" / ".state" / "lock")


def test_a_file_system_without_locks_is_warned_of_and_stops_nobody(tmp_path, monkeypatch, capsys):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(machine.fcntl, "flock", flock)
    machine.lock(tmp_path / "lock")
    said = capsys.readouterr().err
    assert said.endswith("/lock: cannot be locked (No locks available); see to it that no other run works there\n")


def test_an_output_that_can_be_no_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match="file/.state/lock: cannot be made .Not a directory.; choose another 'output'"):
        machine.lock(tmp_path / "file" / ".state" / "lock")


@pytest.fixture
def changed_study(tmp_path):
    def study(**changes):
        resolved = resolve(yaml.safe_dump(with_change(("experiments", "small"), SMALL | changes)), tmp_path / "config.yaml")
        return Study(resolved, REPOSITORY / "tools/results_versions.json", None)

    return study


def test_the_memory_of_a_training_grows_with_what_it_trains(changed_study):
    def estimate(**changes):
        return changed_study(**changes).training_memory_mb("small")

    assert estimate() < estimate(batch_size=16) < estimate(batch_size=16, size="512x1024")
    assert estimate(width=8) < estimate(width=64)


def test_the_memory_of_an_evaluation_is_that_of_one_whole_picture(changed_study):
    def estimate(**changes):
        return changed_study(**changes).evaluation_memory_mb("small")

    assert estimate(batch_size=16, crop={"size": "32x32"}) == estimate() < estimate(size="512x1024")
    # What eval-fold took at 512×1024 in float32 was 1757 MB; the network of 1024×2048 has four times the maps.
    assert 1757 < estimate(size="512x1024", width=64) < 2 * 1757
    assert 4 * 1277 < estimate(size="1024x2048", width=64) < 9000


def at_once(study):
    """The most trainings that were at work at a time. A fake one writes its log when it begins, its weights at its end."""
    moments = []
    for log in (study.results / "logs").rglob("train_fold.log"):
        experiment, fold = log.parent.parent.name, log.parent.name
        moments.append((log.stat().st_mtime_ns, 1))
        moments.append(((study.results / experiment / fold / f"{experiment}_{fold}.pth").stat().st_mtime_ns, -1))
    running = list(itertools.accumulate(change for _, change in sorted(moments)))
    assert len(running) == 8  # two experiments of two folds
    return max(running)


@pytest.mark.parametrize(("visible", "asked", "trainings"), [("0,1", [], 2), ("0,1,2,3", ["--resources", "gpu=1"], 1)])
def test_there_are_never_more_trainings_than_gpus(visible, asked, trainings, fresh_study):
    fake = {"FAKE_TRAINING_SECONDS": "0.5", "FAKE_TRAININGS_AT_ONCE": str(trainings)}
    fresh_study.snakemake("--cores", "8", *asked, CUDA_VISIBLE_DEVICES=visible, **fake)
    assert at_once(fresh_study) == trainings


def test_a_profile_may_say_how_many_gpus_there_are(fresh_study):
    profile = fresh_study.folder / "config" / "profiles" / "default" / "config.yaml"
    profile.write_text(profile.read_text() + "resources: {gpu: 1}\n")
    fresh_study.snakemake("--cores", "8", CUDA_VISIBLE_DEVICES="0,1,2,3", FAKE_TRAINING_SECONDS="0.5")
    assert at_once(fresh_study) == 1

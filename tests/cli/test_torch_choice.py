"""envs/run --torch: which LibTorch the tools are built with, what a change of it redoes, what is refused."""

import shutil

import pytest


@pytest.fixture
def ready(machine):
    """A machine whose set-up is finished, with the CUDA build that pip brings."""
    machine.environment["FAKE_PIP_CUDA"] = "13.0"
    assert machine.run("true").returncode == 0
    machine.calls()
    return machine


def last_configuration(machine):
    lines = machine.calls_file.read_text().splitlines()
    return [line for line in lines if line.startswith("cmake ")][-1]


def test_the_cpu_build_comes_from_its_own_index_and_is_remembered(machine):
    machine.install("python3", (machine.programs / "python3").read_text().replace("echo pip ", 'echo "pip $*" '))
    assert machine.run("--torch", "cpu", "true").returncode == 0
    pip = [line for line in machine.calls_file.read_text().splitlines() if line.startswith("pip ")]
    assert len(pip) == 2
    assert pip[0].endswith(" torch==2.13.0+cpu --extra-index-url https://download.pytorch.org/whl/cpu")
    assert "--extra-index-url" not in pip[1]
    machine.calls()
    assert machine.run("true").stderr == ""
    assert machine.calls() == []


def test_another_build_of_the_package_makes_all_that_rests_on_it_anew(ready):
    there = ready.run("--torch=cpu", "true")
    assert there.returncode == 0
    assert "holds another build of torch; making it anew" in there.stderr
    assert ready.calls() == ["venv", "pip", "pip", "cmake"]  # then the stand-in of ninja finds nothing to do
    assert ready.run("true").stderr == ""

    assert ready.run("--torch", "default", "true").returncode == 0
    assert ready.calls() == ["venv", "pip", "cmake"]


def test_what_is_there_already_is_kept(machine):
    assert machine.run("true").returncode == 0  # pip's own choice was the build for CPUs
    machine.calls()
    for same in ("cpu", "cpu"):
        assert machine.run("--torch", same, "true").stderr == ""
    assert machine.calls() == []


def test_a_folder_is_built_with_now_and_later_and_leaves_the_packages_alone(ready, tmp_path):
    folder = ready.make_torch(tmp_path / "my libtorch", "2.11.0")
    assert ready.run("--torch", "my libtorch", "true", cwd=tmp_path).returncode == 0
    assert f"-DSEGFOLD_TORCH_DIR={folder} " in last_configuration(ready)
    assert ready.calls() == ["cmake"]

    assert ready.run("true").stderr == ""
    assert ready.run("true", SEGFOLD_CMAKE_ARGS="-DA=1").returncode == 0
    assert f"-DSEGFOLD_TORCH_DIR={folder} " in last_configuration(ready)

    assert ready.run("--torch", "default", "true").returncode == 0
    assert f"-DSEGFOLD_TORCH_DIR={ready.root}/.venv/" in last_configuration(ready)
    assert ready.calls() == ["cmake", "cmake"]


def test_a_folder_that_got_another_version_is_configured_again(ready, tmp_path):
    folder = ready.make_torch(tmp_path / "libtorch", "2.11.0")
    assert ready.run("--torch", str(folder), "true").returncode == 0
    ready.calls()
    ready.make_torch(folder, "2.12.0")
    assert ready.run("true").returncode == 0
    assert ready.calls() == ["cmake"]


def test_a_folder_that_vanished_is_missed_with_the_remedy(ready, tmp_path):
    folder = ready.make_torch(tmp_path / "libtorch", "2.11.0")
    assert ready.run("--torch", str(folder), "true").returncode == 0
    ready.calls()
    shutil.rmtree(folder)
    result = ready.run("true")
    assert result.returncode == 66
    assert f"the LibTorch chosen by --torch, {folder}: there is no such folder" in result.stderr
    assert "envs/run --torch default" in result.stderr
    assert ready.calls() == []
    assert ready.run("--torch", "default", "true").returncode == 0


@pytest.mark.parametrize(
    "version, missing, complaint",
    [
        (None, None, "there is no such folder"),
        ("2.13.0", "include", "it is no LibTorch"),
        ("1.13.1", None, "it is LibTorch 1.13.1, and 2.11 or newer is needed"),
        ("2.10.0", None, "it is LibTorch 2.10.0, and 2.11 or newer is needed"),
        ("2.13.0", "lib/libc10.so", "it is LibTorch 2.13.0 without lib/libc10.so"),
    ],
)
def test_what_is_no_fitting_libtorch_is_refused_and_changes_nothing(ready, tmp_path, version, missing, complaint):
    folder = tmp_path / "libtorch"
    if version:
        ready.make_torch(folder, version)
    if missing:
        (folder / missing).rename(tmp_path / "taken away")
    result = ready.run("--torch", str(folder), "true")
    assert result.returncode == 66
    assert f"--torch {folder}: {complaint}" in result.stderr
    assert "remedy: name an unpacked LibTorch" in result.stderr
    assert ready.run("true").stderr == ""
    assert ready.calls() == []


@pytest.mark.parametrize("arguments", [["--torch"], ["--torch", ""], ["--torch="]])
def test_a_choice_without_a_value_is_refused(machine, arguments):
    result = machine.run(*arguments)
    assert result.returncode == 64
    assert "--torch has no value" in result.stderr
    assert machine.calls() == []


# A distribution's or module's LibTorch 1.13 in the places where loader and compiler look first.


@pytest.mark.parametrize("variable, part", [("LD_LIBRARY_PATH", "lib"), ("LIBRARY_PATH", "lib"), ("CPATH", "include")])
def test_another_libtorch_in_the_search_path_is_left_out(ready, tmp_path, variable, part):
    old = ready.make_torch(tmp_path / "old", "1.13.1") / part
    show = ("bash", "-c", f'echo "${{{variable}-unset}}"')
    given = ready.environment.get(variable, str(tmp_path))
    assert ready.run(*show, **{variable: f"{old}:{given}"}).stdout == f"{given}\n"
    assert ready.run(*show, **{variable: f"{given}:{old}"}).stdout == f"{given}\n"
    assert ready.run(*show, **{variable: str(old)}).stdout == "unset\n"
    assert ready.run(*show, **{variable: f":{given}:"}).stdout == f":{given}:\n"
    assert ready.calls() == []


@pytest.mark.parametrize(("kind", "seen"), [("cpu", "[]"), ("default", "[unset]")])
def test_only_a_build_for_cpus_hides_the_gpus(ready, kind, seen):
    told = ready.run("--torch", kind, "sh", "-c", 'echo "[${CUDA_VISIBLE_DEVICES-unset}]"')
    assert told.stdout.strip() == seen

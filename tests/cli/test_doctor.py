"""envs/run doctor: what it finds, what it calls wrong, and that it changes nothing."""

import shutil

import pytest

LIBRARIES = "cairo, spng, libdeflate, libzip, libxxhash, CLI11, fmt, nlohmann-json, OpenSSL, zlib, HDF5, OpenCV 4, GoogleTest, GoogleMock"


def rows(result) -> dict[str, str]:
    """What was found, by the names in the first column."""
    lines = result.stdout.split("\n\n")[0].splitlines()
    return {line[:12].strip(): line[13:] for line in lines if line[:12].strip()}


def assert_wrong(result, status, sentence, remedy):
    assert result.returncode == status, result.stdout + result.stderr
    wrong = result.stdout.split("\nwrong: ", 1)[1]
    assert sentence in wrong
    assert f"  remedy: {remedy}" in wrong
    assert result.stderr == ""


def everything_in(folder):
    return sorted((path, path.lstat().st_mtime_ns) for path in folder.rglob("*"))


def test_before_the_set_up_it_says_what_is_there_and_what_is_to_be_done(machine):
    result = machine.run("doctor")
    assert (result.returncode, result.stderr) == (0, "")
    found = rows(result)
    assert set(found) >= {"system", "processor", "memory", "disk", "compiler", "CMake", "Python", "libraries", "GPU"}
    assert found["compiler"].startswith("g++")
    assert found["CMake"].startswith("3.25.1; Ninja ")
    assert found["libraries"] == LIBRARIES
    assert found["LibTorch"] == "none yet (torch 2.13.0, default build, comes with the Python packages)"
    assert "the Python packages, the configuration, the build" in found["set-up"]
    assert result.stdout.endswith("\nNothing stands in the way.\n")


def test_after_the_set_up_it_names_the_libtorch_and_its_kind(ready):
    result = ready.run("doctor")
    assert (result.returncode, result.stderr) == (0, "")
    assert rows(result)["set-up"] == "finished"
    assert rows(result)["LibTorch"].startswith(f"2.13.0, CPU, in {ready.root}/.venv/lib/")


def test_the_python_is_that_of_the_environment_once_there_is_one(machine):
    machine.environment["FAKE_PYTHON_VERSION"] = "3.13.1"
    assert rows(machine.run("doctor"))["Python"].endswith("/python3, 3.13.1")
    assert machine.run("true").returncode == 0
    assert rows(machine.run("doctor"))["Python"] == f"{machine.root}/.venv/bin/python, 3.13.1"
    (machine.root / ".venv/bin/python").write_text("#!/bin/sh\nexit 127\n")  # what it was made from is gone
    assert rows(machine.run("doctor"))["Python"].endswith("/programs/python3, 3.13.1")


def test_versions_are_told_where_they_are_known(machine):
    machine.install("pkg-config", 'case "$*" in *--modversion*) echo 4.6.0 ;; esac')
    assert "cairo 4.6.0, spng 4.6.0" in rows(machine.run("doctor"))["libraries"]
    assert ", OpenCV 4.6.0, " in rows(machine.run("doctor"))["libraries"]


@pytest.mark.parametrize("state", ["untouched", "finished"])
def test_it_changes_nothing(machine, state):
    if state == "finished":
        assert machine.run("true").returncode == 0
        machine.calls()
    before = everything_in(machine.root.parent)
    machine.run("doctor")
    assert everything_in(machine.root.parent) == before


@pytest.mark.parametrize("arguments", [["doctor", "--verbose"], ["--torch", "cpu", "doctor"]])
def test_arguments_are_refused(machine, arguments):
    result = machine.run(*arguments)
    assert result.returncode == 64
    assert "doctor " in result.stderr


# What is wrong, with the remedy; the status is that of the first.


def test_all_that_is_missing_is_named_each_with_its_remedy(machine):
    machine.remove("cmake", "ninja")
    result = machine.run("doctor", FAKE_NO_MODULE="libzip")
    assert_wrong(result, 66, "this is missing: CMake 3.22 or newer (found: none)", "there is no apt-get here; install")
    assert result.stdout.count("\nwrong: ") == 3
    assert "this is missing: the library libzip" in result.stdout


def test_what_the_next_start_would_install_by_itself_is_only_noted(machine):
    machine.remove("cmake", "id")
    machine.install("id", "if [ $1 = -u ]; then echo 0; else echo root; fi")
    machine.install("dpkg-query", "")
    machine.install("apt-get", 'echo apt-get >>"$CALLS"')
    result = machine.run("doctor")
    assert result.returncode == 0
    assert "note: this is missing: CMake 3.22 or newer (found: none)\n" in result.stdout
    assert "the next start of envs/run asks apt-get for cmake\n" in result.stdout
    assert machine.calls() == []


def test_a_compiler_that_is_too_old_is_named_with_its_version(machine):
    result = machine.run("doctor", FAKE_GCC_VERSION="9")
    assert_wrong(result, 66, "g++ 12 or clang++ 15 or newer (found: g++ 9", "there is no apt-get here")


@pytest.mark.parametrize("variable", ["CXX", "SEGFOLD_PYTHON"])
def test_a_variable_that_names_nothing_fitting_is_named(machine, variable):
    result = machine.run("doctor", **{variable: "no-such-program"})
    assert_wrong(result, 66, f'{variable} is "no-such-program", which is no ', f"unset {variable}, or let it name ")
    assert result.stdout.count("\nwrong: ") == 1


COMPILER_WITH = 'case "$*" in *-E*) echo "12 __clang_major__" ;; *-std=*) echo "%s" >&2; exit 1 ;; esac'


def test_a_compiler_without_its_library_is_found_out(machine):
    machine.install("g++", COMPILER_WITH % "fatal error: span: No such file or directory")
    result = machine.run("doctor")
    assert_wrong(result, 66, "g++ does not make a program of C++20: fatal error: span", "install the rest of it")


def test_a_full_folder_of_temporary_files_is_told_from_a_bad_compiler(machine):
    machine.install("g++", COMPILER_WITH % "Cannot create temporary file in /tmp/: No space left on device")
    assert_wrong(machine.run("doctor"), 74, "g++ cannot write its temporary files", "free some space in /tmp")


def test_a_disk_that_is_too_small_is_named_with_what_is_needed(machine):
    machine.remove("df")
    machine.install("df", r"printf 'head\nfs 100000 1 812 1%% /\n'")
    assert_wrong(machine.run("doctor"), 74, "has 812 MB free, and about 4100 MB are needed", "free some space or move")


def test_memory_that_holds_no_compiler_is_named(machine):
    machine.remove("awk")
    machine.install("awk", f'case "$*" in *MemAvailable*) echo 300 ;; *) exec {shutil.which("awk")} "$@" ;; esac')
    result = machine.run("doctor")
    assert_wrong(result, 71, "300 MB of memory are free, and a compiler takes 2000 MB", "close other programs")


def test_the_step_that_failed_last_is_told_until_a_start_succeeds(machine):
    machine.run("true", FAKE_PIP_ERROR="NewConnectionError: Failed to establish a new connection")
    result = machine.run("doctor")
    sentence = "at the last start, installing the Python packages into .venv failed: the network could not be reached"
    assert_wrong(result, 69, sentence, "connect it")
    assert f"log: {machine.root}/.env-state/logs/python.log" in result.stdout
    assert machine.run("true").returncode == 0
    assert machine.run("doctor").returncode == 0


def test_a_tool_that_does_not_start_any_more_is_found_out(ready):
    tool = ready.root / "build" / "bin" / "train-fold"
    tool.write_text("#!/bin/sh\necho 'libhdf5.so: cannot open shared object file' >&2; exit 127\n")
    assert_wrong(ready.run("doctor"), 70, "train-fold does not start: libhdf5.so: cannot open", "make the build anew")


def test_a_set_up_at_work_is_noted(machine):
    process = machine.start_and_halt("pip")
    assert "note: another envs/run is setting up this folder now" in machine.run("doctor").stdout
    machine.go_on()
    process.communicate()
    assert process.returncode == 0


# The LibTorch and the GPU.


def test_a_chosen_libtorch_that_vanished_is_named(ready, tmp_path):
    folder = ready.make_torch(tmp_path / "libtorch", "2.11.0")
    assert ready.run("--torch", str(folder), "true").returncode == 0
    folder.rename(tmp_path / "elsewhere")
    assert_wrong(ready.run("doctor"), 66, f"chosen by --torch, {folder}: there is no such folder", "choose again")


def test_another_libtorch_in_the_search_path_is_noted(ready, tmp_path):
    old = ready.make_torch(tmp_path / "old", "1.13.1") / "lib"
    result = ready.run("doctor", LD_LIBRARY_PATH=str(old))
    assert result.returncode == 0
    assert f"note: another LibTorch lies in {old}, which LD_LIBRARY_PATH names\n" in result.stdout


def add_gpu(machine, cuda):
    machine.install(
        "nvidia-smi", f"case $1 in -q) echo 'CUDA Version      : {cuda}' ;; *) echo 'NVIDIA H200, 143771 MiB, 570.86' ;; esac"
    )


def with_cuda(machine, version):
    assert machine.run("true", FAKE_PIP_CUDA=version).returncode == 0
    for tool in ("synthesize", "train-fold"):  # a build for CUDA says which GPU it uses
        (machine.root / "build" / "bin" / tool).write_text("#!/bin/sh\necho CUDA NVIDIA H200\n")


def test_without_a_driver_there_is_no_gpu_and_nothing_wrong(machine):
    assert rows(machine.run("doctor"))["GPU"].startswith("none (there is no nvidia-smi")


def test_a_gpu_that_fits_is_named_with_memory_and_driver(machine):
    with_cuda(machine, "12.6")
    add_gpu(machine, "12.8")
    result = machine.run("doctor")
    assert result.returncode == 0, result.stdout
    assert rows(result)["GPU"] == "NVIDIA H200, 143771 MiB, driver 570.86"
    assert rows(result)["LibTorch"].startswith("2.13.0, CUDA 12.6, in ")
    assert "note:" not in result.stdout


def test_a_driver_that_is_too_old_for_the_libtorch_is_wrong(machine):
    with_cuda(machine, "13.0")
    add_gpu(machine, "12.8")
    sentence = "the driver serves CUDA up to 12.8, and this LibTorch was built with CUDA 13.0"
    assert_wrong(machine.run("doctor"), 66, sentence, "update the driver, or choose a LibTorch for CUDA 12")


def test_a_gpu_beside_a_libtorch_for_cpus_is_noted(ready):
    add_gpu(ready, "13.0")
    result = ready.run("doctor")
    assert result.returncode == 0
    assert "note: this LibTorch is a CPU build, so the GPU stays idle\n" in result.stdout


def test_a_gpu_that_the_tools_cannot_use_is_wrong(machine):
    assert machine.run("true", FAKE_PIP_CUDA="13.0").returncode == 0
    add_gpu(machine, "13.0")
    assert_wrong(machine.run("doctor"), 66, "lists a GPU, and the tools cannot use it", "see that CUDA_VISIBLE_DEVICES")


def test_a_driver_that_does_not_answer_is_wrong_in_its_own_words(machine):
    machine.install("nvidia-smi", "echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18")
    assert_wrong(machine.run("doctor"), 66, "Driver/library version mismatch", "load the driver's kernel module")

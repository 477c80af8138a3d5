"""envs/run: what it does on which machine, what it leaves alone, and what it says when something is missing."""

import os
import subprocess

import pytest
from machine import EVERYTHING, HEADERS, ROOT, STAND_INS


def test_the_first_start_does_every_step_and_the_second_none(machine):
    first = machine.run("echo", "done")
    assert (first.returncode, first.stdout) == (0, "done\n")
    assert machine.calls() == EVERYTHING
    for step in ("installing the Python packages", "configuring the build", "building with"):
        assert f"{step}" in first.stderr
    assert first.stderr.count(": done in ") == 3

    second = machine.run("echo", "done")
    assert (second.returncode, second.stdout, second.stderr) == (0, "done\n", "")
    assert machine.calls() == []


@pytest.mark.parametrize("status", [0, 1, 75, 255])
def test_the_exit_status_of_the_command_is_passed_on(ready, status):
    assert ready.run("bash", "-c", f"exit {status}").returncode == status


def test_arguments_arrive_as_they_were_given(ready):
    result = ready.run("printf", "<%s>", "two words", "", "*", "$HOME")
    assert result.stdout == "<two words><><*><$HOME>"


def test_the_command_runs_in_the_root_wherever_it_was_called_from(ready, tmp_path):
    for folder in (tmp_path, ready.root / "envs"):
        assert ready.run("pwd", cwd=folder).stdout == f"{ready.root}\n"


def test_a_link_to_it_finds_the_repository(ready, tmp_path):
    link = tmp_path / "segfold"
    link.symlink_to(ready.root / "envs" / "run")
    result = subprocess.run([link, "pwd"], env=ready.environment, capture_output=True, text=True)
    assert result.stdout == f"{ready.root}\n"


def test_the_tools_and_the_default_profile_are_there(ready):
    result = ready.run("bash", "-c", 'echo "$PATH"; echo "$SNAKEMAKE_PROFILE"; echo "$VIRTUAL_ENV"')
    path, profile, environment = result.stdout.splitlines()
    assert path.split(":")[:2] == [f"{ready.root}/build/bin", f"{ready.root}/.venv/bin"]
    assert profile == f"{ready.root}/config/profiles/default"
    assert environment == f"{ready.root}/.venv"
    assert ready.run("bash", "-c", 'echo "$SNAKEMAKE_PROFILE"', SNAKEMAKE_PROFILE="mine").stdout == "mine\n"


def test_another_pythons_variables_do_not_leak_in(ready):
    result = ready.run("bash", "-c", 'echo "${PYTHONPATH-unset} ${PYTHONHOME-unset}"', PYTHONPATH="/x", PYTHONHOME="/y")
    assert result.stdout == "unset unset\n"


def test_a_command_that_does_not_exist_ends_with_127(ready):
    result = ready.run("no-such-command")
    assert result.returncode == 127
    assert "command not found: no-such-command" in result.stderr


def test_snakemake_is_not_started_with_a_faulty_config_file(ready):
    ready.install("snakemake", "echo started")
    faulty = {"FAKE_CONFIG_STATUS": "78"}
    assert ready.run("snakemake", "-n", "--configfile", "x.yaml", **faulty).returncode == 78
    assert ready.run("snakemake", "-n", "--configfile", "x.yaml").stdout == "started\n"
    assert ready.run("snakemake", "-n", **faulty).stdout == "started\n"  # the Snakefile checks its own


def test_an_unknown_option_is_refused_before_anything_is_done(machine):
    result = machine.run("--frobnicate")
    assert result.returncode == 64
    assert "unknown option --frobnicate" in result.stderr
    assert machine.calls() == []


def test_help_sets_nothing_up(machine):
    result = machine.run("--help")
    assert result.returncode == 0
    assert "Usage: envs/run [--torch WHICH] COMMAND" in result.stdout
    assert machine.calls() == []


def test_without_a_command_a_shell_reads_its_input(ready):
    result = subprocess.run(
        [ready.root / "envs" / "run"], env=ready.environment, input="pwd; exit 3", capture_output=True, text=True
    )
    assert (result.returncode, result.stdout) == (3, f"{ready.root}\n")


# What changed is done again, and no more than that.


def test_a_changed_requirement_installs_again_into_the_same_environment(ready):
    with (ready.root / "envs" / "requirements.txt").open("a") as file:
        file.write("another==1.0\n")
    assert ready.run("true").returncode == 0
    assert ready.calls() == ["pip"]


def test_other_cmake_arguments_configure_again(ready):
    (ready.root / "build" / "built").unlink()
    assert ready.run("true", SEGFOLD_CMAKE_ARGS="-DA=1 -DB=2").returncode == 0
    assert "-DA=1 -DB=2" in ready.calls_file.read_text()
    assert ready.calls() == ["cmake", "ninja"]


def test_a_changed_source_builds_again(ready):
    (ready.root / "build" / "built").unlink()
    assert ready.run("true").returncode == 0
    assert ready.calls() == ["ninja"]


def test_a_broken_environment_is_made_anew(ready):
    (ready.root / ".venv" / "bin" / "python").unlink()
    result = ready.run("true")
    assert result.returncode == 0
    assert "unfinished, broken or not of the Python that is wanted; making it anew" in result.stderr
    assert ready.calls() == ["venv", "pip"]


def test_another_python_than_that_of_the_environment_makes_it_anew(ready):
    ready.install("python3.13", (ready.programs / "python3").read_text().replace('"3 12"', '"3 13"'))
    assert ready.run("true", SEGFOLD_PYTHON="python3.13").returncode == 0
    assert ready.calls() == ["venv", "pip"]
    assert ready.run("true", SEGFOLD_PYTHON="python3.13").stderr == ""
    assert ready.run("true").stderr == ""  # kept where no other is named


def test_a_moved_repository_is_set_up_again(ready, tmp_path):
    ready.root = ready.root.rename(tmp_path / "elsewhere")
    assert ready.run("pwd").stdout == f"{ready.root}\n"
    assert ready.calls() == ["venv", "pip", "cmake"]


# What is missing is named, with the remedy.


def test_a_program_that_vanished_is_missed_again(ready):
    ready.remove("ninja")
    result = ready.run("true")
    assert result.returncode == 66
    assert "  - Ninja\n" in result.stderr


def test_without_apt_all_that_is_missing_is_listed_at_once(machine):
    machine.remove("cmake", "ninja")
    result = machine.run("true", FAKE_NO_MODULE="libzip")
    assert result.returncode == 66
    assert "CMake 3.22 or newer (found: none)" in result.stderr
    assert "  - Ninja" in result.stderr
    assert "the library libzip" in result.stderr
    assert "there is no apt-get here" in result.stderr
    assert "cmake libzip-dev ninja-build" in result.stderr
    assert "envs/environment.yaml" in result.stderr
    assert machine.calls() == []


@pytest.mark.parametrize(
    "variable, version, complaint",
    [
        ("FAKE_PYTHON_VERSION", "3.9", "Python 3.11 or newer with venv and ensurepip (found: "),
        ("FAKE_GCC_VERSION", "9", "a C++20 compiler: g++ 12 or clang++ 15 or newer (found: g++ 9"),
        ("FAKE_CMAKE_VERSION", "3.16.3", "CMake 3.22 or newer (found: 3.16.3)"),
    ],
)
def test_what_is_too_old_is_named_with_its_version(machine, variable, version, complaint):
    result = machine.run("true", **{variable: version})
    assert result.returncode == 66
    assert complaint in result.stderr
    assert machine.calls() == []


def test_what_only_helps_is_mentioned_and_not_needed(machine):
    machine.remove("ccache", "ld.lld")
    result = machine.run("true")
    assert result.returncode == 0
    assert "not found, and not needed: ccache lld" in result.stderr


def test_root_installs_what_is_missing_and_says_so(machine):
    machine.add_apt(user=0)
    result = machine.run("true")
    assert result.returncode == 0, result.stderr
    assert "these system packages will be installed: ccache cmake" in result.stderr
    assert machine.calls() == ["apt-get", "apt-get", *EVERYTHING]
    assert machine.run("true").stderr == ""
    assert machine.calls() == []


def test_another_user_is_told_what_root_has_to_install(machine):
    machine.add_apt(user=1000)
    result = machine.run("true")
    assert result.returncode == 66
    assert "have root (this user is somebody, without sudo) run: apt-get update && apt-get install" in result.stderr
    assert "--no-install-recommends cmake\n" in result.stderr
    assert machine.calls() == []


def test_a_sudo_that_asks_is_left_to_the_user(machine):
    machine.add_apt(user=1000)
    machine.install("sudo", "exit 1")
    result = machine.run("true")
    assert result.returncode == 66
    assert "sudo asks for a password, so run: sudo apt-get update && sudo apt-get install" in result.stderr
    assert machine.calls() == []


@pytest.mark.parametrize("variable", ["CXX", "SEGFOLD_PYTHON"])
def test_a_variable_that_names_nothing_fitting_is_named_and_apt_left_alone(machine, variable):
    machine.add_apt(user=0)
    result = machine.run("true", **{variable: "no-such-program"})
    assert result.returncode == 66
    assert f'error: {variable} is "no-such-program", which is no ' in result.stderr
    assert f"remedy: unset {variable}, or let it name " in result.stderr
    assert machine.calls() == []


def test_an_old_compiler_does_not_hide_a_newer_one_behind_it(machine):
    machine.install("g++-13", 'case "$*" in *-E*) echo "13 __clang_major__" ;; esac')
    assert machine.run("true", FAKE_GCC_VERSION="9").returncode == 0
    assert " -DCMAKE_CXX_COMPILER=g++-13 " in machine.calls_file.read_text()


def test_root_is_told_when_apt_has_nothing_new_enough(machine):
    machine.add_apt(user=0)
    result = machine.run("true", FAKE_GCC_VERSION="9")
    assert result.returncode == 66
    assert "apt-get has given what it has (g++-12)" in result.stderr
    assert machine.calls() == ["apt-get", "apt-get"]


def test_another_user_needs_no_apt_where_everything_is_found(machine):
    machine.add_apt(user=1000)
    (machine.programs / "cmake-of-tomorrow").rename(machine.programs / "cmake")
    assert machine.run("true").returncode == 0
    assert machine.calls() == EVERYTHING
    # A second look at the system would miss this library; what was found once is not looked for again.
    assert machine.run("true", FAKE_NO_MODULE="libzip").stderr == ""


def test_a_foreign_conda_environment_stays_out_of_the_build(machine, tmp_path):
    base = tmp_path / "conda"
    (base / "bin").mkdir(parents=True)
    (base / "bin" / "cmake").write_text("#!/bin/sh\necho conda >>$CALLS; exit 1\n")
    (base / "bin" / "cmake").chmod(0o755)
    path = f"{base}/bin:{machine.programs}"
    result = machine.run("bash", "-c", 'echo "$PATH"', PATH=path, CONDA_PREFIX=str(base))
    assert result.returncode == 0, result.stderr
    assert machine.calls() == EVERYTHING
    assert result.stdout.strip().endswith(path)


def test_a_conda_environment_made_for_the_project_gives_its_libraries(machine, tmp_path):
    conda = tmp_path / "conda"
    for header in HEADERS:
        folder = conda / "include" / ("opencv4" if header.startswith("opencv2") else "")
        (folder / header).parent.mkdir(parents=True, exist_ok=True)
        (folder / header).touch()
    machine.install("cmake", STAND_INS["cmake"].replace('"cmake $*"', '"cmake $CMAKE_PREFIX_PATH $PKG_CONFIG_PATH"'))
    assert machine.run("true", CONDA_PREFIX=str(conda), CPATH="").returncode == 0
    assert f"cmake {conda} {conda}/lib/pkgconfig:{conda}/share/pkgconfig" in machine.calls_file.read_text()


@pytest.mark.skipif(os.environ.get("SEGFOLD_ROOT") != str(ROOT), reason="this checkout is not set up by envs/run")
def test_a_command_runs_in_the_real_environment():
    result = subprocess.run(
        [ROOT / "envs" / "run", "python", "-c", "import h5py, snakemake, sys; print(sys.prefix); sys.exit(9)"],
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout) == (9, f"{ROOT}/.venv\n")

"""envs/run where something is truly missing: another user, no network, a disk that is full or read-only, an old LibTorch.

What the step in question starts is real (Python's venv and pip, CMake, apt's programs); the rest are stand-ins. Other
users and namespaces are not to be had everywhere: then a test is skipped and says why.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from machine import EVERYTHING, ROOT, Machine

NOBODY = 65534
NAMELESS = 54321  # no system gives this number a name


def with_real(machine, *names):
    """Replaces stand-ins by this machine's programs."""
    for name in names:
        found = os.path.realpath(sys._base_executable) if name == "python3" else shutil.which(name)
        if not found:
            pytest.skip(f"there is no {name} on this machine")
        (machine.programs / name).unlink(missing_ok=True)
        (machine.programs / name).symlink_to(found)


def in_namespace(machine, flags, script=":"):
    """Starts envs/run in namespaces of its own, after a script that may mount there; $ROOT is the repository."""
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("there is no unshare on this machine")
    tried = subprocess.run([unshare, flags, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"this machine allows no namespaces: {tried.stderr.strip()}")
    script = f'set -e; narrow=$PATH; PATH=$HOST_PATH; {script}; PATH=$narrow; cd "$ROOT"; exec "$@"'
    machine.prefix = [unshare, flags, shutil.which("bash"), "-c", script, "bash"]
    machine.environment |= {"HOST_PATH": os.environ["PATH"], "ROOT": str(machine.root)}


# Another user.


@pytest.fixture
def open_machine():
    """A machine in a folder that every user may enter, whose envs/run is started by an unprivileged one."""
    if os.getuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root cannot become another user here: there is no setpriv")
    folder = Path(tempfile.mkdtemp(prefix="segfold-"))
    folder.chmod(0o755)
    machine = Machine(folder)
    machine.world_writable = folder / "for all"
    machine.world_writable.mkdir()
    machine.world_writable.chmod(0o777)
    yield machine
    for place in folder.glob("*"):
        place.chmod(0o755)
    shutil.rmtree(folder)


def as_somebody_else(machine, user=NOBODY):
    if os.getuid() == 0:
        machine.prefix = [shutil.which("setpriv"), f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def owned_by_somebody_else(machine):
    if os.getuid() == 0:
        for place in [machine.root.parent, *machine.root.parent.rglob("*")]:
            os.chown(place, NOBODY, NOBODY, follow_symlinks=False)
    as_somebody_else(machine)


def test_a_user_without_root_is_told_what_root_has_to_install(open_machine):
    with_real(open_machine, "apt-get", "dpkg-query")
    open_machine.remove("cmake")
    owned_by_somebody_else(open_machine)
    result = open_machine.run("true")
    assert result.returncode == 66
    assert "  - CMake 3.22 or newer (found: none)\n" in result.stderr
    assert "without sudo) run: apt-get update && apt-get install --no-install-recommends cmake\n" in result.stderr
    assert "or, without root: conda env create" in result.stderr
    assert open_machine.calls() == []


def test_a_folder_of_another_user_is_named_with_the_remedy(open_machine):
    open_machine.root.chmod(0o555)
    as_somebody_else(open_machine)
    result = open_machine.run("true")
    assert result.returncode == 77
    assert f"cannot write to {open_machine.root} (user " in result.stderr
    assert ": Permission denied)" in result.stderr
    assert "remedy: use a copy of the repository in a folder of your own" in result.stderr
    doctor = open_machine.run("doctor")
    assert doctor.returncode == 77
    assert f"may not write to {open_machine.root}, and the set-up is not finished" in doctor.stdout


def test_a_finished_set_up_serves_users_who_may_not_write_to_it(open_machine):
    assert open_machine.run("true").returncode == 0
    for place in [open_machine.root, *open_machine.root.rglob("*")]:
        place.chmod(place.stat().st_mode & 0o555)
    as_somebody_else(open_machine)
    second = open_machine.run("echo", "done")
    assert (second.returncode, second.stdout, second.stderr) == (0, "done\n", "")
    assert open_machine.run("doctor").returncode == 0
    for place in [open_machine.root, *open_machine.root.rglob("*")]:
        place.chmod(place.stat().st_mode | 0o200)


def test_a_user_without_name_home_or_cache_is_given_what_python_and_snakemake_ask_for(open_machine):
    python = shutil.which("python3", path=os.defpath)
    if os.getuid() != 0 or not python:
        pytest.skip("only root can become a user without a name, and this test wants the system's own Python for him")
    assert open_machine.run("true").returncode == 0
    as_somebody_else(open_machine, NAMELESS)
    del open_machine.environment["HOME"]
    script = """if True:
        import getpass, os, pathlib
        print(getpass.getuser(), pathlib.Path.home())
        os.makedirs(os.environ["XDG_CACHE_HOME"] + "/of a program", exist_ok=True)"""
    result = open_machine.run(python, "-c", script, TMPDIR=str(open_machine.world_writable))
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{NAMELESS} /\n", "")
    assert f", user {NAMELESS}\n" in open_machine.run("doctor").stdout


def out_of_sight(machine):
    """The Python behind the environment's link, moved to where only its owner may look."""
    python = machine.root / ".venv" / "bin" / "python"
    python.rename(machine.world_writable / "python")
    python.symlink_to(machine.world_writable / "python")
    return machine.world_writable


@pytest.mark.parametrize("hide", [out_of_sight, lambda machine: machine.root / ".venv" / "lib"], ids=["python", "packages"])
def test_an_environment_that_the_user_may_not_read_is_named_and_left_alone(open_machine, hide):
    assert open_machine.run("true").returncode == 0
    for place in [open_machine.root, *open_machine.root.rglob("*")]:
        place.chmod(place.stat().st_mode | 0o222)
    hidden = hide(open_machine)
    hidden.chmod(0)
    as_somebody_else(open_machine)
    result, doctor = open_machine.run("true"), open_machine.run("doctor")
    hidden.chmod(0o755)
    assert (result.returncode, doctor.returncode) == (77, 77)
    for said in (result.stderr, doctor.stdout):
        assert f" may not read {hidden}" in said and "have its owner open it to you" in said
    assert result.stderr.count("\n") == 2
    open_machine.prefix = []
    assert open_machine.run("true").stderr == ""


def test_a_broken_environment_is_removed_as_a_whole_or_not_at_all(open_machine):
    assert open_machine.run("true").returncode == 0
    (open_machine.root / ".venv" / "bin" / "python").unlink()
    for place in open_machine.root.rglob("*"):
        place.chmod(place.stat().st_mode | 0o222)
    locked = open_machine.root / ".venv" / "lib"
    locked.chmod(0o555)
    open_machine.root.chmod(0o777)
    before = sorted(open_machine.root.joinpath(".venv").rglob("*"))
    as_somebody_else(open_machine)
    result = open_machine.run("true")
    locked.chmod(0o755)
    assert result.returncode == 77
    assert f"cannot write to {locked} (user " in result.stderr and result.stderr.count("\n") == 3
    assert sorted(open_machine.root.joinpath(".venv").rglob("*")) == before


# No network.


def test_without_a_network_pips_failure_is_explained_and_the_next_start_goes_on(machine):
    stand_in = (machine.programs / "python3").read_text()
    with_real(machine, "python3")
    in_namespace(machine, "-rn")
    result = machine.run("true", PIP_CONFIG_FILE=os.devnull, PIP_RETRIES="1", PIP_NO_CACHE_DIR="1")
    assert result.returncode == 69, result.stderr
    assert "installing the Python packages into .venv failed after" in result.stderr
    assert ": the network could not be reached\n" in result.stderr
    assert "remedy: connect it" in result.stderr
    doctor = machine.run("doctor")
    assert doctor.returncode == 69
    assert "failed: the network could not be reached" in doctor.stdout

    machine.remove("python3")
    machine.install("python3", stand_in.partition("set -eu\n")[2])
    machine.prefix = []
    again = machine.run("true")
    assert again.returncode == 0, again.stderr
    assert machine.calls() == EVERYTHING


# A disk that is full, that fills up in the middle, that has no room for names, that is read-only.

ON_SMALL_DISK = """
  small=$(mktemp -d); mount -t tmpfs -o {options} tmpfs "$small"; cp -a "$ROOT/." "$small"
  {{ {then}; }} ; mount --bind "$small" "$ROOT" """


def on_disk(machine, options, then=":"):
    in_namespace(machine, "-rm", ON_SMALL_DISK.format(options=options, then=then))


def pretend_much_space(machine):
    machine.remove("df")
    machine.install("df", r"printf 'head\nfs 100000 1 90000 1%% /\n'")


def assert_disk_is_named(machine, *parts):
    result = machine.run("true")
    assert result.returncode == 74, result.stderr
    for part in parts:
        assert part in result.stderr


def test_a_full_disk_is_named(machine):
    on_disk(machine, "size=1m", 'head -c 2M /dev/zero >"$small/filler" 2>/dev/null || true')
    problem = f"the disk that holds {machine.root} has 0 MB free and the virtual environment needs about 2500 MB"
    assert_disk_is_named(machine, problem, "remedy: free some space")
    assert machine.calls() == []
    assert "has 0 MB free" in machine.run("doctor").stdout


def test_a_disk_without_room_for_names_is_full_too(machine):
    on_disk(machine, "size=9g,nr_inodes=64", 'for i in $(seq 64); do { : >"$small/$i"; } 2>/dev/null || break; done')
    assert_disk_is_named(machine, f"the disk that holds {machine.root} is full (No space left on device)", "df -i")


@pytest.mark.parametrize("options", ["size=4m", "size=9g,nr_inodes=200"])
def test_a_disk_that_fills_up_in_the_middle_is_named(machine, options):
    with_real(machine, "python3")
    pretend_much_space(machine)
    on_disk(machine, options)
    step = "installing the Python packages into .venv failed after"
    assert_disk_is_named(machine, step, ": the disk is full\n", "remedy: free some space")


def test_a_read_only_file_system_is_named(machine):
    in_namespace(machine, "-rm", 'mount --bind "$ROOT" "$ROOT"; mount -o remount,bind,ro "$ROOT"')
    result = machine.run("true")
    assert result.returncode == 77
    assert f"cannot write to {machine.root}: it lies on a file system that is mounted read-only" in result.stderr
    assert machine.calls() == []


# A LibTorch of a distribution beside the one that envs/run names to CMake.

PROJECT = f"""
    cmake_minimum_required(VERSION 3.22)
    project(probe LANGUAGES C CXX)
    include({ROOT}/tools/cmake/dependencies.cmake)
"""


def configure(folder, chosen, elsewhere):
    """CMake with the project's own search for libraries."""
    (folder / "CMakeLists.txt").write_text(PROJECT)
    command = ["cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", f"-DSEGFOLD_TORCH_DIR={chosen}"]
    variables = os.environ | {"CMAKE_PREFIX_PATH": str(elsewhere), "Torch_DIR": str(elsewhere)}
    return subprocess.run(command, capture_output=True, text=True, env=variables)


def test_cmake_takes_the_chosen_libtorch_whatever_lies_in_the_search_path(machine, tmp_path):
    old = machine.make_torch(tmp_path / "old", "1.13.1")
    chosen = machine.make_torch(tmp_path / "chosen", "2.11.0")
    done = configure(tmp_path, chosen, old)
    assert done.returncode == 0, done.stderr
    assert f"LibTorch 2.11.0 in {chosen}\n" in done.stdout


def test_cmake_refuses_an_old_libtorch(machine, tmp_path):
    old = machine.make_torch(tmp_path / "old", "1.13.1")
    done = configure(tmp_path, old, old)
    assert done.returncode != 0
    assert f"LibTorch 1.13.1 in {old} is too old; 2.11 or newer is needed" in " ".join(done.stderr.split())

"""The list of tests/mutate fits the sources, and its runner tells what was caught from what was not: on sources of a line,
without a compiler."""

import fnmatch
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from sandbox import REPOSITORY

BUILD_FILES = ("CMakeLists.txt", "weights.cmake")
MUTATE = REPOSITORY / "tests" / "mutate"
sys.path.insert(0, str(MUTATE))
from change import ROOMS, Change, ListError, read_list  # noqa: E402
from workshop import Workshop, WorkshopError, first_failure  # noqa: E402

CHANGES = read_list()


def test_every_change_of_the_list_fits_the_sources_in_one_place():
    for change in CHANGES:
        text = (REPOSITORY / change.file).read_text()
        assert change.apply(text) != text


def test_every_room_has_its_changes_and_there_are_enough():
    assert {change.room for change in CHANGES} == set(ROOMS)
    assert len(CHANGES) >= 180


def test_every_change_names_tests_that_exist():
    tests = {change.tests for change in CHANGES}
    registered = "".join(path.read_text() for path in (REPOSITORY / "tests").rglob("*") if path.name in BUILD_FILES)
    for name in tests:
        if name.endswith(".py"):
            assert (REPOSITORY / name).is_file(), name
        else:
            assert f"segfold_unit_test({name.removeprefix('test_')}" in registered, name


def names_of_tests(path):
    """Of the files of pytest, as -k sees them, or Suite.Name of a unit test's folder."""
    if path.is_file():
        return re.findall(r"^def (test_\w+)\(", path.read_text(), re.M)
    sources = "".join(source.read_text() for source in path.glob("*.cpp"))
    return [".".join(found) for found in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", sources, re.M)]


def test_every_part_of_a_filter_selects_tests():
    for change in CHANGES:
        if change.tests.endswith(".py"):
            names, parts = names_of_tests(REPOSITORY / change.tests), change.filter.split(" or ")
            lacking = [part for part in parts if not any(part in name for name in names)]
        else:
            names = [name for room in ROOMS for name in names_of_tests(REPOSITORY / "tests" / "unit" / room)]
            lacking = [part for part in change.filter.split(":") if not fnmatch.filter(names, part)]
        assert not lacking, change.name


def test_no_two_changes_do_the_same():
    assert len({(change.file, change.old, change.new) for change in CHANGES}) == len(CHANGES)


def test_the_list_is_printed_without_building_anything(tmp_path):
    done = subprocess.run([sys.executable, MUTATE / "run", "--list", "--room", "score", "--build", tmp_path / "none"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.splitlines() == [f"score: {change.name}" for change in CHANGES if change.room == "score"]
    assert not (tmp_path / "none").exists()


def a_change(**parts):
    whole = dict(room="base", name="a is b", file="sums.py", old="a", new="b", tests="test_sums.py", filter="")
    return Change(**(whole | parts))


@pytest.mark.parametrize(("text", "complaint"), [("c", "found 0 times in sums.py"), ("a + a", "found 2 times")])
def test_a_change_that_fits_no_more_is_a_mistake_of_the_list(text, complaint):
    with pytest.raises(ListError, match=complaint):
        a_change().apply(text)


def test_a_change_that_changes_nothing_is_a_mistake_of_the_list():
    with pytest.raises(ListError, match="changes nothing"):
        a_change(new="a").apply("a")


SUM = "def add(x, y):\n    return x + y\n"
TESTS = "from sums import add\n\ndef test_nothing():\n    pass\n\ndef test_adds():\n    assert add(1, 2) == 3\n"


@pytest.fixture
def toy(tmp_path):
    """A project of one function, whose tests are pytest's: nothing has to be built."""
    root = tmp_path / "toy"
    root.mkdir()
    (root / "sums.py").write_text(SUM)
    (root / "test_sums.py").write_text(TESTS)
    subprocess.run(["git", "init", "-q", root], check=True)
    (root / "build").mkdir()
    cache = f"CMAKE_HOME_DIRECTORY:INTERNAL={root}\nCMAKE_CXX_COMPILER:FILEPATH=/usr/bin/c++\n"
    (root / "build" / "CMakeCache.txt").write_text(cache)
    (tmp_path / "kept" / "source").mkdir(parents=True)
    (tmp_path / "kept" / "settings").write_text("-DCMAKE_CXX_COMPILER=/usr/bin/c++\n")
    (tmp_path / "kept" / "source" / "gone.py").write_text("of an earlier run")
    return SimpleNamespace(root=root, workshop=Workshop(root, tmp_path / "kept", root / "build", 1))


def outcome(workshop, change):
    with workshop.changed(change):
        return workshop.test(change.tests, change.filter).failure


def test_a_change_is_caught_by_the_test_that_fails_and_survives_where_none_does(toy):
    change = a_change(old="x + y", new="x - y")
    with toy.workshop.opened():
        assert not (toy.workshop.source / "gone.py").exists()
        assert outcome(toy.workshop, change) == "test_sums.py::test_adds"
        assert outcome(toy.workshop, a_change(old="x + y", new="y + x")) is None
        assert (toy.workshop.source / "sums.py").read_text() == SUM
    assert (toy.root / "sums.py").read_text() == SUM


def test_a_copy_of_another_compiler_is_configured_anew(toy):
    (toy.workshop.folder / "settings").write_text("-DCMAKE_CXX_COMPILER=/usr/bin/older\n")
    toy.workshop.build.mkdir()
    with pytest.raises(WorkshopError, match="the copy cannot be configured"), toy.workshop.opened():  # it has no CMakeLists.txt
        pass
    assert "older" in (toy.workshop.folder / "settings").read_text()  # so the next run tries again


SAID = [
    ("[ RUN      ] Sum.Adds\n[  FAILED  ] Sum.Adds (0 ms)\n[  FAILED  ] 1 test, listed below:\n", 1, "Sum.Adds"),
    ("[ RUN      ] Sum.Is\n[       OK ] Sum.Is (0 ms)\n[ RUN      ] Sum.Adds\n", -11, "Sum.Adds (status -11)"),
    ("[ RUN      ] Sum.Adds\n", None, "Sum.Adds (hangs)"),
    ("a.py::test_is PASSED [ 50%]\na.py::test_adds[1 + 1] FAILED [100%]\n", 1, "a.py::test_adds[1 + 1]"),
    ("", 127, "status 127"),
]


@pytest.mark.parametrize(("said", "status", "failure"), SAID)
def test_the_test_that_failed_hung_or_crashed_is_named(said, status, failure):
    assert first_failure(said, status) == failure


def test_a_change_after_which_no_test_can_run_is_not_called_caught(toy):
    with toy.workshop.opened(), pytest.raises(WorkshopError, match="cannot be run"):
        outcome(toy.workshop, a_change(old="return x + y", new="return x +"))


def test_a_selection_without_tests_and_a_second_run_are_refused(toy):
    with toy.workshop.opened():
        with pytest.raises(WorkshopError, match="no test is called 'subtracts'"):
            toy.workshop.test("test_sums.py", "subtracts")
        with pytest.raises(WorkshopError, match="another run is at work"), toy.workshop.opened():
            pass

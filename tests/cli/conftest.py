import sys
from pathlib import Path

import pytest
from machine import Machine
from small_study import make_study

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    return make_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def ready(machine):
    """A machine on which the set-up is finished."""
    assert machine.run("true").returncode == 0
    machine.calls()
    return machine

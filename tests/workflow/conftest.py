import sys

import pytest

from sandbox import REAL_TOOLS, REPOSITORY, Sandbox, tiny_config

sys.path.insert(0, str(REPOSITORY / "config" / "workflow"))  # what the Snakefile imports, for the tests


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory):
    """A study of two experiments, run to its end with fake tools. Its path holds a blank, as users' paths do."""
    sandbox = Sandbox.make(tmp_path_factory.mktemp("finished") / "my study")
    sandbox.snakemake()
    return sandbox


@pytest.fixture
def study(finished_study, tmp_path):
    """A copy of the finished study to change something in."""
    return finished_study.copy(tmp_path / "my study")


@pytest.fixture
def fresh_study(tmp_path):
    """A study of which nothing has been run yet."""
    return Sandbox.make(tmp_path / "my study")


@pytest.fixture(scope="session")
def real_study(tmp_path_factory):
    """A small study, run to its end with the real tools, on one core. Whoever changes something in it takes a copy."""
    sandbox = Sandbox.make(tmp_path_factory.mktemp("real") / "my study", tiny_config(), REAL_TOOLS)
    sandbox.snakemake("--cores", "1")
    return sandbox

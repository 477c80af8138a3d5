import sys
from pathlib import Path

import pytest
from small_study import make_study

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    return make_study(tmp_path_factory.mktemp("study"))

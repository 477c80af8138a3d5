"""Each source of the library has its own unit test, in the same place below tests/unit/."""

from pathlib import Path

import pytest

from sources import ROOT, sources

LIBRARY = Path("tools/segfold")
ALL_LEVELS = "tests/unit/score/upsample_kernels_test.cpp runs every level on the same logits"
TESTED_ELSEWHERE = {
    "data/street_scene/large_vehicles.cpp": "tests/unit/data/street_scene/vehicles_test.cpp holds every kind to the same",
    "score/upsample_kernels_avx2.cpp": ALL_LEVELS,
    "score/upsample_kernels_avx512.cpp": ALL_LEVELS,
    "score/upsample_kernels_scalar.cpp": ALL_LEVELS,
}


def counterpart(inside):
    return Path("tests/unit") / inside.with_name(f"{inside.stem}_test.cpp")


def insides():
    return [source.path.relative_to(LIBRARY) for source in sources("C++")
            if source.path.is_relative_to(LIBRARY) and source.path.suffix == ".cpp"]  # fmt: skip


def test_every_source_has_a_test_or_a_reason_for_having_none():
    missing = [
        f"{LIBRARY / inside}: write {counterpart(inside)}, or say in TESTED_ELSEWHERE where it is tested"
        for inside in insides()
        if not (ROOT / counterpart(inside)).exists() and inside.as_posix() not in TESTED_ELSEWHERE
    ]
    assert not missing, "\n" + "\n".join(missing)


@pytest.mark.parametrize("name", TESTED_ELSEWHERE)
def test_every_exception_is_one_still(name):
    assert Path(name) in insides(), f"{LIBRARY / name} is gone; remove it from TESTED_ELSEWHERE"
    assert not (ROOT / counterpart(Path(name))).exists(), f"{name} has a test now; remove it from TESTED_ELSEWHERE"
    assert (ROOT / TESTED_ELSEWHERE[name].split()[0]).exists(), f"the test named for {name} is gone"

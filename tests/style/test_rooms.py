"""Arrows between the rooms of tools/segfold/ point one way, and each library of others stays in its room."""

import re

import pytest

from sources import ROOT, sources, together

# What a room may use besides itself: the one table of the arrows that docs/design.md draws.
MAY_USE = {
    "base": set(),
    "image": {"base"},
    "data": {"base", "image"},
    "score": {"base", "image", "data"},
    "nn": {"base"},
    "train": {"base", "image", "data", "score", "nn"},
    "report": {"base", "image", "data"},
    "stages": {"base", "image", "data", "score", "nn", "train", "report"},
    "cli": {"base", "nn", "train"},
    "tools": {"nn", "stages", "cli"},  # tools/*.cpp: they declare options and delegate
}
# Libraries of CMake that are named after no room.
ROOM_OF_LIBRARY = {"weights": "nn", "stages_torch": "stages"}
NO_ROOM = {"options", "torch"}
# Where the headers of another library may be included: a room, or the one file that keeps it from the others.
STAYS_IN = {
    "CLI/": {"cli"},
    "H5|hdf5": {"data/hdf5.h"},
    "cairo": {"report/cairo_support.h"},
    "libdeflate": {"image/plain_png.cpp"},
    "nlohmann/": {"base/json.h"},
    "opencv2/": {"image/opencv.h"},
    "openssl/": {"base/sha256.cpp"},
    "spng": {"image/codec.cpp"},
    "torch/|ATen/|c10/|caffe2/": {"nn", "train"},
    "xxhash": {"data/shard_format.cpp"},
    "zip\\.h": {"nn/zip_archive.cpp"},
}
# --version names the libraries by their headers alone, so that no tool loads one for that.
VERSION_HEADERS = {"H5public.h", "opencv2/core/version.hpp"}


def room_of(source):
    parts = source.path.parts
    return "tools" if parts[1] != "segfold" else parts[2]


def library_sources(*kinds):
    inside = [source for source in sources(*kinds) if source.path.parts[0] == "tools"]
    return [source for source in inside if source.path.parts[1] != "cmake"]


def includes(source):
    """Number of line, name, and whether it is one of this project's, in quotes."""
    for number, line in enumerate(source.lines, 1):
        if found := re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line):
            yield number, found[2], found[1] == '"'


def linked_rooms(source):
    """Number of line, room, and the target that links it, of a room's CMake files."""
    text = re.sub(r"#.*", "", source.text)
    for call in re.finditer(r"target_link_libraries\(segfold_(\w+)\s+([^)]*)\)", text):
        number = text.count("\n", 0, call.start()) + 1
        for library in re.findall(r"\bsegfold_(\w+)", call[2]):
            if library not in NO_ROOM:
                yield number, ROOM_OF_LIBRARY.get(library, library), f"segfold_{call[1]}"


def used_rooms():
    """Source, number of line, room that uses, room that is used; a room's use of itself is left out."""
    for source in library_sources("C++"):
        for number, name, _ in includes(source):
            if found := re.match(r"segfold/(\w+)/", name):
                yield source, number, room_of(source), found[1]
    for source in library_sources("CMake"):
        for number, room, _ in linked_rooms(source):
            yield source, number, room_of(source), room


def test_arrows_between_rooms_point_where_the_table_allows():
    wrong = [
        source.at(number, f"{room} must not use {used}; move what is shared into a room that both may use (MAY_USE)")
        for source, number, room, used in used_rooms()
        if used != room and used not in MAY_USE[room]
    ]
    assert not wrong, together(wrong)


def test_every_arrow_of_the_table_is_needed():
    needed = {(room, used) for _, _, room, used in used_rooms()}
    unneeded = [(room, used) for room, all_used in MAY_USE.items() for used in all_used if (room, used) not in needed]
    assert not unneeded, f"nothing uses these arrows of MAY_USE any more; remove them: {unneeded}"


def test_every_arrow_of_the_table_is_drawn_in_the_design():
    text = (ROOT / "docs" / "design.md").read_text()
    line = re.search(r"^cli → .*$", text, re.M)[0]
    levels = [set(re.findall(r"\w+", level)) for level in line.split("→")]
    level_of = {room: number for number, rooms in enumerate(levels) for room in rooms}
    assert set(level_of) == set(MAY_USE) - {"tools"}
    assert "`data` uses `image`, and `score` uses\nboth" in text
    sideways = {("data", "image"), ("score", "data"), ("score", "image")}
    backwards = [
        f"{room} → {used}"
        for room, all_used in MAY_USE.items()
        for used in all_used
        if room != "tools" and level_of[used] <= level_of[room] and (room, used) not in sideways
    ]
    assert not backwards, f"docs/design.md draws no such arrow: {backwards}"


@pytest.mark.parametrize("header", STAYS_IN)
def test_headers_of_another_library_stay_in_their_place(header):
    wrong, seen = [], set()
    for source in library_sources("C++"):
        inside = source.path.as_posix().removeprefix("tools/segfold/")
        for number, name, ours in includes(source):
            if ours or not re.match(header, name) or name in VERSION_HEADERS:
                continue
            place = {inside, room_of(source)} & STAYS_IN[header]
            seen |= place
            if not place:
                said = f"<{name}> belongs in {' and '.join(sorted(STAYS_IN[header]))}; use what that offers (STAYS_IN)"
                wrong.append(source.at(number, said))
    assert not wrong, together(wrong)
    assert seen == STAYS_IN[header], "nothing includes it there any more; change STAYS_IN"


def test_headers_that_only_tell_versions_are_included_where_versions_are_told():
    found = {(name, room_of(source)) for source in library_sources("C++") for _, name, _ in includes(source)}
    told = {(name, room) for name, room in found if name in VERSION_HEADERS}
    assert told == {(name, "cli") for name in VERSION_HEADERS}

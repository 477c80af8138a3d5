"""Headers are included once each, by their whole name, and by the source that they belong to first."""

import re

from sources import ROOT, sources, together


def quoted(source):
    return [(number, found[1]) for number, line in enumerate(source.lines, 1)
            if (found := re.match(r'#include "(.*)"', line))]  # fmt: skip


def test_every_header_guards_itself():
    wrong = [
        source.at(1, "begin the header with #pragma once")
        for source in sources("C++")
        if source.path.suffix == ".h" and source.lines[:1] != ["#pragma once"]
    ]
    assert not wrong, together(wrong)


def test_this_projects_headers_are_included_by_their_whole_name():
    wrong = [
        source.at(number, f'write "segfold/<room>/…" or "tests/…", not "{name}"')
        for source in sources("C++")
        for number, name in quoted(source)
        if not (ROOT / "tools" / name).exists() and not (ROOT / name).exists() and name != "segfold/base/version.h"
    ]
    assert not wrong, together(wrong)


def test_a_source_includes_its_own_header_first_which_so_must_stand_by_itself():
    wrong = []
    for source in sources("C++"):
        own = source.path.with_suffix(".h").as_posix().removeprefix("tools/")
        names = [name for _, name in quoted(source)]
        if source.path.suffix == ".cpp" and own in names:
            first = next(number for number, line in enumerate(source.lines, 1) if line.startswith("#include"))
            if not source.lines[first - 1].startswith(f'#include "{own}"'):
                wrong.append(source.at(first, f'include "{own}" before anything else'))
    assert not wrong, together(wrong)


def test_of_libtorch_no_more_is_included_than_is_used():
    """The whole of it takes a compiler without the precompiled header, such as clang-tidy's, ten seconds a source."""
    wrong = [
        source.at(number, "include the header that declares it, such as <torch/types.h> or <torch/nn/module.h>")
        for source in sources("C++")
        for number, line in enumerate(source.lines, 1)
        if re.match(r"#include <(torch/(torch|all|nn|extension)|ATen/ATen)\.h>", line) and source.path.name != "pch.h"
    ]
    assert not wrong, together(wrong)

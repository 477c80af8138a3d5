"""Which sources tests/tidy looks at again, and that nothing is left out without a reason."""

import json
import os
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest

from sources import ROOT, sources, together

OF_CLANG = "c++ -Xclang -include-pch -Xclang {0}/build/cmake_pch.hxx.pch -Xclang -include -Xclang {0}/build/cmake_pch.hxx -c a.cpp"
COMMAND = "c++ -I{0}/tools -Winvalid-pch -include {0}/build/cmake_pch.hxx -c {0}/tools/a.cpp"
FILES = {
    "tools/a.cpp": '#include "segfold/a.h"\n',
    "tools/b.cpp": "#include <vector>\n",
    "tools/segfold/a.h": '#include "segfold/far.h"\n',
    "tools/segfold/far.h": "#pragma once\n",
    ".clang-tidy": "Checks: '-*'\n",
}


@pytest.fixture
def tidy(tmp_path, monkeypatch):
    """The script as a module, at work on a small repository of its own."""
    loader = SourceFileLoader("tidy", str(ROOT / "tests" / "tidy"))
    module = module_from_spec(spec_from_loader("tidy", loader))
    loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "BUILD", tmp_path / "build")
    monkeypatch.setattr(module, "SETTINGS", [tmp_path / ".clang-tidy"])
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / "tools" / name) for name in ("a.cpp", "b.cpp")]
    entries = [{"file": file, "command": COMMAND.format(tmp_path)} for file in files]
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "compile_commands.json").write_text(json.dumps(entries))
    return module


def test_clang_is_told_nothing_of_gccs_precompiled_header_and_warnings(tidy, tmp_path):
    commands = [entry["command"] for entry in tidy.Sources().commands.values()]
    assert commands == [f"c++ -I{tmp_path}/tools -c {tmp_path}/tools/a.cpp{tidy.OF_GCC_ALONE}"] * 2


def test_clang_is_told_nothing_of_another_clangs_precompiled_header_either(tidy):
    assert tidy.PRECOMPILED.sub("", OF_CLANG.format("/x")) == "c++ -c a.cpp"


def test_a_clang_tidy_that_was_killed_has_not_found_the_source_clean(tidy, tmp_path, monkeypatch):
    killed = tmp_path / "bin" / "clang-tidy"
    killed.parent.mkdir()
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setenv("PATH", f"{killed.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(tidy, "CACHE", tmp_path)
    source = tmp_path / "tools/b.cpp"
    assert f"{source}:1:1: error: clang-tidy ended with status -9" in tidy.look(source, tidy.Sources(), [])


@pytest.mark.parametrize("changed", ["tools/a.cpp", "tools/segfold/a.h", "tools/segfold/far.h", ".clang-tidy"])
def test_a_verdict_holds_until_something_changes_that_it_depends_on(changed, tidy, tmp_path):
    source = tmp_path / "tools" / "a.cpp"
    before = tidy.Sources().digest(source, [])
    assert tidy.Sources().digest(source, []) == before
    (tmp_path / changed).write_text(FILES[changed] + "\n")
    assert tidy.Sources().digest(source, []) != before


def test_a_header_elsewhere_leaves_the_verdict(tidy, tmp_path):
    source = tmp_path / "tools" / "b.cpp"
    before = tidy.Sources().digest(source, [])
    (tmp_path / "tools" / "segfold" / "far.h").write_text("#pragma once\n// changed\n")
    assert tidy.Sources().digest(source, []) == before


def test_the_options_belong_to_the_verdict(tidy, tmp_path):
    source = tmp_path / "tools" / "b.cpp"
    sources = tidy.Sources()
    assert sources.digest(source, []) != sources.digest(source, ["--checks=clang-analyzer-*"])


def test_a_finding_keeps_the_lines_that_explain_it(tidy):
    first = "/x/a.h:1:2: error: wrong [check]\n    1 | int a;\n/x/a.h:3:1: note: declared here\n"
    second = "/x/b.cpp:7:1: warning: odd [other]\n"
    assert [part for part in tidy.findings(first + second) if part] == [first, second]


def test_types_get_their_names_by_using():
    """clang-tidy's own check of this is left out for its time."""
    wrong = [
        source.at(number, "write using … = … in the place of typedef")
        for source in sources("C++")
        for number, line in enumerate(source.lines, 1)
        if re.match(r"\s*typedef\b", line)
    ]
    assert not wrong, together(wrong)


@pytest.mark.parametrize("settings", [".clang-tidy", "tests/.clang-tidy"])
def test_every_check_that_is_left_out_has_its_reason_beside_it(settings):
    lines = (ROOT / settings).read_text().splitlines()
    left_out = [(number, line) for number, line in enumerate(lines, 1) if re.match(r"  - '-(?!\*')", line)]
    assert left_out
    wrong = [f"{settings}:{number}: say why, behind a #" for number, line in left_out if not re.search(r"' +# \S", line)]
    assert not wrong, together(wrong)


def test_every_exception_names_its_check_and_its_reason():
    wrong = [
        source.at(number, "write // NOLINT(check): reason")
        for source in sources("C++")
        for number, line in enumerate(source.lines, 1)
        if re.search(r"// NOLINT(?!END)", line) and not re.search(r"// NOLINT\w*\([\w,-]+\): \S", line)
    ]
    assert not wrong, together(wrong)

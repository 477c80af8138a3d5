"""What a release names in several places is the same in all of them."""

import json
import re

import yaml

from sandbox import REAL_TOOLS, REPOSITORY

VERSION = re.search(r"^project\(segfold VERSION (\S+)", (REPOSITORY / "CMakeLists.txt").read_text(), re.M)[1]
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())


def test_the_version_is_the_same_in_build_citation_and_changelog():
    newest = re.search(r"^## (\S+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.M)[1]
    assert CITATION["version"] == newest == VERSION


def test_the_citation_has_what_its_format_requires():
    """The required keys of the Citation File Format 1.2.0, and a licence that is the repository's."""
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(CITATION)
    assert CITATION["authors"][0]["name"] in (REPOSITORY / "LICENSE").read_text()
    assert (REPOSITORY / "LICENSE").read_text().startswith(CITATION["license"])


def test_the_changelog_names_every_tool():
    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    versions = json.loads((REPOSITORY / "tools" / "results_versions.json").read_text())
    assert set(versions) == {path.name for path in REAL_TOOLS.iterdir()}
    assert all(f"`{tool}`" in changelog for tool in versions)

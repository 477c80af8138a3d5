"""What git makes of the files when somebody checks them out, on Windows too."""

import subprocess

from sources import ROOT, all_sources


def attribute(name, paths):
    """Of each path, as .gitattributes gives it."""
    asked = subprocess.run(
        ["git", "check-attr", "--stdin", "-z", name], cwd=ROOT, input="\0".join(map(str, paths)), capture_output=True, text=True
    )
    fields = asked.stdout.split("\0")
    return dict(zip(fields[::3], fields[2::3]))


def test_every_source_is_checked_out_with_the_line_ends_of_unix():
    paths = [source.path for source in all_sources()]
    assert set(attribute("eol", paths).values()) == {"lf"}
    assert [source.path for source in all_sources() if b"\r" in (ROOT / source.path).read_bytes()] == []


def test_damaged_files_are_checked_out_byte_by_byte():
    corpus = [path for path in (ROOT / "tests" / "fuzz" / "corpus").rglob("*") if path.is_file()]
    assert set(attribute("text", [path.relative_to(ROOT) for path in corpus]).values()) == {"unset"}

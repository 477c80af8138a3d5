"""Nothing is written twice: no six lines that say something stand in two places."""

import re
from collections import defaultdict

from sources import sources, together

RUN = 6
LANGUAGES = (("C++",), ("Python", "Snakemake"), ("shell",), ("CMake",))
# What says nothing by itself: comments, punctuation, the names that a file takes from elsewhere, headings of a rule.
SAYS_NOTHING = re.compile(
    r"//.*|#(?!include|define).*|\W*|(else|do|then|fi|done|return)?\W*"
    r"|#include .*|#pragma .*|(from \S+ )?import .*|using [\w: ]+;|namespace .*\{|\}  // namespace.*"
    r"|(input|output|log|benchmark|resources|params|shell):"
)


def telling_lines(source):
    """Number and text of each line that says something, with single spaces."""
    for number, line in enumerate(source.lines, 1):
        text = re.sub(r"\s+", " ", line.strip())
        if not SAYS_NOTHING.fullmatch(text):
            yield number, text


def repeated_runs(kinds):
    """Two places (source, index of its first telling line, its first and last line) of each run that stands twice."""
    places = defaultdict(list)
    for source in sources(*kinds):
        lines = list(telling_lines(source))
        for begin in range(len(lines) - RUN + 1):
            run = lines[begin : begin + RUN]
            places[tuple(text for _, text in run)].append((source, begin, run[0][0], run[-1][0]))
    seen = set()
    for same in places.values():
        for one, other in zip(same, same[1:]):
            seen.add((one[:2], other[:2]))
            # A longer repetition is told once: where it begins.
            if ((one[0], one[1] - 1), (other[0], other[1] - 1)) not in seen:
                yield one, other


def test_no_six_lines_are_written_twice():
    wrong = [
        one.at(first, f"lines {first}-{last} stand in {other.path}:{begin}-{end} too; let one piece of code serve both")
        for kinds in LANGUAGES
        for (one, _, first, last), (other, _, begin, end) in repeated_runs(kinds)
    ]
    assert not wrong, together(wrong)

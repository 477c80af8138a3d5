"""The list of wicked changes: what each is, and whether it still fits the sources."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("changes")
ROOMS = ("base", "data", "image", "nn", "score", "train", "report", "stages", "cli", "workflow")


class ListError(Exception):
    """A mistake in the list itself; the text is one sentence."""


@dataclass(frozen=True)
class Change:
    """One piece of text in the place of another. `room` is the name of the file that lists it."""

    room: str
    name: str  # what goes wrong, as a sentence
    file: str  # from the repository's root
    old: str
    new: str
    tests: str  # a unit test's program, such as test_score, or a file of pytest
    filter: str  # of --gtest_filter, or of pytest's -k

    def apply(self, text):
        """The changed text. @throws ListError where the list no longer fits the sources"""
        found = text.count(self.old)
        if found != 1:
            raise ListError(f"'{self.name}': its text is found {found} times in {self.file}, not once; mend the list")
        if self.new == self.old:
            raise ListError(f"'{self.name}': changes nothing; mend the list")
        return text.replace(self.old, self.new)


def read_list():
    """All changes, room by room."""
    changes = []
    for room in ROOMS:
        for entry in tomllib.loads((LIST / f"{room}.toml").read_text(encoding="utf-8"))["change"]:
            entry["old"], entry["new"] = entry.pop("from"), entry.pop("to")
            changes.append(Change(room=room, **entry))
    for name, times in Counter(change.name for change in changes).items():
        if times > 1:
            raise ListError(f"'{name}' stands {times} times in the list; give each a name of its own")
    return changes

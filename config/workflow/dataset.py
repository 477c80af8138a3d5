"""Where the pictures of a study come from, and what tells that they are others."""

import hashlib
import json
import os
from pathlib import Path

from mistakes import ConfigError

PHOTO = "_leftImg8bit.png"
LABEL = "_gtFine_labelIds.png"
LEVELS = 3  # folders in which a split's pictures are looked for: its own, one for each city, and one inside
# What systems leave among everybody's folders; as in tools/segfold/data/cityscapes_layout.cpp.
LEFT_BY_SYSTEMS = {
    *("@eaDir", "#recycle", "#snapshot", "@Recycle", "$RECYCLE.BIN", "System Volume Information"),
    *("lost+found", "__MACOSX"),
}
PICTURES = (
    ("leftImg8bit", PHOTO),
    ("gtFine", LABEL),
    ("gtFine", "_gtFine_instanceIds.png"),
    ("gtFine", "_gtFine_color.png"),
)


class SyntheticDataset:
    """Made by the workflow itself; its sealed dataset.json stands for all its pictures."""

    def __init__(self, study):
        self.root = f"{study.output}/data"
        self.marker = [f"{self.root}/dataset.json"]
        self._pictures = self._listed(study)
        self.missing = [path for path in self._pictures or [] if not os.path.exists(path)]

    def is_as_asked(self):
        """Whether there is a data set that this configuration's job drew."""
        return self._pictures is not None

    def _listed(self, study):
        """The pictures of the dataset.json, if this configuration's job wrote it."""
        try:
            document = json.loads(Path(self.marker[0]).read_text(encoding="utf-8"))
            seal, splits = document["seal"], document["splits"]
            version = f"results version {seal['results_version']} of synthesize"
            if seal["parameters"] != study.drawing() or version != study.version("synthesize"):
                return None  # drawn anew in any case
            return [
                f"{self.root}/{kind}/{split}/{scene['city']}/{scene['name']}{ending}"
                for split in splits
                for scene in splits[split]
                for kind, ending in PICTURES
            ]
        except (OSError, ValueError, LookupError, TypeError):
            return None  # whoever reads a damaged file says so

    def identity(self, split):
        return None  # the marker is an input of the rule; nothing else can change


class FolderDataset:
    """A folder in the Cityscapes layout, which the workflow only reads."""

    def __init__(self, study, files):
        given = study.config["dataset"]["root"]
        self.root = expanded(given)
        self.marker = self.missing = []
        self._place = files.place(("dataset", "root"))
        self._identities = {split: self._list(split) for split in ("train", "val")}

    def identity(self, split):
        """Changes when a photo or a label is added, removed or changes its size in bytes; not when all are moved."""
        return self._identities[split]

    def _list(self, split):
        found = []
        for folder, ending in (("leftImg8bit", PHOTO), ("gtFine", LABEL)):
            top = os.path.join(self.root, folder, split)
            missing = next((path for path in (self.root, top) if not os.path.isdir(path)), None)
            names = [] if missing else sorted(_files_below(top, ending))
            if not names:
                self._refuse(missing or top, "is no folder" if missing else f"holds no *{ending}")
            found += names
        return hashlib.sha256("\n".join(found).encode(errors="surrogateescape")).hexdigest()[:16]

    def _refuse(self, path, fault):
        raise ConfigError(
            f"{self._place}: dataset.root: {path} {fault}; set dataset.root to the folder that holds leftImg8bit/ and "
            "gtFine/ with their train/ and val/, or give it as --config 'dataset={root: FOLDER}'"
        )


def expanded(path):
    return os.path.expandvars(os.path.expanduser(path))


def _files_below(top, ending):
    """Names and sizes of the files that the tools find: links are followed, each folder is known by what it is."""
    visited, level = set(), [top]
    try:
        for _ in range(LEVELS):
            entries = [entry for folder in level if _is_new(folder, visited) for entry in _entries_of(folder)]
            level = [entry.path for entry in entries if entry.is_dir()]
            for entry in entries:
                if entry.name.endswith(ending) and not entry.is_dir():
                    yield f"{os.path.relpath(entry.path, top)} {entry.stat().st_size}"
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read ({error.strerror}); mend or remove it") from None


def _is_new(folder, visited):
    status = os.stat(folder)
    known = len(visited)
    visited.add((status.st_dev, status.st_ino))
    return len(visited) > known


def _entries_of(folder):
    """Sorted, so that a folder with several paths is always reached by the same."""
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if not (entry.name.startswith(".") or entry.name in LEFT_BY_SYSTEMS)]
    return sorted(found, key=lambda entry: entry.name)

"""Where the pictures of a study come from, and what tells that they are others."""

import hashlib
import json
import os
from pathlib import Path

from mistakes import ConfigError

PHOTO = "_leftImg8bit.png"
LABEL = "_gtFine_labelIds.png"
# Folders that systems leave among everybody's files; the tools pass over them, too.
SYSTEM_FOLDERS = {"@eaDir", "#recycle", "lost+found", "__MACOSX"}
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
            names = sorted(_files_below(top, ending))
            if not names:
                missing = next((path for path in (self.root, top) if not os.path.isdir(path)), None)
                self._refuse(missing or top, "is no folder" if missing else f"holds no *{ending}")
            found += names
        return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]

    def _refuse(self, path, fault):
        raise ConfigError(
            f"{self._place}: dataset.root: {path} {fault}; set dataset.root to the folder that holds leftImg8bit/ and "
            "gtFine/ with their train/ and val/, or give it as --config 'dataset={root: FOLDER}'"
        )


def expanded(path):
    return os.path.expandvars(os.path.expanduser(path))


def _files_below(top, ending):
    visited = set()  # by what they are: links may lead to one folder twice, or in circles
    for folder, folders, names in os.walk(top, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in visited:
            folders.clear()
            continue
        visited.add((status.st_dev, status.st_ino))
        folders[:] = [name for name in folders if not (name.startswith(".") or name in SYSTEM_FOLDERS)]
        for name in names:
            if name.endswith(ending) and not name.startswith("."):
                path = os.path.join(folder, name)
                try:
                    yield f"{os.path.relpath(path, top)} {os.path.getsize(path)}"
                except OSError as error:
                    raise ConfigError(
                        f"{path}: cannot be read ({error.strerror}); mend or remove it"
                    ) from None

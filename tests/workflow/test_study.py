"""What the Snakefile asks about a configuration: options, files and identities, without running anything."""

import copy
import json
import os
import re
from types import SimpleNamespace

import pytest
import yaml

from config_files import ConfigFiles
from dataset import LEFT_BY_SYSTEMS
from mistakes import ConfigError
from resolving import SCHEMA, resolve, with_change
from sandbox import CONFIG, REPOSITORY
from study import Study

VERSIONS = REPOSITORY / "tools" / "results_versions.json"
SCHEMAS = json.loads(SCHEMA.read_text())["$defs"]
# Settings of an experiment that say which files a training reads or writes.
OF_FILES = {"extends", "init_from", "encoder_weights", "size", "label_size", "seeds"}
GROUPS = {"augment": "", "crop": "crop-", "occlusion": "occlusion-", "plateau": "plateau-"}
SINGLE = sorted(set(SCHEMAS["experiment"]["properties"]) - OF_FILES - set(GROUPS))


@pytest.fixture
def study(tmp_path):
    return Study(resolve(yaml.safe_dump(CONFIG), tmp_path / "config.yaml"), VERSIONS, ConfigFiles([]))


def options_with(study, **settings):
    changed = copy.copy(study)
    changed.experiments = {"small": study.experiments["small"] | settings}
    return changed.training_options("small", "").split(" --")


@pytest.mark.parametrize("key", SINGLE)
def test_every_setting_is_an_option_of_its_training(study, key):
    assert f"{key.replace('_', '-')} 0.125" in [option.removeprefix("--") for option in options_with(study, **{key: 0.125})]


@pytest.mark.parametrize("group", GROUPS)
def test_every_setting_of_a_group_is_an_option_of_its_training(study, group):
    values = dict.fromkeys(SCHEMAS[group]["properties"], 0.125)
    whole = {"size": "crop", "probability": "occlusion"}
    expected = {f"{whole.get(key, GROUPS[group] + key.replace('_', '-'))} 0.125" for key in values}
    assert expected <= {option.removeprefix("--") for option in options_with(study, **{group: values})}


def test_the_seed_and_the_threads_are_options_of_a_training_too(study):
    study.experiments["small"]["seeds"] = [7, 8]
    study.config["threads"] = 3
    options = study.training_options("small", "seed8/")
    assert "--seed 8 " in options and "--threads 3 " in options


def test_validation_shards_keep_the_labels_at_their_own_size(study):
    options = {
        split: study.preprocess_options(SimpleNamespace(sizes="32x64-64x128", split=split, part=1))
        for split in ("train", "val")
    }
    assert options == {"train": "--part 1/2 --size 32x64", "val": "--label-size 64x128 --part 1/2 --size 32x64"}


@pytest.fixture
def identities(tmp_path):
    """Makes a data set of one picture each in tmp_path/data; gives what tells that train and val are others."""

    def of(root):
        config = resolve(yaml.safe_dump(with_change(("dataset",), {"root": str(root)})), tmp_path / "config.yaml")
        dataset = Study(config, VERSIONS, ConfigFiles([tmp_path / "config.yaml"])).dataset
        return dataset.identity("train"), dataset.identity("val")

    for kind, ending in (("leftImg8bit", "leftImg8bit"), ("gtFine", "gtFine_labelIds")):
        for split in ("train", "val"):
            folder = tmp_path / "data" / kind / split / "a"
            folder.mkdir(parents=True)
            (folder / f"a_000000_000000_{ending}.png").write_text("x")
    return of


def test_a_data_set_changes_with_its_names_and_sizes_and_not_with_its_place(tmp_path, identities):
    root = tmp_path / "data"
    train, val = identities(root)
    moved = root.rename(tmp_path / "moved")
    assert identities(moved) == (train, val)
    (moved / "gtFine/train/a/a_000000_000000_gtFine_labelIds.png").write_text("xy")
    resized, same = identities(moved)
    assert resized != train and same == val
    (moved / "gtFine/val/a/a_000000_000000_gtFine_labelIds.png").rename(moved / "gtFine/val/a/b_gtFine_labelIds.png")
    assert identities(moved)[1] != val


def test_a_folder_that_links_lead_to_again_changes_nothing_and_ends(tmp_path, identities):
    before = identities(tmp_path / "data")
    train = tmp_path / "data" / "leftImg8bit" / "train"
    (train / "itself").symlink_to(train)
    (train / "a" / "up").symlink_to(train)
    (train / "b").mkdir()
    (train / "b" / "back").symlink_to(train / "a")
    (train / "a" / "there").symlink_to(train / "b")
    assert identities(tmp_path / "data") == before


def test_what_systems_leave_in_a_data_set_changes_nothing(tmp_path, identities):
    before = identities(tmp_path / "data")
    tool = (REPOSITORY / "tools/segfold/data/cityscapes_layout.cpp").read_text()
    for name in (*LEFT_BY_SYSTEMS, ".ipynb_checkpoints"):
        assert name.startswith(".") or f'"{name}"' in tool
        folder = tmp_path / "data" / "gtFine" / "train" / "a" / name
        folder.mkdir()
        (folder / "a_000000_000000_gtFine_labelIds.png").write_text("an older one")
    (folder.parent / "._a_000000_000000_gtFine_labelIds.png").write_text("a Mac's")
    assert identities(tmp_path / "data") == before


def test_a_name_that_is_no_utf_8_is_a_name(tmp_path, identities):
    folder = os.fsencode(tmp_path / "data" / "leftImg8bit" / "train" / "m") + b"\xfcnchen"
    os.mkdir(folder)
    before = identities(tmp_path / "data")
    open(folder + b"/m\xfcnchen_000000_000000_leftImg8bit.png", "w").close()
    assert identities(tmp_path / "data")[0] != before[0]


def test_a_broken_link_in_a_data_set_is_named(tmp_path, identities):
    link = tmp_path / "data" / "gtFine" / "val" / "a" / "a_000001_000000_gtFine_labelIds.png"
    link.symlink_to("nowhere.png")
    with pytest.raises(ConfigError, match=re.escape(f"{link}: cannot be read (No such file or directory)")):
        identities(tmp_path / "data")

"""The label table is cityscapesScripts'."""

import pytest
from cityscapesscripts.helpers.labels import labels as official
from cityscapesscripts.helpers.labels import trainId2label
from probe import run_probe

IGNORE, UNKNOWN = 255, 254


@pytest.fixture(scope="module")
def table():
    return run_probe("labels", {})[1]


def test_every_label_is_the_official_one(table):
    assert [label["id"] for label in table["labels"]] == list(range(34))
    by_id = {label.id: label for label in official}
    for label in table["labels"]:
        expected = by_id[label["id"]]
        for field in ("name", "trainId", "category", "hasInstances"):
            assert label[field] == getattr(expected, field), (label["name"], field)
        assert tuple(label["color"]) == expected.color, label["name"]


def test_raw_ids_become_train_ids(table):
    by_id = {label.id: label.trainId for label in official}
    assert table["train_id_from_raw_id"] == [by_id.get(raw, UNKNOWN) for raw in range(256)]


def test_train_ids_become_the_first_raw_id(table):
    expected = [trainId2label[train].id if train in trainId2label and train != IGNORE else 0 for train in range(256)]
    assert table["raw_id_from_train_id"] == expected


def test_classes_are_named_by_train_id(table):
    assert table["classes"] == [trainId2label[train].name for train in range(19)]

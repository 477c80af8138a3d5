"""Resolving a configuration for a test."""

import copy
import sys

import yaml

from sandbox import CONFIG, REPOSITORY

sys.path.insert(0, str(REPOSITORY / "config" / "workflow"))
import settings  # noqa: E402

SCHEMA = REPOSITORY / "config" / "schemas" / "config.schema.json"
EXPERIMENT = ("experiments", "unet_resnet50")


def resolve(text, path, overrides=None):
    path.write_text(text)
    files = settings.ConfigFiles([path], overrides)
    return settings.resolve(yaml.safe_load(text), SCHEMA, files)


def with_change(keys, value):
    config = copy.deepcopy(CONFIG)
    target = config
    for key in keys[:-1]:
        target = target[key]
    if value is None:
        del target[keys[-1]]
    else:
        target[keys[-1]] = value
    return config

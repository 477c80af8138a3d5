"""Resolving a configuration for a test."""

import copy

import settings
from config_files import ConfigFiles
from sandbox import CONFIG, REPOSITORY

SCHEMA = REPOSITORY / "config" / "schemas" / "config.schema.json"
EXPERIMENT = ("experiments", "unet_resnet50")


def resolve(text, path, arguments=()):
    """@param arguments  KEY=VALUE, as after --config"""
    path.write_text(text)
    return settings.resolve(SCHEMA, ConfigFiles([path], arguments))


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

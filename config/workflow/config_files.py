"""The files of a configuration: read with the place of each key, which Snakemake does not keep, and no key twice."""

import os
from pathlib import Path

import yaml

from mistakes import ConfigError, dotted


class ConfigFiles:
    """The files a configuration came from: where in them does a key stand?"""

    def __init__(self, paths, overrides=None):
        self._trees = {_short(path): _compose(Path(path)) for path in paths}
        self._overrides = overrides or {}

    def place(self, keys):
        """ "file:line" of the key at this path, of the file that had the last word."""
        if keys and _contains(self._overrides, keys):
            return "--config"
        for path, tree in reversed(self._trees.items()):
            line = _line_of(tree, keys)
            if line:
                return f"{path}:{line}"
        return next(reversed(self._trees), "config")

    def typed_overrides(self):
        """What --config says, read as a file is: Snakemake takes what stands within {} and [] for text."""
        return _typed(self._overrides)


def _short(path):
    """As the user is likely to have written it: Snakemake makes the paths of --configfile absolute."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _compose(path):
    try:
        tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name another file with --configfile") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(f"{path}{line}: not valid YAML: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(tree, yaml.MappingNode):
        raise ConfigError(f"{path}: holds no keys; write it like config/config.yaml")
    _refuse_duplicates(path, tree, ())
    return tree


def _refuse_duplicates(path, node, keys):
    """YAML itself takes the last of two equal keys, so one of the two would be ignored without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfigError(
                    f"{path}:{key.start_mark.line + 1}: {dotted(keys)}the key '{key.value}' stands twice"
                )
            seen.add(key.value)
            _refuse_duplicates(path, value, (*keys, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _refuse_duplicates(path, value, (*keys, index))


def _line_of(node, keys):
    line = None
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if not found:
                return None
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            return None
    return line


def _contains(value, keys):
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _typed(value):
    """The value with numbers, true, false and null in place of their words."""
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if not isinstance(value, str):
        return value
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        return value
    return read if read is None or isinstance(read, int | float) else value

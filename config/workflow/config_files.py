"""The files of a configuration and --config: what is typed there, where each key stands, and no key twice.

Read here and not by Snakemake, which keeps no places and, as YAML 1.1 has it, takes off for False and 2024_01_31 for a
number.
"""

import functools
import math
import os
import re
from pathlib import Path

import yaml

from mistakes import ConfigError, dotted

# What a faulty or hostile file may cost: parsing takes a second at most, and what follows walks every value.
MOST_BYTES, MOST_VALUES, MOST_LEVELS = 100_000, 20_000, 20
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


class ConfigFiles:
    """The files a configuration came from: what do they say together, and where in them does a key stand?

    @param arguments  KEY=VALUE each, as --config has them
    """

    def __init__(self, paths, arguments=()):
        self._trees = {_short(path): _compose(path) for path in paths}
        self._overrides = functools.reduce(overlay, map(_given, arguments or ()), {})
        self.config = functools.reduce(overlay, [*map(_value, self._trees.values()), self._overrides], {})

    def place(self, keys):
        """ "file:line" of the key at this path, of the file that had the last word."""
        if keys and _contains(self._overrides, keys):
            return "--config"
        for path, tree in reversed(self._trees.items()):
            line = _line_of(tree, keys)
            if line:
                return f"{path}:{line}"
        return next(reversed(self._trees), "config")


def overlay(base, top):
    """The one laid over the other: within a group single keys can be overridden."""
    merged = dict(base)
    for key, value in top.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = overlay(base[key], value) if both else value
    return merged


def _short(path):
    """As the user is likely to have written it: Snakemake makes the paths of --configfile absolute."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _compose(path):
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise ConfigError(f"{path}: is no file; name a file with --configfile")
        with open(path, "rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        looked = "" if os.path.isabs(path) else f", looked for in {os.getcwd()}"
        raise ConfigError(f"{path}: cannot be read ({error.strerror}){looked}; name another file with --configfile") from None
    if len(text) > MOST_BYTES:
        raise ConfigError(f"{path}: holds more than {MOST_BYTES} bytes; give a shorter file")
    tree = _read(path, text)
    if not isinstance(tree, yaml.MappingNode):
        raise ConfigError(f"{path}: holds no keys; write it like config/config.yaml")
    return tree


def _read(name, text):
    """The nodes of a YAML text, checked so that it is safe to walk them."""
    try:
        loader = yaml.SafeLoader(text)
        tree = loader.get_single_node()
        if tree:
            _check(name, tree, (), {}, loader)
        return tree
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply; write it like config/config.yaml") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        fault = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigError(f"{name}{line}: not valid YAML: {fault}") from None


def _check(name, node, keys, known, loader):
    """Refuses a key that stands twice, of which YAML itself would take the last without a word, and references (*name)
    that come to endlessly many values. Each node is looked at once.

    @param known  of nodes: how many values they come to and on how many levels; those within which we are are endless
    """
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = (math.inf, math.inf)
    children = []
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigError(f"{name}:{key.start_mark.line + 1}: {dotted(keys)}a key must be a word")
            if key.value in seen:
                raise ConfigError(f"{name}:{key.start_mark.line + 1}: {dotted(keys)}the key '{key.value}' stands twice")
            seen.add(key.value)
            children.append((key.value, value))
    elif isinstance(node, yaml.SequenceNode):
        children = list(enumerate(node.value))
    sizes = [_check(name, value, (*keys, key), known, loader) for key, value in children]
    values, levels = 1 + sum(size[0] for size in sizes), 1 + max((size[1] for size in sizes), default=0)
    if values > MOST_VALUES or levels > MOST_LEVELS:
        raise ConfigError(f"{name}:{node.start_mark.line + 1}: {dotted(keys)}too many values or levels; write it shorter")
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)  # <<: *other
    known[id(node)] = (values, levels)
    return known[id(node)]


def _value(node):
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(value) for value in node.value]
    return node.value if node.style else _typed(node.value)


def _typed(text):
    """A number if it is one, with 65.0 and 65 the same, so that nothing reruns for the spelling; all else as it is typed."""
    if len(text) > 40 or not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        return text
    number = int(text) if text.lstrip("+-").isdigit() else float(text)
    return int(number) if number == int(number) else number


def _given(argument):
    key, _, value = argument.partition("=")
    return {key: _value(_read(f"--config {key}", value)) if value[:1] in tuple("{['\"") else _typed(value)}


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

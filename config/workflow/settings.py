"""The configuration: read, checked against the schema, resolved (`extends`), every mistake named with its place."""

import difflib
import itertools
import json
import re
from pathlib import Path

import jsonschema

from checks import check_experiment, check_study, mistake_of_dataset
from config_files import overlay
from mistakes import ConfigError, at, dotted, shown, unknown_experiment

MOST_MISTAKES = 20  # that are told at once


def resolve(schema_path, files):
    """Returns the configuration with each experiment complete, its `extends` followed.

    Raises ConfigError with all mistakes that the schema finds, or else with the first one beyond it.
    """
    schema = json.loads(Path(schema_path).read_text(encoding="utf-8"))
    config = files.config
    errors = jsonschema.Draft202012Validator(schema).iter_errors(config)
    mixed = mistake_of_dataset(config.get("dataset"), schema["$defs"], files)
    told = (error for error in errors if not (mixed and "dataset" in list(error.absolute_path)[:1]))
    sentences = itertools.chain.from_iterable(_describe(error, files) for error in told)
    mistakes = [*([mixed] if mixed else []), *itertools.islice(sentences, MOST_MISTAKES)]
    if mistakes:
        raise ConfigError("\n".join(dict.fromkeys(mistakes)))
    experiments = config["experiments"]
    config["experiments"] = {name: _inherit(name, experiments, files) for name in experiments}
    for name, experiment in config["experiments"].items():
        check_experiment(name, experiment, experiments[name], files)
    check_study(config, files)
    return config


def _nearest(word, known):
    """The known key whose name, or what its title calls it, is most like the word."""
    words = {key: key for key in known}
    for key, schema in known.items():
        words.update(dict.fromkeys([title := schema.get("title", key), title.replace(" ", "_")], key))
    found = difflib.get_close_matches(str(word).lower(), words, n=1, cutoff=0.6)
    return words[found[0]] if found else None


def _hint_at_key(key, known):
    """What somebody may have meant who wrote this key."""
    if ":" in key:
        return f"; YAML wants a blank after a colon: '{key.replace(':', ': ', 1)}'"
    nearest = _nearest(key, known)
    return f", did you mean '{nearest}'?" if nearest else f"; known here are {', '.join(known)}"


def _describe(error, files):
    """A schema error in one sentence, or several for several unknown keys."""
    keys, value, rule = tuple(error.absolute_path), error.instance, error.validator_value
    example = error.schema.get("examples", [""])[0]
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in value:
            if key not in known:
                hint = _hint_at_key(key, known)
                yield f"{files.place((*keys, key))}: {dotted(keys)}unknown key '{key}'{hint}"
        return
    if error.validator == "required":
        # jsonschema reports each missing key by itself, and names it only in its text.
        missing = re.match(r"'(.*?)' is a required", error.message).group(1)
        inherit = (
            ", or inherit it with 'extends: <experiment>'" if keys[:1] == ("experiments",) and len(keys) == 2 else ""
        )
        yield at(files, keys, f"the key '{missing}' is missing; add it{inherit}")
        return
    words = {
        "type": lambda: f"must be {_article(rule)}{example and f', such as {example}'}",
        "enum": lambda: "must be " + " or ".join(map(str, rule)),
        "pattern": lambda: f"has the wrong form{example and f'; write it like {example}'}",
        "minimum": lambda: f"must be at least {rule}",
        "maximum": lambda: f"must be at most {rule}",
        "exclusiveMinimum": lambda: f"must be above {rule}",
        "exclusiveMaximum": lambda: f"must be below {rule}",
        "minItems": lambda: f"must have at least {rule} values",
        "maxItems": lambda: f"must have at most {rule} values",
        "minProperties": lambda: "must not be empty",
        "maxProperties": lambda: f"are more than {rule}; divide the study into several",
        "maxLength": lambda: f"is longer than {rule} letters",
        "uniqueItems": lambda: "holds a value twice",
    }
    sentence = words.get(error.validator, lambda: f"is refused: {error.message}")()
    if "propertyNames" in error.absolute_schema_path:
        sentence += "; letters, digits, _ and - make a name that is not data, shards, logs or benchmarks"
    yield at(files, keys, f"{shown(value)} {sentence}")


def _article(type_name):
    names = {"object": "a set of keys", "integer": "a whole number", "string": "text (in quotes, what else is a number)", "array": "a list [a, b]"}
    return names.get(type_name, f"a {type_name}")


def _inherit(name, experiments, files, seen=()):
    """The experiment laid over the one it extends; within a group such as `augment` single keys can be overridden."""
    own = dict(experiments[name])
    base_name = own.pop("extends", None)
    if base_name is None:
        return own
    place = ("experiments", name, "extends")
    if base_name in (*seen, name):
        raise ConfigError(at(files, place, f"'{base_name}' in the end extends itself"))
    if base_name not in experiments:
        raise ConfigError(at(files, place, unknown_experiment(base_name, experiments)))
    base = _inherit(base_name, experiments, files, (*seen, name))
    for length, other in (("steps", "epochs"), ("epochs", "steps")):
        if length in own:
            base.pop(other, None)  # the experiment's own word on its length
    return overlay(base, own)

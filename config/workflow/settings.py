"""The configuration: read, checked against the schema, resolved (`extends`), every mistake named with its place."""

import difflib
import json
import math
import os
import re
import sys
from pathlib import Path

import jsonschema
import yaml

# YAML 1.1 wants a point in the mantissa and a sign in the exponent: it reads 1e-4 and 1.0e4 as text.
NUMBER_WITH_EXPONENT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+")

EX_CONFIG = 78


class ConfigError(Exception):
    """One or more mistakes in the configuration; each line of the text is one of them."""


def stop(error):
    """Says what is wrong and ends Snakemake with the exit status of a faulty configuration."""
    print(*(f"segfold: {line}" for line in str(error).splitlines()), sep="\n", file=sys.stderr)
    sys.exit(EX_CONFIG)


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


def resolve(config, schema_path, files):
    """Returns the configuration with numbers as numbers and each experiment complete, its `extends` followed.

    Raises ConfigError with all mistakes that the schema finds, or else with the first one beyond it.
    """
    schema = json.loads(Path(schema_path).read_text(encoding="utf-8"))
    config = _with_numbers(config)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(config)
    mistakes = [mistake for error in errors for mistake in _describe(error, files)]
    mistakes += [_at(files, keys, "is not a finite number") for keys in _not_finite(config)]
    if mistakes:
        raise ConfigError("\n".join(dict.fromkeys(mistakes)))
    experiments = config["experiments"]
    config["experiments"] = {name: _inherit(name, experiments, files) for name in experiments}
    for name, experiment in config["experiments"].items():
        _check_experiment(name, experiment, experiments[name], files)
    _check_comparable(config["experiments"], files)
    _check_starts(config["experiments"], files)
    _check_comparison(config, files)
    return config


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
    _refuse_duplicates(path, tree, ())
    return tree


def _refuse_duplicates(path, node, keys):
    """YAML itself takes the last of two equal keys, so one of the two would be ignored without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfigError(
                    f"{path}:{key.start_mark.line + 1}: {_dotted(keys)}the key '{key.value}' stands twice"
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


def _with_numbers(value):
    """1e-4 read as text becomes a number; 65.0 and 65 become the same one, so that nothing reruns for the spelling."""
    if isinstance(value, dict):
        return {str(key): _with_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if isinstance(value, str) and NUMBER_WITH_EXPONENT.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _not_finite(value, keys=()):
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _not_finite(item, (*keys, key))
    elif isinstance(value, float) and not math.isfinite(value):
        yield keys


def _dotted(keys):
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".") + (
        ": " if keys else ""
    )


def _at(files, keys, sentence):
    return f"{files.place(keys)}: {_dotted(keys)}{sentence}"


def _nearest(word, known):
    """The known key whose name, or what its title calls it, is most like the word."""
    words = {key: key for key in known}
    for key, schema in known.items():
        words.update(dict.fromkeys([title := schema.get("title", key), title.replace(" ", "_")], key))
    found = difflib.get_close_matches(str(word).lower(), words, n=1, cutoff=0.6)
    return words[found[0]] if found else None


def _describe(error, files):
    """A schema error in one sentence, or several for several unknown keys."""
    keys, value, rule = tuple(error.absolute_path), error.instance, error.validator_value
    example = f", such as {error.schema['examples'][0]}" if "examples" in error.schema else ""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in value:
            if key not in known:
                nearest = _nearest(key, known)
                hint = f", did you mean '{nearest}'?" if nearest else f"; known here are {', '.join(known)}"
                yield f"{files.place((*keys, key))}: {_dotted(keys)}unknown key '{key}'{hint}"
        return
    if error.validator == "required":
        # jsonschema reports each missing key by itself, and names it only in its text.
        missing = re.match(r"'(.*?)' is a required", error.message).group(1)
        inherit = (
            ", or inherit it with 'extends: <experiment>'" if keys[:1] == ("experiments",) and len(keys) == 2 else ""
        )
        yield _at(files, keys, f"the key '{missing}' is missing; add it{inherit}")
        return
    words = {
        "type": lambda: f"must be {_article(rule)}{example}",
        "enum": lambda: "must be " + " or ".join(map(str, rule)),
        "pattern": lambda: f"has the wrong form{example and f'; write it{example}'}",
        "minimum": lambda: f"must be at least {rule}",
        "maximum": lambda: f"must be at most {rule}",
        "exclusiveMinimum": lambda: f"must be above {rule}",
        "exclusiveMaximum": lambda: f"must be below {rule}",
        "minItems": lambda: f"must have at least {rule} values",
        "maxItems": lambda: f"must have at most {rule} values",
        "minProperties": lambda: "must not be empty",
        "uniqueItems": lambda: "holds a value twice",
    }
    sentence = words.get(error.validator, lambda: f"is refused: {error.message}")()
    if "propertyNames" in error.absolute_schema_path:
        sentence += "; letters, digits, _ and - make a name that is not data, shards, logs or benchmarks"
    yield _at(files, keys, f"{_shown(value)} {sentence}")


def _article(type_name):
    names = {"object": "a set of keys", "integer": "a whole number", "string": "text", "array": "a list [a, b]"}
    return names.get(type_name, f"a {type_name}")


def _shown(value):
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _inherit(name, experiments, files, seen=()):
    """The experiment laid over the one it extends; of `augment` and `plateau` single keys can be overridden."""
    own = dict(experiments[name])
    base_name = own.pop("extends", None)
    if base_name is None:
        return own
    place = ("experiments", name, "extends")
    if base_name in (*seen, name):
        raise ConfigError(_at(files, place, f"'{base_name}' in the end extends itself"))
    if base_name not in experiments:
        raise ConfigError(_at(files, place, _unknown_experiment(base_name, experiments)))
    return _overlay(_inherit(base_name, experiments, files, (*seen, name)), own)


def _overlay(base, top):
    merged = dict(base)
    for key, value in top.items():
        merged[key] = _overlay(base[key], value) if isinstance(value, dict) and key in base else value
    return merged


# Settings that act only beside certain values of another one, and what that other one is where it is not given.
ACTS_WITH = {
    "width": ("arch", ("unet",)),
    "encoder_weights": ("arch", ("unet-resnet50",)),
    "class_weights": ("loss", ("weighted-ce",)),
    "ce_weight": ("loss", ("ce-dice",)),
    "dice_weight": ("loss", ("ce-dice",)),
    "momentum": ("optimizer", ("sgd",)),
    "plateau": ("schedule", ("plateau",)),
    "poly_power": ("schedule", ("poly",)),
    "lr_floor": ("schedule", ("poly", "cosine")),
    "warmup_steps": ("schedule", ("poly", "cosine", "constant")),
    "warmup_factor": ("schedule", ("poly", "cosine", "constant")),
}
RANGES = [("augment", "scale"), ("crop", "scale"), *(("occlusion", key) for key in ("rectangles", "area", "aspect"))]
WITHOUT = {"loss": "ce", "optimizer": "adam", "schedule": "plateau"}


def _check_experiment(name, experiment, own, files):
    keys = ("experiments", name)
    for key, (other, values) in ACTS_WITH.items():
        chosen = experiment.get(other, WITHOUT.get(other))
        if key not in experiment or chosen in values:
            continue
        if key in own:
            sentence = f"does nothing beside {other}: {chosen}; remove it, or set {other} to {' or '.join(values)}"
            raise ConfigError(_at(files, (*keys, key), sentence))
        del experiment[key]  # inherited from an experiment where it acts
    if experiment["arch"] == "unet" and "width" not in experiment:
        raise ConfigError(_at(files, keys, "the arch unet needs the key 'width' (64 is the classic one)"))
    _choose_length(experiment, own, keys, files)
    if "init_from" in experiment and experiment.get("encoder_weights", "none") != "none":
        if "encoder_weights" in own:
            raise ConfigError(_at(files, (*keys, "encoder_weights"), "init_from brings an encoder already; remove one"))
        del experiment["encoder_weights"]
    for group, key in RANGES:
        smallest, largest = experiment.get(group, {}).get(key, (0, 0))
        if smallest > largest:
            raise ConfigError(
                _at(files, (*keys, group, key), f"[{smallest}, {largest}] begins with the larger one")
            )
    if min(map(int, experiment["size"].split("x"))) < 32:
        raise ConfigError(
            _at(files, (*keys, "size"), f"{experiment['size']} is too small; 32 rows and columns at least")
        )


def _choose_length(experiment, own, keys, files):
    """Epochs or steps: the experiment's own word replaces the inherited one."""
    if "steps" in own and "epochs" in own:
        raise ConfigError(_at(files, (*keys, "steps"), "the length stands in epochs, too; give one of them"))
    if "steps" in experiment and "epochs" in experiment:
        del experiment["epochs" if "steps" in own else "steps"]


def _check_comparable(experiments, files):
    """All experiments of a study go into one comparison; better to stop here than after days of training."""
    first_name, first = next(iter(experiments.items()))
    for name, experiment in experiments.items():
        if experiment["label_size"] != first["label_size"]:
            sentence = (
                f"{experiment['label_size']} differs from {first_name}'s {first['label_size']}; scores on different label "
                "grids cannot be compared: give both the same, or this one a config of its own"
            )
            raise ConfigError(_at(files, ("experiments", name, "label_size"), sentence))


def _check_starts(experiments, files):
    """What a fine-tuning begins with: another experiment of the same network, and none that begins with this one."""
    for name, experiment in experiments.items():
        seen, at = [name], experiment
        while "init_from" in at:
            place = ("experiments", seen[-1], "init_from")
            start = at["init_from"]
            if start not in experiments:
                raise ConfigError(_at(files, place, _unknown_experiment(start, experiments)))
            if start in seen:
                raise ConfigError(_at(files, place, f"'{start}' in the end begins with its own weights"))
            for key in ("arch", "width"):
                if experiments[start].get(key) != at.get(key):
                    sentence = f"{start} has {key}: {experiments[start].get(key)}, this experiment {at.get(key)}"
                    raise ConfigError(_at(files, place, f"{sentence}; weights fit the same network only"))
            if len(experiments[start]["seeds"]) > 1 and experiments[start]["seeds"] != at["seeds"]:
                raise ConfigError(_at(files, place, f"{start} has other seeds; give both the same, or {start} one"))
            seen.append(start)
            at = experiments[start]


def _check_comparison(config, files):
    shares = config.setdefault("occlusion_curve", [])
    if len(shares) == 1 or shares != sorted(set(shares)):
        raise ConfigError(_at(files, ("occlusion_curve",), f"{shares} is no curve; give two or more rising shares, or []"))
    baseline = config.get("baseline")
    if baseline is not None and baseline not in config["experiments"]:
        raise ConfigError(_at(files, ("baseline",), _unknown_experiment(baseline, config["experiments"])))


def _unknown_experiment(name, experiments):
    nearest = difflib.get_close_matches(name, experiments, n=1)
    hint = f", did you mean '{nearest[0]}'?" if nearest else f"; there are {', '.join(experiments)}"
    return f"no experiment is called '{name}'{hint}"

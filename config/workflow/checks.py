"""What the schema cannot say of an experiment and of the study: better refused here than after days of training."""

import math
import os
import re
from pathlib import Path

from dataset import expanded
from mistakes import ConfigError, at, shown, unknown_experiment

LEAST_SIDE = 32  # rows and columns

# Settings that act only beside certain values of another one.
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
# What an experiment has that does not say.
DEFAULTS = {"loss": "ce", "optimizer": "adam", "schedule": "plateau", "norm": "batch", "encoder_weights": "none"}
RANGES = [("augment", "scale"), ("crop", "scale"), *(("occlusion", key) for key in ("rectangles", "area", "aspect"))]


def mistake_of_dataset(dataset, kinds, files):
    """The sentence about keys of both kinds of data sets, which the schema could only call unknown and missing.

    @param kinds  the schemas of a folder in the Cityscapes layout and of streets that the workflow draws itself
    """
    if not isinstance(dataset, dict):
        return None
    kind = dataset.get("kind", "synthetic")
    folder, drawn = (
        [key for key in kinds[name]["properties"] if key in dataset] for name in ("folder_dataset", "synthetic_dataset")
    )
    as_folder = "a folder of photos is given as layout: cityscapes and root: FOLDER alone, see config/cityscapes.yaml"
    if kind != "synthetic":
        return at(files, ("dataset", "kind"), f"{shown(kind)} must be synthetic; {as_folder}")
    if folder and drawn:
        return at(files, ("dataset", folder[0]), f"goes not together with {', '.join(drawn)}; {as_folder}")
    return None


def check_experiment(name, experiment, own, files):
    """@param own  what the experiment itself says, without what it inherits"""
    _drop_idle(name, experiment, own, files)
    for keys, sentence in _mistakes(experiment, own):
        raise ConfigError(at(files, ("experiments", name, *keys), sentence))


def _drop_idle(name, experiment, own, files):
    for key, (other, values) in ACTS_WITH.items():
        chosen = experiment.get(other, DEFAULTS.get(other))
        if key not in experiment or chosen in values:
            continue
        if key in own:
            sentence = f"does nothing beside {other}: {chosen}; remove it, or set {other} to {' or '.join(values)}"
            raise ConfigError(at(files, ("experiments", name, key), sentence))
        del experiment[key]  # inherited from an experiment where it acts
    if "init_from" in experiment and "encoder_weights" not in own:
        experiment.pop("encoder_weights", None)


def _mistakes(experiment, own):
    """Every mistake as the keys of its place and a sentence."""
    get = lambda key: experiment.get(key, DEFAULTS.get(key))
    if experiment["arch"] == "unet" and "width" not in experiment:
        yield (), "the arch unet needs the key 'width' (64 is the classic one)"
    if "steps" in own and "epochs" in own:
        yield ("steps",), "the length stands in epochs, too; give one of them"
    if "init_from" in experiment and get("encoder_weights") != "none":
        yield ("encoder_weights",), "init_from brings an encoder already; remove one"
    if get("norm") == "group" and get("encoder_weights") != "none":
        yield ("norm",), "encoder_weights hold batch normalisations; choose batch or frozen"
    if get("norm") == "frozen" and "init_from" not in experiment and get("encoder_weights") == "none":
        yield ("norm",), "frozen keeps what the weights begin with; give init_from or encoder_weights"
    if experiment.get("warmup_factor") and not experiment.get("warmup_steps"):
        yield ("warmup_factor",), "does nothing without warmup_steps; remove it, or give those"
    if experiment.get("lr_floor", 0) > experiment["lr"]:
        yield ("lr_floor",), f"{experiment['lr_floor']} is above lr: {experiment['lr']}; give a smaller one"
    if "epochs" in experiment and experiment.get("freeze_encoder_epochs", 0) > experiment["epochs"]:
        yield ("freeze_encoder_epochs",), f"more than the {experiment['epochs']} epochs there are"
    if experiment.get("ce_weight", 1) == 0 and experiment.get("dice_weight", 1) == 0:
        yield ("dice_weight",), "ce_weight is 0, too; give one of them"
    yield from _mistakes_of_sizes(experiment)


def _mistakes_of_sizes(experiment):
    for group, key in RANGES:
        smallest, largest = experiment.get(group, {}).get(key, (0, 0))
        if smallest > largest:
            yield (group, key), f"[{smallest}, {largest}] begins with the larger one"
    stored = _sides(experiment["size"])
    if min(stored) < LEAST_SIDE:
        yield ("size",), f"{experiment['size']} is too small; {LEAST_SIDE} rows and columns at least"
    crop = experiment.get("crop")
    if not crop:
        return
    seen = _sides(crop["size"])
    if min(seen) < LEAST_SIDE:
        yield ("crop", "size"), f"{crop['size']} is too small; {LEAST_SIDE} rows and columns at least"
    larger = any(side > other for side, other in zip(seen, stored))
    if larger and experiment.get("occlusion", {}).get("fill") == "patch":
        yield ("crop", "size"), f"{crop['size']} is larger than the stored {experiment['size']}; choose another occlusion.fill"


def _sides(size):
    return tuple(map(int, size.split("x")))


def check_study(config, files):
    experiments = config["experiments"]
    _check_paths(config, files)
    _check_drawn(config, files)
    _check_folds(config, files)
    _check_comparable(experiments, files)
    for name in experiments:
        _check_start(name, experiments, files)
    _check_comparison(config, files)


def _check_paths(config, files):
    """Of a variable that is not set a folder of its name would be made; braces are wildcards to Snakemake."""
    paths = {("output",): config["output"], ("dataset", "root"): config["dataset"].get("root")}
    for name, experiment in config["experiments"].items():
        paths["experiments", name, "encoder_weights"] = experiment.get("encoder_weights")
    for keys, path in paths.items():
        if path and re.search(r"^~|\$\w|[{}]", expanded(path)):
            sentence = "has a variable or user that is not known here, or braces; write the path itself"
            raise ConfigError(at(files, keys, f"{shown(path)} {sentence}"))
    output = Path(os.path.realpath(expanded(config["output"])))
    there = next(path for path in (output, *output.parents) if os.path.lexists(path))
    if any(path.is_relative_to(output) for path in (Path.cwd(), Path(__file__).resolve())):
        sentence = f"{output} holds the workflow itself; name a folder of its own"
    elif not there.is_dir():
        sentence = f"{there} is no folder; name one, which need not be there"
    elif any(len(os.fsencode(part)) > 255 for part in output.parts):
        sentence = f"{shown(config['output'])} is too long for the name of a folder"
    else:
        return
    raise ConfigError(at(files, ("output",), sentence))


def _check_drawn(config, files):
    """What synthesize and preprocess would refuse. Of a folder of photos only they know how many and how large they are."""
    drawn, shards = config["dataset"], config["shards"]
    if "kind" not in drawn:
        return
    scenes, fewest = drawn["train"] + drawn["val"], min(drawn["train"], drawn["val"])
    if drawn["cities"] > scenes:
        sentence = f"{drawn['cities']} cities of {scenes} scenes; ask for fewer, or raise train or val"
        raise ConfigError(at(files, ("dataset", "cities"), sentence))
    if shards > fewest:
        sentence = f"{shards} files for the {fewest} images of a split; ask for fewer"
        raise ConfigError(at(files, ("shards",), sentence))
    for name, experiment in config["experiments"].items():
        label_size = experiment["label_size"]
        if any(there > here for there, here in zip(_sides(drawn["size"]), _sides(label_size))):
            sentence = f"{label_size} cannot hold label maps of dataset.size {drawn['size']}; give that or more"
            raise ConfigError(at(files, ("experiments", name, "label_size"), sentence))


def _check_folds(config, files):
    """Of a folder of photos only split-folds knows how many there are."""
    folds, drawn = config["folds"], config["dataset"]
    if "kind" not in drawn:
        return
    if folds["count"] > drawn["train"]:
        sentence = f"{folds['count']} folds of {drawn['train']} images; ask for fewer, or raise dataset.train"
        raise ConfigError(at(files, ("folds", "count"), sentence))
    cities = training_cities(drawn)
    if folds["strategy"] == "group" and folds["count"] > cities:
        sentence = (
            f"{folds['count']} folds of {cities} training cities; ask for fewer, raise dataset.cities, or "
            "choose another folds.strategy"
        )
        raise ConfigError(at(files, ("folds", "count"), sentence))


def training_cities(drawn):
    """As synthesize deals them out: to validation its share of them, but some to each split and no city without a scene."""
    train, val, cities = drawn["train"], drawn["val"], drawn["cities"]
    share = math.floor(val / (train + val) * cities + 0.5)
    return cities - min(max(share, 1, cities - train), val, cities - 1)


def _check_comparable(experiments, files):
    """All experiments of a study go into one comparison."""
    first_name, first = next(iter(experiments.items()))
    for name, experiment in experiments.items():
        if experiment["label_size"] != first["label_size"]:
            sentence = (
                f"{experiment['label_size']} differs from {first_name}'s {first['label_size']}; scores on different label "
                "grids cannot be compared: give both the same, or this one a config of its own"
            )
            raise ConfigError(at(files, ("experiments", name, "label_size"), sentence))


def _check_start(name, experiments, files):
    """What a fine-tuning begins with: another experiment of the same network, and none that begins with this one."""
    seen = [name]
    while "init_from" in experiments[seen[-1]]:
        tuned = experiments[seen[-1]]
        place = ("experiments", seen[-1], "init_from")
        start = tuned["init_from"]
        if start not in experiments:
            raise ConfigError(at(files, place, unknown_experiment(start, experiments)))
        if start in seen:
            raise ConfigError(at(files, place, f"'{start}' in the end begins with its own weights"))
        for sentence in _unfit(start, experiments[start], tuned):
            raise ConfigError(at(files, place, sentence))
        seen.append(start)


def _unfit(name, start, tuned):
    for key in ("arch", "width", "norm"):
        there, here = (DEFAULTS.get(key) if key not in one else one[key] for one in (start, tuned))
        if key == "norm":
            there, here = ("batch" if norm == "frozen" else norm for norm in (there, here))
        if there != here:
            yield f"{name} has {key}: {there}, this experiment {here}; weights fit the same network only"
    usual = "unit" if tuned["arch"] == "unet" else "imagenet"
    there, here = (one.get("normalisation", "auto").replace("auto", usual) for one in (start, tuned))
    if there != here:
        yield f"{name} has normalisation: {there}, this experiment {here}; weights expect pictures as they know them"
    if len(start["seeds"]) > 1 and sorted(start["seeds"]) != sorted(tuned["seeds"]):
        yield f"{name} has other seeds; give both the same, or {name} one"


def _check_comparison(config, files):
    shares = config.setdefault("occlusion_curve", [])
    if len(shares) == 1 or shares != sorted(set(shares)):
        raise ConfigError(at(files, ("occlusion_curve",), f"{shares} is no curve; give two or more rising shares, or []"))
    baseline = config.get("baseline")
    if baseline is not None and baseline not in config["experiments"]:
        raise ConfigError(at(files, ("baseline",), unknown_experiment(baseline, config["experiments"])))

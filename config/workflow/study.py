"""What the rules of the Snakefile ask about a resolved configuration: which files, which options, from which data."""

import json
import os
import subprocess
from pathlib import Path

import yaml

from dataset import FolderDataset, SyntheticDataset, expanded
from mistakes import ConfigError, at

# Settings of an experiment that are options of train-fold, with - for _.
TRAINING_KEYS = (
    *("arch", "width", "dropout", "epochs", "steps", "batch_size", "accumulate", "lr", "precision", "normalisation"),
    *("optimizer", "momentum", "weight_decay", "encoder_lr_factor", "freeze_encoder_epochs", "clip_norm", "ema"),
    *("auxiliary_weight", "norm", "loss", "class_weights", "ce_weight", "dice_weight", "label_smoothing"),
    *("schedule", "poly_power", "lr_floor", "warmup_steps", "warmup_factor", "low_res_every", "full_res_every"),
)

# Settings within a group that are the group's own option.
WHOLE_GROUP = {("crop", "size"): "crop", ("occlusion", "probability"): "occlusion"}


class Study:
    def __init__(self, config, results_versions_path, files):
        self.config = config
        self.experiments = config["experiments"]
        self.output = os.path.normpath(expanded(config["output"]))
        self.folds = range(config["folds"]["count"])
        self._versions = json.loads(Path(results_versions_path).read_text(encoding="utf-8"))
        # By their paths, each with the place in the config that names it.
        self._encoder_weights = {
            expanded(given): at(files, ("experiments", name, "encoder_weights"), "")
            for name, settings in self.experiments.items()
            if (given := settings.get("encoder_weights", "none")) != "none"
        }
        _require_encoder_weights(self._encoder_weights)
        self.dataset = SyntheticDataset(self) if "kind" in config["dataset"] else FolderDataset(self, files)

    def look_at_weights(self):
        """Before anything is computed for a training that could not begin. Raises ConfigError."""
        for path, place in self._encoder_weights.items():
            done = subprocess.run(["model-info", "--encoder", path], capture_output=True, text=True)
            if done.returncode:
                raise ConfigError(f"{place}{done.stderr.strip().removeprefix('model-info: error: ')}")

    def version(self, tool):
        """Raised by hand when the tool's outputs change; a rebuild does not change it."""
        return f"results version {self._versions[tool]} of {tool}"

    def resolved_yaml(self):
        """The resolved configuration as a config file that gives the same study, whatever the order of the keys in the
        one that was given. Only the experiments keep theirs: the first of them is special."""
        document = _sorted(self.config) | {"experiments": {k: _sorted(v) for k, v in self.experiments.items()}}
        return yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=100)

    def tools(self):
        used = {"synthesize": self.dataset.marker, "model-info": self._encoder_weights, "score": False}
        return [tool for tool in self._versions if used.get(tool, True)]

    # ---- files -------------------------------------------------------------------------------------------------

    def sizes(self, experiment):
        """Name of the folder of shards that this experiment reads; equal sizes share it."""
        return "{size}-{label_size}".format(**self.experiments[experiment])

    def shards(self, experiment, split):
        return self.shards_of(self.sizes(experiment), split)

    def shards_of(self, sizes, split):
        return [f"{self.output}/shards/{sizes}/{split}-{part}.h5" for part in range(self.config["shards"])]

    def shards_to_split(self):
        """Shards whose names are split into folds: all of them hold the same names, so one experiment's will do."""
        return self.shards(next(iter(self.experiments)), "train")

    def seeds(self, experiment):
        """Seed of each training by its folder: no folder of its own ("") where there is only one."""
        seeds = self.experiments[experiment]["seeds"]
        return {f"seed{seed}/": seed for seed in seeds} if len(seeds) > 1 else {"": seeds[0]}

    def seed_folder_files(self, experiment, name):
        """The file `name` of every seed of an experiment."""
        return [f"{self.output}/{experiment}/{folder}{name}" for folder in self.seeds(experiment)]

    def fold_files(self, experiment, name, seed_folders=None):
        """The file `name` of every fold, of all seeds or of those given."""
        folders = self.seeds(experiment) if seed_folders is None else seed_folders
        return [
            f"{self.output}/{experiment}/{folder}fold{fold}/" + name.format(experiment=experiment, fold=fold)
            for folder in folders
            for fold in self.folds
        ]

    def metrics(self, experiment, seed_folders=None):
        files = ("metrics_lowres.json", "metrics_fullres.json")
        return [path for name in files for path in self.fold_files(experiment, name, seed_folders)]

    def sealed(self, paths):
        """CSV files together with the seals beside them."""
        return [file for path in paths for file in (path, f"{path}.seal.json")]

    def state(self, wildcards):
        """Where a training keeps what it resumes from."""
        return f"{self.output}/.state/{wildcards.experiment}/{wildcards.seed_folder}fold{wildcards.fold}"

    def all_files(self):
        """Every file that the workflow leaves, so that each one comes back when it is deleted."""
        files = [f"{self.output}/config.yaml", f"{self.output}/folds.json", *self.dataset.marker, *self.dataset.missing]
        for sizes in dict.fromkeys(map(self.sizes, self.experiments)):
            files += self.shards_of(sizes, "train") + self.shards_of(sizes, "val")
        for experiment in self.experiments:
            for name in (
                "{experiment}_fold{fold}.pth",
                "{experiment}_fold{fold}_best.pth",
                "metrics_lowres.json",
                "metrics_fullres.json",
                *(["occlusion.json"] if self.config["occlusion_curve"] else []),
                "training_history.png",
                "final_prediction.png",
            ):
                files += self.fold_files(experiment, name)
            files += self.sealed(self.fold_files(experiment, "history.csv"))
            files += self.sealed(self.seed_folder_files(experiment, "summary_metrics.csv"))
        if self.config["occlusion_curve"]:
            files += self.sealed([f"{self.output}/occlusion_curve.csv"]) + [f"{self.output}/occlusion_curve.png"]
        return files + self.sealed([f"{self.output}/comparison.csv"]) + [f"{self.output}/comparison.json"]

    # ---- options -----------------------------------------------------------------------------------------------

    # Sorted: the text decides whether a job is redone, so it must not depend on how a function or the config is ordered.

    def training_options(self, experiment, seed_folder):
        settings = self.experiments[experiment]
        values = {
            "experiment": experiment,
            "seed": self.seeds(experiment)[seed_folder],
            "threads": self.config["threads"],
        }
        for group, prefix in (("augment", ""), ("plateau", "plateau-"), ("crop", "crop-"), ("occlusion", "occlusion-")):
            for key, value in _acting(group, settings).items():
                values |= _option_values(WHOLE_GROUP.get((group, key), f"{prefix}{key}".replace("_", "-")), value)
        values |= {key.replace("_", "-"): settings[key] for key in TRAINING_KEYS if key in settings}
        return _options(values)

    def start_files(self, wildcards):
        """Weights that a training begins with, by the option that takes them."""
        settings = self.experiments[wildcards.experiment]
        files = {}
        if "init_from" in settings:
            start = settings["init_from"]
            folder = wildcards.seed_folder if wildcards.seed_folder in self.seeds(start) else ""
            files["init"] = f"{self.output}/{start}/{folder}fold{wildcards.fold}/{start}_fold{wildcards.fold}.pth"
        if settings.get("encoder_weights", "none") != "none":
            files["encoder-weights"] = expanded(settings["encoder_weights"])
        return files

    def threads_option(self):
        """Bits depend on it: the config's number, even where --cores makes Snakemake's own {threads} smaller."""
        return _options({"threads": self.config["threads"]})

    def occlusion_options(self):
        shares = ",".join(map(str, self.config["occlusion_curve"]))
        return _options({"occlusion": shares, "threads": self.config["threads"]})

    def aggregate_options(self):
        return _options({"expect-folds": len(self.folds)})

    def baseline_option(self):
        return _options({"baseline": self.config.get("baseline", next(iter(self.experiments)))})

    def comparison_options(self):
        return f"{self.aggregate_options()} {self.baseline_option()}"

    def split_options(self):
        folds = self.config["folds"]
        return _options({"folds": folds["count"], "seed": folds["seed"], "strategy": folds["strategy"]})

    def drawing(self):
        """The parameters of a data set that the workflow draws itself."""
        return {name: value for name, value in self.config["dataset"].items() if name != "kind"}

    def synthesize_options(self):
        return _options(self.drawing())

    def preprocess_options(self, wildcards):
        """Validation shards keep the labels at their own size, training shards have them at the images' size."""
        size, label_size = wildcards.sizes.split("-")
        values = {"size": size, "part": f"{wildcards.part}/{self.config['shards']}"}
        if wildcards.split == "val":
            values["label-size"] = label_size
        return _options(values)

    # ---- memory ------------------------------------------------------------------------------------------------

    def training_memory_mb(self, experiment):
        """Estimate for one training: activations, weights with their gradients and moments, libraries and buffers."""
        settings = self.experiments[experiment]
        rows, columns = map(int, settings.get("crop", settings)["size"].split("x"))
        width = settings.get("width", 64) / 64
        kilobytes_per_pixel, weights_mb = (8 * width, 125 * width**2) if settings["arch"] == "unet" else (4, 270)
        activations_mb = settings["batch_size"] * rows * columns * kilobytes_per_pixel / 1024
        return round(1.3 * activations_mb + 7 * weights_mb + 700)

    def evaluation_memory_mb(self, experiment):
        """Likewise for the whole pictures that a finished network takes, one at a time."""
        settings = self.experiments[experiment]
        rows, columns = map(int, settings["size"].split("x"))
        width = settings.get("width", 64) / 64
        kilobytes_per_pixel, weights_mb = (2.5 * width, 125 * width**2) if settings["arch"] == "unet" else (0.7, 270)
        return round(1.3 * rows * columns * kilobytes_per_pixel / 1024 + weights_mb + 700)


def _require_encoder_weights(weights):
    for path, place in weights.items():
        if not os.path.isfile(path):
            raise ConfigError(
                f"{place}{path} is not there; it is torchvision's ResNet50_Weights.IMAGENET1K_V1 "
                "(resnet50-0676ba61.pth, 97.8 MB, its SHA-256 begins with 0676ba61): put the file there, name its place, "
                "or set encoder_weights to none to begin with random weights"
            )


def _sorted(value):
    """A copy with its keys in order; a copy, lest YAML write inherited lists as references."""
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in sorted(value.items())}
    return list(value) if isinstance(value, list) else value


def _acting(group, settings):
    """A group's settings; none of an occlusion that never happens."""
    values = settings.get(group, {})
    return {} if values.get("probability") == 0 else values


def _option_values(name, value):
    """A setting's options: a range [a, b] is two of them."""
    if isinstance(value, list):
        return {f"{name}-min": value[0], f"{name}-max": value[1]}
    return {name: value}


def _options(values):
    return " ".join(f"--{name} {value}" for name, value in sorted(values.items()))

"""A copy of the workflow in a folder of its own, run with fake or with the real tools."""

import copy
import json
import os
import shutil
import sys
from pathlib import Path

import yaml

from snakemake_server import SnakemakeServer

SNAKEMAKE = SnakemakeServer()
REPOSITORY = Path(__file__).resolve().parents[2]
REAL_TOOLS = Path(os.environ.get("SEGFOLD_BUILD", REPOSITORY / "build")) / "bin"
# The rules, in the order in which they are read.
SNAKEFILES = [REPOSITORY / "Snakefile", REPOSITORY / "config" / "workflow" / "figures.smk"]
FAKE_TOOL = Path(__file__).with_name("fake_tools") / "fake_tool.py"
TOOLS = ["synthesize", "preprocess", "split-folds", "train-fold", "eval-fold", "aggregate", "visualize", "model-info"]
FOLDS = 2

EXPERIMENT = {
    "arch": "unet-resnet50",
    "size": "32x64",
    "label_size": "64x128",
    "epochs": 2,
    "batch_size": 2,
    "lr": 0.001,
    "weight_decay": 0,
    "dropout": 0.1,
    "augment": {"scale": [0.8, 1.2], "flip": 0.5, "brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "hue": 0.05},
    "plateau": {"factor": 0.1, "patience": 10, "threshold": 0.0001},
    "seeds": [1],
    "low_res_every": 1,
    "full_res_every": 2,
    "precision": "fp32",
}
CONFIG = {
    "dataset": {"kind": "synthetic", "train": 6, "val": 2, "size": "64x128", "cities": 2, "seed": 1},
    "output": "results",
    "shards": 2,
    "threads": 1,
    "folds": {"count": FOLDS, "seed": 42, "strategy": "shuffle"},
    "occlusion_curve": [0, 0.5],
    "experiments": {
        "unet_resnet50": EXPERIMENT,
        "small": {"extends": "unet_resnet50", "arch": "unet", "width": 8},
    },
}


def tiny_config():
    """Of a study that the real tools run in seconds: a fine-tuning follows a training."""
    config = copy.deepcopy(CONFIG)
    config["dataset"] |= {"train": 6, "val": 2, "size": "64x64"}
    config["folds"]["count"] = FOLDS
    config["threads"] = 2  # more than the one core of the first run: the bits must not follow the cores
    tiny = config["experiments"].pop("unet_resnet50")
    tiny |= {"arch": "unet", "width": 8, "size": "32x32", "label_size": "64x64", "epochs": 2}
    tuned = {"extends": "unet_resnet50", "init_from": "unet_resnet50", "epochs": 1, "loss": "ce-dice"}
    config["experiments"] = {"unet_resnet50": tiny, "unet": tuned | {"occlusion": {"probability": 0.5}}}
    return config


class Sandbox:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.config_file = self.folder / "config" / "config.yaml"
        self.results = self.folder / "results"
        self.calls_file = self.folder / "calls.jsonl"

    @classmethod
    def make(cls, folder, config=CONFIG, tools=None):
        """@param tools  folder of the executables; None: fake ones"""
        sandbox = cls(folder)
        sandbox.folder.mkdir(parents=True)
        shutil.copy(REPOSITORY / "Snakefile", sandbox.folder)
        shutil.copytree(REPOSITORY / "config", sandbox.folder / "config", ignore=shutil.ignore_patterns("__pycache__"))
        (sandbox.folder / "tools").mkdir()
        shutil.copy(REPOSITORY / "tools" / "results_versions.json", sandbox.folder / "tools")
        if tools:
            (sandbox.folder / "bin").symlink_to(tools)
        else:
            (sandbox.folder / "bin").mkdir()
            for tool in TOOLS:
                (sandbox.folder / "bin" / tool).symlink_to(FAKE_TOOL)
        sandbox.write_config(config)
        return sandbox

    def copy(self, folder):
        """The same with all it has made, times included."""
        shutil.copytree(self.folder, folder, symlinks=True)
        copied = Sandbox(folder)
        copied.calls_file.unlink(missing_ok=True)
        return copied

    def write_config(self, config):
        self.config_file.write_text(yaml.safe_dump(config, sort_keys=False))

    def set_results_version(self, tool, version):
        path = self.folder / "tools" / "results_versions.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {tool: version}))

    def command(self, *arguments):
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]

    def environment(self, **more):
        # Tools that the caller has on the PATH must not stand in for those of the sandbox.
        others = [part for part in os.environ["PATH"].split(os.pathsep) if not (Path(part) / "train-fold").exists()]
        path = os.pathsep.join([str(self.folder / "bin"), str(Path(sys.executable).parent), *others])
        profile = str(self.folder / "config" / "profiles" / "default")
        fake = {"FAKE_CALLS": str(self.calls_file)}
        return os.environ | {"PATH": path, "SNAKEMAKE_PROFILE": profile} | fake | more

    def snakemake(self, *arguments, status=0, **environment):
        done = SNAKEMAKE.run(["--cores", "2", *arguments], self.folder, self.environment(**environment))
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def jobs(self, *arguments, **environment):
        """Runs the workflow; returns the calls of (fake) tools it made, in short and sorted: "train-fold small 0"."""
        self.calls_file.unlink(missing_ok=True)
        self.snakemake(*arguments, **environment)
        return self.calls()

    def calls(self):
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        return sorted(_in_short(*json.loads(line)) for line in lines)

    def files(self):
        """Every file of the results but logs, benchmarks and what is private."""
        hidden = {"logs", "benchmarks", ".state"}
        found = (path.relative_to(self.results) for path in self.results.rglob("*") if path.is_file())
        return {str(path) for path in found if path.parts[0] not in hidden}

    def contents(self):
        return {name: (self.results / name).read_bytes() for name in self.files()}


def _in_short(tool, *arguments):
    """Tool and the place of its output in the results, e.g. "eval-fold small/fold0/metrics_lowres.json"."""
    for option in ("--output", "--comparison", "--occlusion-table"):
        if option in arguments:
            output = Path(arguments[arguments.index(option) + 1])
            return f"{tool} {Path(*output.parts[1:])}"
    raise AssertionError(arguments)


def fold_jobs(experiment, fold, seed_folder=""):
    """What a training and what follows it within its fold calls."""
    folder = f"{experiment}/{seed_folder}fold{fold}"
    return [f"train-fold {folder}/{experiment}_fold{fold}.pth", *after_training(experiment, fold, seed_folder)]


def after_training(experiment, fold, seed_folder=""):
    folder = f"{experiment}/{seed_folder}fold{fold}"
    return [
        f"eval-fold {folder}/metrics_lowres.json",
        f"eval-fold {folder}/metrics_fullres.json",
        f"visualize {folder}/training_history.png",
        f"visualize {folder}/final_prediction.png",
        f"eval-fold {folder}/occlusion.json",
    ]


def experiment_jobs(experiment, seed_folder="", folds=FOLDS):
    jobs = [job for fold in range(folds) for job in fold_jobs(experiment, fold, seed_folder)]
    return [*jobs, f"aggregate {experiment}/{seed_folder}summary_metrics.csv"]


COMPARISON = "aggregate comparison.csv"
COMPARISONS = [COMPARISON, "aggregate occlusion_curve.csv", "visualize occlusion_curve.png"]
SPLIT = "split-folds folds.json"
SHARDS = [f"preprocess shards/32x64-64x128/{split}-{part}.h5" for split in ("train", "val") for part in range(2)]

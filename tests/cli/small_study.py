"""Everything a small study has, and each tool's options with which it does its work on it."""

import shutil
from types import SimpleNamespace

from cli_support import run, run_well


def make_study(folder):
    """Everything a small study has: six training scenes of 32x64, two for validation, a network of width 4."""
    data = folder / "data"
    run_well("synthesize", "-q", "--output", data, "--size", "32x64", "--train", 6, "--val", 2, "--cities", 4)
    for shard, split, size in (("train", "train", "32x64"), ("val", "val", "32x64"), ("small", "val", "16x32")):
        run_well(
            "preprocess",
            *("-q", "--images", data / "leftImg8bit" / split, "--labels", data / "gtFine" / split),
            *("--size", size, "--output", folder / f"{shard}.h5"),
        )
    run_well("split-folds", "-q", "--shards", folder / "train.h5", "--output", folder / "folds.json")
    run_well("split-folds", "-q", "--shards", folder / "val.h5", "--folds", 2, "--output", folder / "other.json")
    paths = SimpleNamespace(folder=folder, data=data, text=folder / "text", empty=folder / "empty")
    paths.predictions = folder / "predictions"
    paths.predictions.mkdir()
    paths.text.write_text("neither a shard nor a picture\n")
    paths.empty.mkdir()
    run_well("train-fold", *listed(arguments("train-fold", paths, folder)))
    run_well("eval-fold", *listed(arguments("eval-fold", paths, folder)))
    for truth in (data / "gtFine" / "val").rglob("*_gtFine_labelIds.png"):
        shutil.copy(truth, paths.predictions / truth.name.replace("_gtFine_labelIds", "_prediction"))
    return paths


def arguments(tool, study, out):
    """Options with which the tool does its work, writing to the folder `out` only."""
    folder = study.folder
    train = study.data / "leftImg8bit" / "train", study.data / "gtFine" / "train"
    return {
        "synthesize": {"--output": out / "data", "--size": "32x64", "--train": 2, "--val": 1, "--cities": 2},
        "preprocess": {"--images": train[0], "--labels": train[1], "--size": "32x64", "--output": out / "x.h5"},
        "split-folds": {"--shards": folder / "train.h5", "--output": out / "folds.json"},
        "train-fold": {
            **{"--shards": folder / "train.h5", "--folds": folder / "folds.json", "--fold": 0},
            **{"--output": out / "m.pth", "--history": out / "h.csv", "--state": out / "state"},
            **{"--arch": "unet", "--width": 4, "--epochs": 1, "--workers": 1, "--threads": 1, "--device": "cpu"},
        },
        "eval-fold": {
            **{"--model": folder / "m.pth", "--shards": folder / "train.h5", "--output": out / "metrics.json", "--resolution": "low"},
            **{"--folds": folder / "folds.json", "--fold": 0, "--threads": 1, "--device": "cpu"},
        },
        "aggregate": {"--metrics": folder / "metrics.json", "--comparison": out / "c.csv"},
        "score": {
            **{"--predictions": study.predictions, "--labels": study.data / "gtFine" / "val", "--output": out / "r.json"},
        },
        "model-info": {folder / "m.pth": None},
        "visualize": {"curves": None, "--history": folder / "h.csv", "--output": out / "p.png"},
        "visualize prediction": {
            **{"prediction": None, "--model": folder / "m.pth", "--shards": folder / "val.h5"},
            **{"--count": 1, "--output": out / "p.png", "--device": "cpu"},
        },
        "visualize samples": {
            **{"samples": None, "--shards": folder / "val.h5", "--output": out / "p.png"},
        },
    }[tool]


def listed(options):
    return [word for option in options.items() for word in option if word is not None]


def assert_problems_listed(done, status, *parts):
    """As assert_refused, for several problems: a line that counts them, then a line for each."""
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (status, "")
    assert f"error: {len(parts)} problems" in lines[0]
    assert len(lines) == 1 + len(parts), done.stderr
    for part in parts:
        assert part in done.stderr


def run_with(study, out, command, **changes):
    """Runs a tool with some options changed; `lr` stands for --lr, `batch_size` for --batch-size."""
    changes = {"--" + name.replace("_", "-"): value for name, value in changes.items()}
    return run(command.split()[0], *listed(arguments(command, study, out) | changes))


def assert_nothing_left(folder):
    assert [path for path in folder.rglob("*") if not path.is_dir()] == []

"""What the tools work on here: a study of eight scenes of 32x64 and a network of width 4, made once by the tools."""

import os
import re
import shutil
import subprocess
import threading
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SEGFOLD_BUILD", ROOT / "build"))
BIN = Path(os.environ.get("SEGFOLD_BIN", BUILD / "bin"))

CPU = {"--threads": 1, "--device": "cpu"}
# What makes other outputs of the same form: they stand where a tool is to write, and must survive its failure.
OLDER = {
    "synthesize": {"--seed": 2},
    "preprocess": {"--interpolation": "linear"},
    "split-folds": {"--seed": 7},
    "train-fold": {"--seed": 2},
    "eval-fold": {"--resolution": "full"},
    "eval-fold predictions": {"--model": "m1.pth"},
    "aggregate": {"--bootstrap": 200},
    "score": {"--per-image": None},
    "visualize curves": {"--title": "older"},
    "visualize prediction": {"--model": "m1.pth"},
    "visualize samples": {"--seed": 7},
}
QUICK = ["synthesize", "preprocess", "split-folds", "aggregate", "score"]  # without LibTorch: tens of milliseconds
WRITERS = list(OLDER)


def listed(options):
    """A command line's words: a tuple is an option's several values, None an option without one, False leaves it out."""
    words = []
    for name, value in options.items():
        if value is not False:
            values = value if isinstance(value, tuple) else (value,)
            words += [name] * (name != "FILE") + [str(one) for one in values if one is not None]
    return words


def training(folder, out, fold, suffix=""):
    return {
        **{"--shards": folder / "train.h5", "--folds": folder / "folds.json", "--fold": fold, **CPU, "--workers": 1},
        **{"--output": out / f"m{suffix}.pth", "--history": out / f"h{suffix}.csv", "--state": out / "state"},
        **{"--arch": "unet", "--width": 4, "--epochs": 4, "--low-res-every": 2, "--full-res-every": 4},
        "--val-shards": folder / "val.h5",
    }


class Study:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.lock = threading.Lock()
        self.known, self.seconds = {}, {}
        data = folder / "data"
        self.run("synthesize", {"--output": data, "--size": "32x64", "--train": 6, "--val": 2, "--cities": 4})
        self.images, self.labels = data / "leftImg8bit", data / "gtFine"
        for split in ("train", "val"):
            self.run("preprocess", self.options("preprocess", folder) | {
                "--images": self.images / split, "--labels": self.labels / split, "--output": folder / f"{split}.h5"})  # fmt: skip
        self.run("split-folds", self.options("split-folds", folder))
        for fold in (0, 1):
            self.run("train-fold", training(folder, folder, fold, fold))
            for resolution in ("low", "full"):
                options = self.options("eval-fold", folder) | {"--resolution": resolution, "--model": folder / f"m{fold}.pth"}
                options |= {"--fold": fold, "--output": folder / f"{resolution}{fold}.json"}
                if resolution == "full":
                    options = {name: value for name, value in options.items() if not name.startswith("--fold")}
                    options["--shards"] = folder / "val.h5"
                self.run("eval-fold", options)
        self.run("train-fold", training(folder, folder, 0, "s") | {"--output": folder / "m0.safetensors"})
        self.run("eval-fold", self.options("eval-fold predictions", folder))
        stopped = training(folder, folder, 0) | {"--state": folder / "state", "--stop-after-epoch": 2}
        self.run("train-fold", stopped, status=75)

    def run(self, tool, options, status=0):
        done = subprocess.run([BIN / tool, "-q", *listed(options)], capture_output=True, text=True, timeout=120)
        if done.returncode != status:
            raise SystemExit(f"tests/fault: error: the study cannot be made: {tool}: {done.stderr}")

    def options(self, name, out):
        """With which a tool does its work here, writing into the folder `out` only."""
        here = self.folder
        scored = tuple(here / f"{resolution}{fold}.json" for fold in (0, 1) for resolution in ("low", "full"))
        histories = (here / "h0.csv", here / "h1.csv")
        shown = {"--shards": here / "val.h5", "--count": 1, "--output": out / "p.png", "--threads": 1}
        on_val = {"--model": here / "m0.pth", "--shards": here / "val.h5", "--output": out / "metrics.json", **CPU}
        held_out = {"--shards": here / "train.h5", "--folds": here / "folds.json", "--fold": 0, "--resolution": "low"}
        return {
            "synthesize": lambda: {"--output": out / "data", "--size": "32x64", "--train": 2, "--val": 1, "--cities": 2},
            "preprocess": lambda: {
                **{"--images": self.images / "train", "--labels": self.labels / "train", "--size": "32x64"},
                **{"--output": out / "x.h5", "--threads": 1},
            },
            "split-folds": lambda: {"--shards": here / "train.h5", "--folds": 2, "--output": out / "folds.json"},
            "train-fold": lambda: training(here, out, 0),
            "train-fold resume": lambda: training(here, out, 0),
            "train-fold long": lambda: training(here, out, 0) | {"--epochs": 40, "--low-res-every": 10, "--full-res-every": 20},
            "eval-fold": lambda: {**on_val, **held_out},
            "eval-fold predictions": lambda: {**on_val, "--predictions": out / "predictions"},
            "aggregate": lambda: {
                **{"--metrics": scored, "--histories": histories, "--output": out / "summary.csv", "--bootstrap": 100},
                **{"--comparison": out / "c.csv", "--comparison-json": out / "c.json"},
            },
            "score": lambda: {
                **{"--predictions": here / "predictions", "--labels": self.labels / "val", "--output": out / "r.json"},
            },
            "visualize curves": lambda: {"curves": None, "--history": histories, "--output": out / "p.png"},
            "visualize prediction": lambda: {"prediction": None, "--model": here / "m0.pth", "--device": "cpu", **shown},
            "visualize samples": lambda: {"samples": None, **shown},
            "model-info safetensors": lambda: {"FILE": here / "m0.safetensors", "--json": None},
            "model-info": lambda: {"FILE": here / "m0.pth", "--json": None},
        }[name]()

    def words(self, name, out, changes=None, quiet=True):
        """The whole command line of `name`, with some options changed."""
        options = self.options(name, out) | (changes or {})
        return [str(BIN / name.split()[0]), *listed(options), *(["-q"] if quiet else [])]

    def older(self, name):
        changes = OLDER[name]
        return {key: self.folder / value if key == "--model" else value for key, value in changes.items()}

    def result(self, name, older=False):
        """A folder with what `name` writes when nothing disturbs it, made once; `older`: with the changes of OLDER."""
        with self.lock:
            if (name, older) not in self.known:
                out = self.folder / "results" / f"{name}{'-older' * older}"
                out.mkdir(parents=True)
                words = self.words(name, out, self.older(name) if older else None)
                started = time.monotonic()
                done = subprocess.run(words, capture_output=True, text=True, timeout=120)
                self.seconds[name] = time.monotonic() - started
                if done.returncode:
                    raise SystemExit(f"tests/fault: error: {' '.join(words)} ends with {done.returncode}: {done.stderr}")
                (out / "stdout").write_text(done.stdout)
                self.known[name, older] = out
        return self.known[name, older]

    def outputs(self, name, older=False):
        return {path: content for path, content in look(self.result(name, older)).items() if path != "stdout"}

    def prepare(self, name, out, older):
        """Puts into `out` what stands there before `name` is started."""
        out.mkdir(parents=True, exist_ok=True)
        if name == "train-fold resume":
            shutil.copytree(self.folder / "state", out / "state")
        elif older:
            shutil.copytree(self.result(name, True), out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("stdout"))


def look(folder):
    """Content by path of all that lies in a folder but saved states; without the times in a history, and what follows
    from them in its seal. A table beside a seal of another one adds an entry of its own."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    found = {path: content for path, content in found.items() if not path.startswith("state/")}
    for path in [path for path in found if f"{path}.seal.json" in found]:
        content, seal = found[path], found[f"{path}.seal.json"]
        digest = sha256(content).hexdigest().encode()
        if digest not in seal:
            found[f"{path} is torn"] = b""
        if content.startswith(b"epoch,"):
            found[path] = b"\n".join(line.rsplit(b",", 3)[0] for line in content.splitlines())
            found[f"{path}.seal.json"] = re.sub(rb'"sha256": *"[0-9a-f]{64}"', b"", seal, count=1)
    return found

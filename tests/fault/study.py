"""What the tools work on here: a study of eight scenes of 32x64 and a network of width 4, made once by the tools."""

import os
import re
import subprocess
import threading
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SEGFOLD_BUILD", ROOT / "build"))
BIN = Path(os.environ.get("SEGFOLD_BIN", BUILD / "bin"))

TRAINING = """--shards {here}/train.h5 --folds {here}/folds.json --val-shards {here}/val.h5 --arch unet --width 4
    --threads 1 --device cpu --workers 1 --low-res-every 2 --full-res-every 4"""
EVALUATION = "--threads 1 --device cpu --output {out}/metrics.json"
HELD_OUT = "--shards {here}/train.h5 --folds {here}/folds.json --resolution low"
SCENES = "--images {here}/data/leftImg8bit/%s --labels {here}/data/gtFine/%s --size 32x64 --threads 1"
SCORED = "--metrics {here}/low0.json {here}/full0.json {here}/low1.json {here}/full1.json"
MADE_BY = [
    "synthesize --output {here}/data --size 32x64 --train 6 --val 2 --cities 4",
    f"preprocess --output {{here}}/train.h5 {SCENES}" % ("train", "train"),
    f"preprocess --output {{here}}/val.h5 {SCENES}" % ("val", "val"),
    "split-folds --shards {here}/train.h5 --folds 2 --output {here}/folds.json",
    f"train-fold --fold 0 --epochs 4 --output {{here}}/m0.pth --history {{here}}/h0.csv --state {{here}}/s {TRAINING}",
    f"train-fold --fold 1 --epochs 4 --output {{here}}/m1.pth --history {{here}}/h1.csv --state {{here}}/s {TRAINING}",
    f"train-fold --fold 0 --epochs 4 --output {{here}}/m0.safetensors --history {{here}}/h.csv --state {{here}}/s {TRAINING}",
    f"eval-fold --model {{here}}/m0.pth --fold 0 {HELD_OUT} {EVALUATION} --output {{here}}/low0.json",
    f"eval-fold --model {{here}}/m1.pth --fold 1 {HELD_OUT} {EVALUATION} --output {{here}}/low1.json",
    f"eval-fold --model {{here}}/m1.pth --shards {{here}}/val.h5 {EVALUATION} --output {{here}}/full1.json",
    f"eval-fold --model {{here}}/m0.pth --shards {{here}}/val.h5 {EVALUATION} --output {{here}}/full0.json"
    " --predictions {here}/predictions",
    f"train-fold --fold 0 --epochs 4 --output {{here}}/m.pth --history {{here}}/h.csv --state {{here}}/state {TRAINING}"
    " --stop-after-epoch 2",
]
TRAIN = f"--fold 0 --epochs 4 --output {{out}}/m.pth --history {{out}}/h.csv --state {{out}}/state {TRAINING}"
# How each tool works here; it writes into the folder {out} only. The word after its name tells several uses apart.
COMMANDS = {
    "synthesize": "--output {out}/data --size 32x64 --train 2 --val 1 --cities 2",
    "preprocess": f"--output {{out}}/x.h5 {SCENES}" % ("train", "train"),
    "split-folds": "--shards {here}/train.h5 --folds 2 --output {out}/folds.json",
    "train-fold": TRAIN,
    "train-fold resume": TRAIN,
    "train-fold long": f"{TRAIN} --epochs 30 --low-res-every 10 --full-res-every 20",
    "eval-fold": f"--model {{here}}/m0.pth --fold 0 {HELD_OUT} {EVALUATION}",
    "eval-fold predictions": f"--model {{here}}/m0.pth --shards {{here}}/val.h5 {EVALUATION} --predictions {{out}}/predictions",
    "aggregate": f"{SCORED} --histories {{here}}/h0.csv {{here}}/h1.csv --bootstrap 100 --output {{out}}/summary.csv"
    " --comparison {out}/c.csv --comparison-json {out}/c.json",
    "score": "--predictions {here}/predictions --labels {here}/data/gtFine/val --output {out}/r.json",
    "visualize curves": "curves --history {here}/h0.csv {here}/h1.csv --output {out}/p.png",
    "visualize prediction": "prediction --model {here}/m0.pth --shards {here}/val.h5 --count 1 --device cpu --threads 1"
    " --output {out}/p.png",
    "visualize samples": "samples --shards {here}/val.h5 --count 1 --threads 1 --output {out}/p.png",
    "model-info": "{here}/m0.pth --json",
    "model-info safetensors": "{here}/m0.safetensors --json",
}
# What makes other outputs of the same form: they stand where a tool is to write, and must survive its failure.
OLDER = {
    **{"synthesize": {"--seed": 2}, "preprocess": {"--interpolation": "linear"}, "split-folds": {"--seed": 7}},
    **{"train-fold": {"--seed": 2}, "eval-fold": {"--resolution": "full"}, "score": {"--per-image": ()}},
    **{"eval-fold predictions": {"--model": "{here}/m1.pth"}, "visualize prediction": {"--model": "{here}/m1.pth"}},
    **{"aggregate": {"--bootstrap": 200}, "visualize curves": {"--title": "older"}, "visualize samples": {"--seed": 7}},
}
WRITERS = list(OLDER)
QUICK = ["synthesize", "preprocess", "split-folds", "aggregate", "score", "model-info"]  # without LibTorch: in no time


class Study:
    def __init__(self, folder):
        self.folder, self.lock, self.results, self.seconds = folder, threading.RLock(), {}, {}
        folder.mkdir()
        for line in MADE_BY:
            tool, *words = line.format(here=folder, out=folder).split()
            words = self.words(tool, folder, parsed(words), of={})
            self.run(words, 75 if "--stop-after-epoch" in words else 0)

    def run(self, words, status=0):
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        if done.returncode != status:
            raise SystemExit(f"tests/fault/run: error: {' '.join(words)} ends with {done.returncode}: {done.stderr}")
        return done

    def options(self, name, out):
        return parsed(COMMANDS[name].format(here=self.folder, out=out).split())

    def words(self, name, out, changes=None, quiet=True, of=None):
        """A command line: a change is an option's value, a tuple of them, or None to leave it out; "" is what stands
        before the options."""
        options = (self.options(name, out) if of is None else of) | (changes or {})
        words = [str(BIN / name.split()[0])]
        for option, value in options.items():
            if value is not None:
                values = value if isinstance(value, tuple) else (value,)
                words += [option] * bool(option) + [str(one).format(here=self.folder) for one in values]
        return words + ["-q"] * quiet

    def result(self, name, older=False):
        """A folder with what `name` writes when nothing disturbs it, made once; `older`: with the changes of OLDER."""
        with self.lock:
            if (name, older) not in self.results:
                out = self.folder / "results" / f"{name.replace(' ', '-')}{'-older' * older}"
                out.mkdir(parents=True)
                started = time.monotonic()
                done = self.run(self.words(name, out, OLDER[name] if older else None))
                self.seconds[name] = time.monotonic() - started
                (out / "stdout").write_text(done.stdout)
                self.results[name, older] = out
        return self.results[name, older]

    def outputs(self, name, older=False):
        return {path: content for path, content in look(self.result(name, older)).items() if path != "stdout"}


def parsed(words):
    options = {"": ()}
    for word in words:
        if word.startswith("--"):
            options[option := word] = ()
        else:
            options[option if len(options) > 1 else ""] += (word,)
    return options


def look(folder):
    """Content by path of all that lies in a folder but saved states; without the times in a history, and what follows
    from them in its seal. A table beside a seal of another one adds an entry of its own."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    found = {path: content for path, content in found.items() if not path.startswith("state/")}
    for path in [path for path in found if path.endswith(".csv")]:
        content, seal = found[path], found.get(f"{path}.seal.json", b"")
        if seal and sha256(content).hexdigest().encode() not in seal:
            found[f"{path} is torn"] = b""
        if content.startswith(b"epoch,"):
            found[path] = b"\n".join(line.rsplit(b",", 3)[0] for line in content.splitlines())
    for path in [path for path in found if path.endswith(".csv.seal.json")]:
        found[path] = re.sub(rb'"sha256": *"[0-9a-f]{64}"', b"", found[path], count=1)
    return found

#!/usr/bin/env python3
"""Stands in for every tool of the workflow, called by the tool's name, in milliseconds.

It accepts only options that the real tools have (test_style.py holds the workflow's use of them against the real ones),
writes a line of JSON about each call to $FAKE_CALLS, and outputs that depend, like the real ones', on the options that
shape results and on the content of what was read, on nothing else.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

TRAINING_OPTIONS = """arch epochs batch-size lr weight-decay dropout scale-min scale-max flip brightness contrast
saturation hue low-res-every full-res-every precision seed""".split()
MORE_TRAINING_OPTIONS = """plateau-factor plateau-patience plateau-threshold width steps accumulate normalisation optimizer
momentum encoder-lr-factor freeze-encoder-epochs clip-norm ema loss class-weights ce-weight dice-weight label-smoothing
schedule poly-power lr-floor warmup-steps warmup-factor crop crop-scale-min crop-scale-max crop-max-class-share occlusion
occlusion-rectangles-min occlusion-rectangles-max occlusion-area-min occlusion-area-max occlusion-aspect-min
occlusion-aspect-max occlusion-fill occlusion-label auxiliary-weight norm""".split()


def declare(tool, parser):
    one = lambda *names, **more: [parser.add_argument(f"--{name}", required=True, **more) for name in names]
    one_or_more = lambda *names: one(*names, nargs="+")
    parser.add_argument("--threads", type=int)
    if tool in ("preprocess", "split-folds", "train-fold", "eval-fold"):
        parser.add_argument("--dry-run", action="store_true")
    if tool == "synthesize":
        one("output", "train", "val", "size", "cities", "seed")
    elif tool == "preprocess":
        one("images", "labels", "size", "output", "part")
        parser.add_argument("--label-size")
    elif tool == "split-folds":
        one_or_more("shards")
        one("output", "folds", "seed", "strategy")
    elif tool == "train-fold":
        one_or_more("shards", "val-shards")
        one("folds", "fold", "experiment", "output", "history", "state")
        for name in TRAINING_OPTIONS:
            parser.add_argument(f"--{name}", required=True)
        for name in [*MORE_TRAINING_OPTIONS, "init", "encoder-weights"]:
            parser.add_argument(f"--{name}")
    elif tool == "eval-fold":
        one_or_more("shards")
        one("model", "output")
        parser.add_argument("--resolution")
        parser.add_argument("--occlusion")
        parser.add_argument("--folds")
        parser.add_argument("--fold")
    elif tool == "aggregate":
        parser.add_argument("--metrics", nargs="+")
        parser.add_argument("--expect-folds")
        parser.add_argument("--baseline")
        parser.add_argument("--comparison-json")
        parser.add_argument("--occlusion-curves", nargs="+")
        parser.add_argument("--occlusion-table")
        parser.add_argument("--histories", nargs="+")
        parser.add_argument("--output")
        parser.add_argument("--comparison")
    elif tool == "visualize":
        parser.add_argument("kind", choices=["curves", "prediction", "occlusion"])
        parser.add_argument("--history", nargs="+")
        parser.add_argument("--curves", nargs="+")
        parser.add_argument("--model")
        parser.add_argument("--shards", nargs="+")
        one("output")
    elif tool == "model-info":
        parser.add_argument("--encoder", required=True, metavar="FILE", dest="file")
    else:
        sys.exit(f"{tool}: no such tool")


def read_all(paths):
    """Digest of what was read. A missing input is an error, as it is for the real tools."""
    return [hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] for path in paths if path]


def write(path, *made_of):
    path = Path(path)
    text = json.dumps(made_of, sort_keys=True) + "\n"
    if "--dry-run" in sys.argv and not path.is_file():
        sys.exit(66)
    if "--dry-run" in sys.argv and path.read_text() != text:
        print(f"error: {path}: was made by another run", file=sys.stderr)
        sys.exit(65)
    if "--dry-run" not in sys.argv:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def synthesize(args):
    for split, count in (("train", args.train), ("val", args.val)):
        for index in range(int(count)):
            for folder, ending in (("leftImg8bit", "leftImg8bit"), ("gtFine", "gtFine_labelIds")):
                write(f"{args.output}/{folder}/{split}/a/a_000000_{index:06}_{ending}.png", args.seed, args.size)
    version = json.loads(Path("tools/results_versions.json").read_text())["synthesize"]
    parameters = {name: int(getattr(args, name)) for name in ("train", "val", "cities", "seed")} | {"size": args.size}
    document = {"splits": {}, "seal": {"parameters": parameters, "results_version": version}}
    Path(f"{args.output}/dataset.json").write_text(json.dumps(document))


def preprocess(args):
    photos = sorted(Path(args.images).rglob("*_leftImg8bit.png"))
    labels = sorted(Path(args.labels).rglob("*_gtFine_labelIds.png"))
    if not photos or len(photos) != len(labels):
        sys.exit(f"preprocess: error: {args.images}: no pairs")
    write(args.output, read_all(photos + labels), args.size, args.label_size, args.part)


def split_folds(args):
    write(args.output, read_all(args.shards), args.folds, args.seed, args.strategy)


def train_fold(args):
    def interrupted(*_):
        print("train-fold: interrupted, state saved; run again", file=sys.stderr, flush=True)
        sys.exit(75)

    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    if not args.dry_run:
        print("train-fold: epoch 1", file=sys.stderr, flush=True)
        while Path(os.environ["FAKE_CALLS"]).read_text().count('["train-fold"') < int(os.environ.get("FAKE_TRAININGS_AT_ONCE", 1)):
            time.sleep(0.01)  # for ever where there are not as many at a time
        time.sleep(float(os.environ.get("FAKE_TRAINING_SECONDS", 0)))
    made_of = read_all([*args.shards, *args.val_shards, args.folds, args.init, args.encoder_weights])
    made_of += [args.fold, args.experiment, args.threads] + [
        getattr(args, name.replace("-", "_")) for name in TRAINING_OPTIONS + MORE_TRAINING_OPTIONS
    ]
    write(args.output, made_of)
    write(args.output.removesuffix(".pth") + "_best.pth", made_of, "best")
    write(args.history, made_of)
    write(f"{args.history}.seal.json", made_of)


def eval_fold(args):
    write(args.output, read_all([args.model, *args.shards, args.folds]), args.fold, args.resolution, args.occlusion,
          args.threads)


def aggregate(args):
    output = args.output or args.comparison or args.occlusion_table
    made_of = read_all((args.metrics or []) + (args.histories or []) + (args.occlusion_curves or []))
    write(output, made_of, args.expect_folds, args.baseline)
    write(f"{output}.seal.json", made_of)
    if args.comparison_json:
        write(args.comparison_json, made_of, args.baseline)


def visualize(args):
    write(args.output, args.kind, read_all((args.history or []) + (args.curves or []) + [args.model] + (args.shards or [])))


def model_info(args):
    if Path(args.file).read_text() == "damaged":
        print(f"model-info: error: {args.file}: holds no ResNet-50", file=sys.stderr)
        sys.exit(65)


def main():
    tool = Path(sys.argv[0]).name
    parser = argparse.ArgumentParser(prog=tool, allow_abbrev=False)
    declare(tool, parser)
    args = parser.parse_args()
    if "--dry-run" not in sys.argv and tool != "model-info":
        with open(os.environ["FAKE_CALLS"], "a", encoding="utf-8") as calls:
            calls.write(json.dumps([tool, *sys.argv[1:]]) + "\n")
    globals()[tool.replace("-", "_")](args)


if __name__ == "__main__":
    main()

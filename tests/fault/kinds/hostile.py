"""Things of another kind where a file is expected, monsters, and names and texts that would steer a terminal."""

import json
import os
import re
import shutil

from study import QUICK, look
from support import Try, Wrong, compare, judge, parts

ABOUT = "hostile inputs and names"
INPUTS = """preprocess --images, preprocess --labels, score --predictions, score --labels, split-folds --shards,
    split-folds --config, aggregate --metrics, aggregate --histories, model-info, train-fold --shards, train-fold --val-shards,
    train-fold --folds, train-fold --init, train-fold --encoder-weights, eval-fold --model, visualize curves --history"""
FOLDERS = ["--images", "--labels", "--predictions"]
COLOUR = "\x1b[31mred\x1b]0;title\x07\x9b2J"


def other_kind(path, option):
    if option in FOLDERS:
        path.write_text("a file")
    else:
        path.mkdir()


def sparse(path, _):
    path.touch()
    os.truncate(path, 1 << 40)


# What stands in the place of a file or folder, and the statuses that are right; the last two in the long form alone.
MONSTERS = {
    "fifo": (lambda path, _: os.mkfifo(path), {66}),
    "link to itself": (lambda path, _: path.symlink_to(path.name), {66, 74}),
    "/dev/zero": (lambda path, _: path.symlink_to("/dev/zero"), {66}),
    "other kind": (other_kind, {66}),
    "empty": (lambda path, _: path.touch(), {65, 66}),
    "deep JSON": (lambda path, _: path.write_bytes(b"[" * 1_000_000), {64, 65, 66}),
    "deep TOML": (lambda path, _: path.write_bytes(b"seed = " + b"[" * 200_000), {64, 65, 66}),
    "a terabyte": (sparse, {64, 65, 66}),
    "long list": (lambda path, _: path.write_bytes(b"[" + b"0," * 60_000_000 + b"0]"), {64, 65, 66}),
}


def instead(place, name, option, monster):
    """2 GiB are more than a tool may want for what it refuses; LibTorch's own reserve more."""
    ending = ".pth" if option in ("", "--init", "--model", "--encoder-weights") else ""
    path = place.folder / f"hostile{ending}"
    make, allowed = MONSTERS[monster]
    make(path, option)
    wrap = ["prlimit", f"--as={2 << 30}"] if name in QUICK else ()
    network = {"--arch": "unet-resnet50", "--width": None} if option == "--encoder-weights" else {}
    judge(place.call(name, {option: path} | network, wrap=wrap, timeout=20), allowed)
    compare(look(place.out), {}, "is refused, but")


def coloured_text(place, source, change, name, option):
    """The text of a file is changed."""
    copy = place.folder / f"copy of {source}"
    copy.write_text(change((place.study.folder / source).read_text()))
    judge(place.call(name, {option: copy}), {64, 65})


def coloured_name(place):
    copy = shutil.copytree(place.study.folder / "data/leftImg8bit/train", place.folder / f"of {COLOUR}")
    photo = min(copy.rglob("*.png"))
    photo.rename(photo.with_name(f"{COLOUR}{photo.name}"))
    judge(place.call("preprocess", {"--images": copy}), {65, 66})


COLOURED = {
    "metrics": ("low0.json", lambda text: json.dumps(json.loads(text) | {"format": COLOUR}), "aggregate", "--metrics"),
    "folds": ("folds.json", lambda text: text.replace('"shuffle"', json.dumps(COLOUR), 1), "eval-fold", "--folds"),
    "history": ("h0.csv", lambda text: text.replace("epoch", COLOUR, 1), "visualize curves", "--history"),
    "config": ("folds.json", lambda _: f'strategy = "{COLOUR}"', "split-folds", "--config"),
    "key of config": ("folds.json", lambda _: f'"{COLOUR}" = 1', "split-folds", "--config"),
}
# What stands beside an output takes a part of the longest name: _best, .seal.json.
NAMES = """synthesize --output 255, preprocess --output .h5 255, split-folds --output .json 255, score --output .json 255,
    aggregate --comparison .csv 245, train-fold --output .pth 250, train-fold --history .csv 245, eval-fold --output .json 255,
    eval-fold predictions --predictions 255, visualize curves --output .png 255"""


def long_name(place, name, option, ending, longest):
    """The longest name that a file system admits is admitted; a longer one is refused before the work."""
    path, longer = (place.out / ("n" * (length - len(ending)) + ending) for length in (int(longest), 256))
    judge(place.call(name, {option: path}), {0})
    if path.name not in parts(look(place.out)):
        raise Wrong(f"ends with 0, but there is no {option} of {longest} bytes")
    judge(place.call(name, {option: longer}, timeout=20), {64, 73})


def tries(long):
    for use, name, option in re.findall(r"((\w[\w -]*?) ?(--\S+|)),", INPUTS.replace("\n   ", "") + ","):
        for monster in [*MONSTERS][: None if long else -2] if long or name in QUICK else []:
            if option != "--config" or monster != "empty":  # which is a file of no options
                yield Try(f"{use}/{monster}", instead, name, option, monster)
    yield Try("control characters/name of a photo", coloured_name)
    for what, given in COLOURED.items():
        yield Try(f"control characters/{what}", coloured_text, *given)
    for use, *given in re.findall(r"((\w[\w -]*) (--\w+)) ?(\.\w+|) (\d+)", NAMES)[: None if long else 5]:
        yield Try(f"long names/{use}", long_name, *given)

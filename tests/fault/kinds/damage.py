"""Damaged files: each is refused with one sentence, or the outputs are byte for byte those of the whole file."""

import io
import json
import shutil

import h5py
from study import look
from support import Try, Wrong, compare, judge

ABOUT = "damaged files"


def flip_bits(content, random):
    for _ in range(random.choice([1, 1, 1, 2, 8])):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def cut(content, random):
    del content[random.randrange(len(content)) :]


def zero(content, random):
    """A hole, or a page that never reached the disk."""
    size = random.choice([16, 512, 4096])
    start = random.randrange(0, len(content), min(size, len(content)))
    content[start : start + size] = bytes(len(content[start : start + size]))


def swap_words(content, random):
    """Pairs of words of 0x0000 become 0xFFFF or the reverse, which a sum in ones' complement does not notice."""
    pairs = [start for start in range(0, len(content) - 3, 2) if content[start : start + 4] in (bytes(4), b"\xff" * 4)]
    if not pairs:
        return flip_bits(content, random)
    start = random.choice(pairs)
    for place in range(start, min(start + 4 * random.choice([1, 2, 16, 128]), len(content) - 3), 4):
        if content[place : place + 4] not in (bytes(4), b"\xff" * 4):
            break
        content[place : place + 4] = bytes(byte ^ 255 for byte in content[place : place + 4])


def grow(content, random):
    content += random.choice([bytes(1), bytes(4096), random.randbytes(17), bytes(content)])


def overwrite(content, random):
    start, size = random.randrange(len(content)), random.choice([4, 64, 1024])
    content[start : start + size] = random.randbytes(len(content[start : start + size]))


DAMAGES = [flip_bits, cut, zero, swap_words, grow, overwrite]
# The file, or a pattern of files in the folder that the option names; the command that reads it, the option, and how
# often it is damaged in the short and in the long form.
FILES = {
    "shard, for folds": ("train.h5", "split-folds", "--shards", 6, 2000),
    "shard, for scores": ("train.h5", "eval-fold", "--shards", 6, 1400),
    "folds.json": ("folds.json", "eval-fold", "--folds", 1, 300),
    ".pth": ("m0.pth", "model-info", "", 6, 1200),
    ".pth, for scores": ("m0.pth", "eval-fold", "--model", 1, 200),
    ".safetensors": ("m0.safetensors", "model-info safetensors", "", 6, 1200),
    ".safetensors, for scores": ("m0.safetensors", "eval-fold", "--model", 1, 200),
    "metrics.json": ("low0.json", "aggregate", "--metrics", 6, 1200),
    "history.csv": ("h0.csv", "aggregate", "--histories", 4, 600),
    "history.csv.seal.json": ("h0.csv.seal.json", "aggregate", "--histories", 4, 600),
    "photo": ("*.png", "preprocess", "--images", 4, 1000),
    "label map": ("*_labelIds.png", "preprocess", "--labels", 4, 1000),
    "prediction": ("*.png", "score", "--predictions", 4, 400),
    "state": ("state.safetensors", "train-fold resume", "--state", 2, 200),
    "best weights of a state": ("best.safetensors", "train-fold resume", "--state", 2, 200),
    "config.toml": ("config.toml", "split-folds", "--config", 6, 300),
}
CONFIG = '# how to split\nfolds = 2\nseed = 42\nstrategy = "shuffle"\n'


def copied(place, name, command, option):
    """A copy of the file, and the changes of the options with which the command reads it."""
    copy, given = place.folder / name, place.study.options(command, place.out).get(option)
    if option == "--config":
        copy.write_text(CONFIG)
        return copy, {"--folds": None, option: copy}
    if option == "--state":
        place.prepare(command)
        return next(place.out.rglob(name)), {}
    if "*" in name:
        folder = shutil.copytree(given[0], place.folder / "copy")
        return place.random.choice(sorted(folder.rglob(name))), {option: folder}
    for whole in place.study.folder.glob(f"{name.removesuffix('.seal.json')}*"):
        shutil.copy(whole, place.folder)
    read = place.folder / name.removesuffix(".seal.json")
    return copy, {option: tuple(read if len(given) == 1 or file.endswith(f"/{read.name}") else file for file in given)}


def told(text):
    """What model-info says of a file, but for what is of each copy another."""
    return {key: value for key, value in json.loads(text).items() if key not in ("file", "bytes", "sha256")}


def unsealed(outputs):
    found = {}
    for path, content in outputs.items():
        if path.endswith(".json"):
            found[path] = {key: value for key, value in json.loads(content).items() if key != "seal"}
        else:
            with h5py.File(io.BytesIO(content)) as shard:
                found |= {f"{path}:{name}": data[()].tobytes() for name, data in shard.items() if name != "names"}
                found[f"{path}:names"] = b" ".join(shard["names"][()])
    return found


def damaged(place, kind, damage):
    name, command, option, *_ = FILES[kind]
    file, changes = copied(place, name, command, option)
    content = bytearray(file.read_bytes())
    damage(content, place.random)
    file.write_bytes(content)
    done = place.call(command, changes)
    if option == "--config":  # it has no checksum, and may well say something right
        return judge(done, {0, 64, 65, 66})
    judge(done, {0, 65, 66})
    if done.status != 0:
        return compare(look(place.out), {}, "is refused, but")
    now, whole = (look(folder) for folder in (place.out, place.study.result(command)))
    whole.pop("stdout")
    if "*" in name:  # whose bytes, harmless ones too, have their digest in the seal of what was made of them
        now, whole = unsealed(now), unsealed(whole)
    compare(now, whole, "reads it without a word, but")
    if option == "" and told(done.out) != told((place.study.result(command) / "stdout").read_text()):
        raise Wrong("says something else of it, with 0")


def tries(long):
    for kind, (*_, few, many) in FILES.items():
        for number in range(many if long else few):
            damage = DAMAGES[number % len(DAMAGES)]
            yield Try(f"{kind}/{damage.__name__}/{number}", damaged, kind, damage)

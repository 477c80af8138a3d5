"""The rows of the table: what is measured, what is proved equal first, and the bar."""

import csv
import statistics
import subprocess
import time
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from official_scorer import differences, official_scores, our_scores
from PIL import Image
from probe import BUILD, tool, weights_of, write_exchange
from reference import make_model, randomise
from workers import alternate, median_ratio, our_worker, peer_worker

FIRST_LOSS = {"fp32": 1e-5, "bf16": 1e-2}  # relative
UNDECIDED = 1e-5  # two logits nearer than this are told apart by rounding
CLASSES, IGNORE = 19, 255


class Unequal(Exception):
    """Two sides that are to be timed do not compute the same."""


@dataclass
class Row:
    what: str
    ours: str
    peer: str
    ratio: str
    bar: str
    met: bool | None = None  # None: no bar

    def markdown(self):
        result = {True: "met", False: "**not met**", None: ""}[self.met]
        return f"| {self.what} | {self.ours} | {self.peer} | {self.ratio} | {self.bar} | {result} |"


def time_text(seconds):
    """The median, in the unit that suits it."""
    median = statistics.median(seconds)
    return f"{median:.3g} s" if median >= 1 else f"{median * 1e3:.3g} ms"


def ratio_row(what, ours, peer_name, peer, bar):
    ratio = median_ratio(peer, ours)
    return Row(what, time_text(ours), f"{time_text(peer)} ({peer_name})", f"{ratio:.2f}×",
               "" if bar is None else f"≥ {bar:.1f}×", None if bar is None else ratio >= bar)


def training_input(path, size, batches):
    """Weights of UNet-ResNet50 and random pictures, for all sides."""
    generator = torch.Generator().manual_seed(1)
    tensors = weights_of(randomise(make_model("unet-resnet50"), seed=1))
    for i in range(batches):
        labels = torch.randint(0, CLASSES, (2, 1, 8, 16), generator=generator).float()
        labels = F.interpolate(labels, size=size)[:, 0].to(torch.uint8)
        labels[:, : size[0] // 10] = IGNORE
        tensors |= {f"batch:{i}:images": torch.randint(0, 256, (2, *size, 3), generator=generator).to(torch.uint8),
                    f"batch:{i}:labels": labels, f"batch:{i}:keys": torch.tensor([2 * i, 2 * i + 1])}
    write_exchange(path, tensors, dict(arch="unet-resnet50", classes=CLASSES, width=64, dropout=0.1, lr=1e-4, batches=batches))
    return {"input": str(path)}


def losses(worker, count):
    return [worker.ask("step")["loss"] for _ in range(count)]


def relative(value, expected):
    return abs(value / expected - 1)


def require_equal_training(ours, peer, folder, log):
    """Ten fp32 steps at a small size: as near to PyTorch as twice the distance of its two memory layouts."""
    given = training_input(folder / "small.safetensors", (64, 128), batches=4)
    ours.ask("open training", precision="fp32", **given)
    mine = losses(ours, 10)
    made = {}
    for layout in ("contiguous", "channels_last"):
        peer.ask("open training", precision="fp32", layout=layout, fused=False, **given)
        made[layout] = losses(peer, 10)
    first = relative(mine[0], made["contiguous"][0])
    apart = max(map(relative, mine, made["contiguous"]))
    own = max(map(relative, made["channels_last"], made["contiguous"]))
    log(f"ten fp32 steps, 2×64×128: first loss {first:.1e} apart, the rest {apart:.1e}; PyTorch's layouts {own:.1e}")
    if first > FIRST_LOSS["fp32"] or apart > 2 * max(own, FIRST_LOSS["fp32"]):
        raise Unequal("training steps lose something else than PyTorch's")


def require_equal_first_loss(ours, peer, precision, log):
    apart = relative(ours.ask("step")["loss"], peer.ask("step")["loss"])
    log(f"first loss in {precision}, 2×256×512: {apart:.1e} apart")
    if not apart <= FIRST_LOSS[precision]:
        raise Unequal(f"the first loss in {precision} differs by {apart:.1e}")


def training_rows(threads, rounds, folder, log):
    size, what = (256, 512), "training step, UNet–ResNet50, 2×256×512"
    with our_worker(threads) as ours, peer_worker(threads, tuned=True) as tuned, peer_worker(threads, tuned=False) as users:
        require_equal_training(ours, users, folder, log)
        given = training_input(folder / "full.safetensors", size, batches=2)
        ours.ask("open training", precision="fp32", **given)
        users.ask("open training", precision="fp32", layout="contiguous", fused=False, **given)
        require_equal_first_loss(ours, users, "fp32", log)
        precision = ours.ask("open training", precision="auto", **given)["precision"]
        tuned.ask("open training", precision=precision, layout="channels_last", fused=True, **given)
        require_equal_first_loss(ours, tuned, precision, log)
        sides = {"ours": ours, "tuned": tuned, "users": users}
        seconds = alternate({name: lambda side=side: side.ask("step") for name, side in sides.items()}, rounds)
    return [
        ratio_row(f"{what}, {precision}", seconds["ours"], f"tuned PyTorch, {precision}", seconds["tuned"], 1.0),
        ratio_row("the same", seconds["ours"], "PyTorch as users run it, fp32", seconds["users"], None),
    ]


def evaluation_input(path, head, output):
    """Logits with regions and borders, as a network's have, and a label map with void pixels."""
    generator = torch.Generator().manual_seed(2)
    coarse = torch.randn(1, CLASSES, head[0] // 16, head[1] // 16, generator=generator) * 4
    logits = F.interpolate(coarse, size=head, mode="bilinear", align_corners=False)[0]
    labels = F.interpolate(coarse, size=output)[0].argmax(0).to(torch.uint8)
    labels[-output[0] // 10:] = IGNORE
    write_exchange(path, {"logits": logits + 0.1 * torch.randn(logits.shape, generator=generator), "labels": labels}, {})
    return {"input": str(path)}


def require_equal_counts(ours, peer, log):
    mine, theirs = ours.ask("evaluate")["confusion"], peer.ask("evaluate", choice="max")["confusion"]
    moved = sum(abs(a - b) for a, b in zip(mine, theirs, strict=True)) // 2
    undecided = peer.ask("undecided", gap=UNDECIDED)["pixels"]
    log(f"confusion counts: {moved} of {sum(mine)} pixels differ, {undecided} are undecided (gap < {UNDECIDED})")
    if sum(mine) != sum(theirs) or moved > undecided:
        raise Unequal("the fused evaluation counts something else than the chain of operators")


def evaluation_rows(threads, rounds, folder, log):
    with our_worker(threads) as ours, peer_worker(threads, tuned=True) as tuned, peer_worker(threads, tuned=False) as users:
        given = evaluation_input(folder / "logits.safetensors", (512, 1024), (1024, 2048))
        for side in (ours, tuned, users):
            side.ask("open evaluation", **given)
        require_equal_counts(ours, tuned, log)
        asks = {"ours": lambda: ours.ask("evaluate"), "tuned": lambda: tuned.ask("evaluate", choice="max"),
                "users": lambda: users.ask("evaluate", choice="argmax")}
        seconds = alternate(asks, 3 * rounds)
    what = "evaluation, 19×512×1024 → 1024×2048 → confusion"
    return [ratio_row(what, seconds["ours"], "tuned, `max().indices`", seconds["tuned"], 10.0),
            ratio_row("the same", seconds["ours"], "as users run it, `argmax`", seconds["users"], None)]


def write_predictions(truths, folder, random):
    """A tenth of the blocks of each truth predicted as another class."""
    folder.mkdir()
    for path in truths:
        truth = np.array(Image.open(path))
        wrong = np.kron(random.random((truth.shape[0] // 16, truth.shape[1] // 16)) < 0.1, np.ones((16, 16), bool))
        prediction = np.where(wrong, np.roll(truth, 64, axis=1), truth).astype(np.uint8)
        Image.fromarray(prediction).save(folder / path.name.replace("_gtFine_labelIds", ""))


def timed(action):
    start = time.perf_counter()
    action()
    return {"seconds": time.perf_counter() - start}


def score_rows(threads, rounds, folder, log):
    """The official scores of 20 pairs of 1024×2048: our tool and cityscapesScripts as pip installs it, both whole, and
    the floor: a program that decodes the pairs' 60 files and ends."""
    run_tool("synthesize", "--output", folder, "--train", 1, "--val", 20, "--size", "1024x2048")
    truths = sorted((folder / "gtFine" / "val").rglob("*_gtFine_labelIds.png"))
    write_predictions(truths, folder / "results", np.random.default_rng(3))
    if places := list(differences(our_scores(folder), official_scores(folder))):
        raise Unequal(f"the scores differ from the official ones at {', '.join(places)}")
    log("all scores equal the official ones")
    instances = [path.with_name(path.name.replace("labelIds", "instanceIds")) for path in truths]
    maps = [*(folder / "results").iterdir(), *truths, *instances]
    decode = [BUILD / "tests" / "segfold_decode_maps", str(threads), *maps]
    sides = {"ours": lambda: timed(lambda: our_scores(folder)), "official": lambda: timed(lambda: official_scores(folder)),
             "floor": lambda: timed(lambda: subprocess.run(decode, check=True))}
    seconds = alternate(sides, max(3, rounds // 3), warm_up=1)
    what = "official scores of 20 pairs, 1024×2048"
    return [ratio_row(what, seconds["ours"], "cityscapesScripts", seconds["official"], 8.0),
            ratio_row("the same", seconds["ours"], "decoding their 60 PNGs alone", seconds["floor"], None)]


def run_tool(name, *arguments):
    done = subprocess.run([tool(name), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr.strip()}")


def epoch_rows(threads, rounds, folder, log):
    """One real epoch of the study's network from shards, as train-fold reports it."""
    scenes, shard = folder / "scenes", folder / "train.h5"
    log("synthesize, preprocess, split-folds and an epoch of train-fold, 24 samples of 256×512")
    run_tool("synthesize", "--output", scenes, "--train", 30, "--val", 1, "--size", "256x512")
    run_tool("preprocess", "--images", scenes / "leftImg8bit" / "train", "--labels", scenes / "gtFine" / "train",
             "--size", "256x512", "--output", shard)
    run_tool("split-folds", "--shards", shard, "--folds", 5, "--output", folder / "folds.json")
    run_tool("train-fold", "--shards", shard, "--folds", folder / "folds.json", "--fold", 0, "--epochs", 1, "--output",
             folder / "model.safetensors", "--history", folder / "history.csv", "--state", folder / "state",
             "--threads", threads)
    with open(folder / "history.csv", newline="") as file:
        epoch = list(csv.DictReader(file))[-1]
    share, rate = float(epoch["data_wait"]), float(epoch["images_per_second"])
    return [Row("one epoch from the shards, 256×512: waiting for data", f"{share:.2%} of the time ({rate:.2g} images/s)", "",
                "", "≤ 3 %", share <= 0.03)]


START_UP = {"split-folds": 50, "aggregate": 50, "score": 50, "model-info": 50, "preprocess": 100, "synthesize": 100, "train-fold": 350,
            "eval-fold": 350, "visualize": 350}


def seconds_to_start(name):
    start = time.perf_counter()
    run_tool(name, "--version")
    return time.perf_counter() - start


def start_up_rows(threads, rounds, folder, log):
    rows = []
    for name, bar in START_UP.items():
        if not tool(name).exists():
            raise RuntimeError(f"{tool(name)} was not built")
        seconds_to_start(name)  # its libraries come from the disk once
        seconds = [seconds_to_start(name) for _ in range(rounds)]
        rows.append(Row(f"start-up, `{name} --version`", time_text(seconds), "", "", f"< {bar} ms",
                        statistics.median(seconds) * 1e3 < bar))
    return rows


ROWS = {"training": training_rows, "evaluation": evaluation_rows, "score": score_rows, "epoch": epoch_rows, "start-up": start_up_rows}

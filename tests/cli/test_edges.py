"""Every value that an option admits works: a training at each edge of each option's range ends, and ends well."""

import math
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from cli_support import run
from small_study import arguments, listed

TINY = 5e-324  # the smallest number above 0
BELOW_1 = math.nextafter(1, 0)

# Edges of what help and error messages admit, with the options beside which they act. A training takes one line of each
# group, since those of different groups do not touch each other.
OPTIMIZER = [
    *("--optimizer adam", "--optimizer adamw", "--optimizer sgd", f"--optimizer sgd --momentum {BELOW_1}"),
    *("--optimizer sgd --momentum 0", "--weight-decay 0", f"--weight-decay {BELOW_1}"),
    *(f"--weight-decay {BELOW_1} --optimizer adamw", f"--weight-decay {BELOW_1} --optimizer sgd"),
    *("--encoder-lr-factor 0", "--encoder-lr-factor 1000", f"--clip-norm {TINY}", "--clip-norm 1e9"),
    *("--ema 0", f"--ema {TINY}", f"--ema {BELOW_1}", "--freeze-encoder-epochs 0", "--freeze-encoder-epochs 1"),
    *("--precision auto", "--precision fp32", "--precision bf16", f"--lr {TINY}"),
]
SCHEDULE = [
    *("--schedule plateau", "--schedule constant", "--schedule poly", "--schedule cosine"),
    *(f"--plateau-factor {TINY}", f"--plateau-factor {BELOW_1}", "--plateau-patience 0", f"--plateau-patience {2**31 - 1}"),
    *("--plateau-threshold 0", f"--plateau-threshold {BELOW_1}"),
    *(f"--poly-power {TINY} --schedule poly", "--poly-power 10 --schedule poly"),
    *("--lr-floor 0 --schedule cosine", f"--lr-floor {TINY} --schedule poly", "--warmup-steps 0 --schedule constant"),
    *(f"--warmup-steps 1 --warmup-factor {TINY} --schedule poly", "--warmup-steps 1 --warmup-factor 1 --schedule cosine"),
]
LOSS = [
    *("--loss ce", "--loss weighted-ce", "--loss ce-dice", "--label-smoothing 0", f"--label-smoothing {BELOW_1}"),
    *(f"--class-weights {kind} --loss weighted-ce" for kind in ("inverse", "median", "effective", "enet")),
    *(f"--{part}-weight {weight} --loss ce-dice" for part in ("ce", "dice") for weight in (0, 1e6)),
    *("--norm batch", "--norm group", f"--auxiliary-weight {TINY}", "--auxiliary-weight 100"),
]
REST = [
    *("--dropout 0", f"--dropout {BELOW_1}", "--batch-size 1", "--batch-size 4096", "--accumulate 1", "--accumulate 4096"),
    *("--seed 0", f"--seed {2**64 - 1}", "--low-res-every 1", f"--low-res-every {2**31 - 1}", "--steps 2"),
    *("--normalisation auto", "--normalisation imagenet", "--normalisation unit", "--workers 1", "--workers 256"),
    *("--flip 0", "--flip 1", "--hue 0", "--hue 0.5", "--occlusion 0", "--occlusion 1"),
]
GROUPS = (OPTIMIZER, SCHEDULE, LOSS, REST)
# These may end in a loss that is no number, which is told.
WILD = ["--lr 99.9", "--lr 99.9 --encoder-lr-factor 1000"]
TRAININGS = [" ".join(group[i % len(group)] for group in GROUPS) for i in range(max(map(len, GROUPS)))] + WILD


@pytest.fixture(scope="module")
def ended(study, tmp_path_factory):
    """How each training ended; they run side by side, since each has one thread."""

    def end(words):
        out = tmp_path_factory.mktemp("edge")
        given = arguments("train-fold", study, out)
        for option, value in zip(words.split()[::2], words.split()[1::2]):
            given[option] = value
        if "--steps" in given:
            del given["--epochs"]
        else:
            given["--epochs"] = 2
        return run("train-fold", *listed(given))

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return list(zip(TRAININGS, pool.map(end, TRAININGS)))


def test_every_edge_trains_or_tells_that_the_loss_is_no_number(ended):
    faults = []
    for words, done in ended:
        told = done.returncode == 65 and "loss is" in done.stderr and words in WILD
        if not (done.returncode == 0 or told):
            faults.append(f"{words}: {done.returncode} {done.stderr.splitlines()[-1]}")
    assert not faults, "\n".join(faults)


def test_no_option_of_a_training_is_left_out():
    help_text = run("train-fold", "--help").stdout
    offered = {word.strip(",")[2:] for word in help_text.split() if word.startswith("--")}
    tried = {word[2:] for words in TRAININGS for word in words.split() if word.startswith("--")}
    files = {"shards", "folds", "fold", "output", "history", "state", "val-shards", "init", "encoder-weights"}
    machine = {"help", "version", "config", "threads", "quiet", "verbose", "device", "dry-run", "fresh", "stop-after-epoch"}
    elsewhere = {"experiment", "arch", "width", "epochs", "full-res-every"}  # widths and epochs only cost time
    pictures = {name for name in offered if name.startswith(("crop", "occlusion-", "scale-"))}
    pictures |= {"brightness", "contrast", "saturation"}  # their edges are test_bad_input's, of visualize samples
    assert offered - files - machine - elsewhere - pictures - tried == set()

"""Bad options and paths to every tool: one line on stderr that names the thing, the documented exit status, no file left."""

import os
import re
import shutil

import pytest
from cli_support import assert_refused, run, run_well
from small_study import arguments, assert_nothing_left, listed, run_with

TOOLS = ["synthesize", "preprocess", "split-folds", "train-fold", "eval-fold", "aggregate", "score", "model-info", "visualize"]
TORCH_TOOLS = ["train-fold", "eval-fold", "visualize"]


@pytest.mark.parametrize("tool", TOOLS)
def test_help_and_version(tool):
    done = run(tool, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--config" in done.stdout and "--threads" in done.stdout
    done = run(tool, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tool} ")
    assert re.search(r"^results version +[1-9]\d*$", done.stdout, re.M)
    for part in ("LibTorch", "HDF5", "OpenCV", "SIMD"):
        assert part in done.stdout
    assert ("CUDA" in done.stdout) == (tool in TORCH_TOOLS)


@pytest.mark.parametrize("tool", TOOLS)
def test_command_line_mistakes(tool, study, tmp_path):
    words = listed(arguments(tool, study, tmp_path))
    assert_refused(run(tool, *words, "--thread", 2), 64, "--thread", "did you mean --threads?")
    assert_refused(run(tool, *words, "surplus"), 64, "surplus")
    assert_refused(run(tool, "--thread", 2), 64, "--thread", "did you mean --threads?")
    assert_refused(run(tool, *words, "--threads"), 64, "--threads")
    assert_refused(run(tool, *words, "--threads", -1), 64, "--threads")
    assert_refused(run(tool, *words, "--threads", 10**9), 64, "--threads")
    assert_refused(run(tool, *words, "--threads", "many"), 64, "--threads", "many")
    assert_refused(run(tool, *words, "-q", "-v"), 64, "--quiet")
    # What aggregate needs depends on what it is to write.
    assert_refused(run(tool), 64, "nothing to write" if tool == "aggregate" else "required")
    assert_nothing_left(tmp_path)


def test_a_mistyped_command_is_told_alone(study, tmp_path):
    options = listed(arguments("visualize", study, tmp_path))[1:]
    assert_refused(run("visualize", "curvs", *options), 64, "error: unknown command 'curvs', did you mean curves?; visualize")
    assert_refused(run("visualize", "pie"), 64, "unknown command 'pie'; known are curves, prediction, samples, occlusion;")
    assert_refused(run("visualize", *options), 64, "a command is required first: curves, prediction, samples, occlusion;")
    assert_refused(run("visualize", "--history=x"), 64, "a command is required first: curves, ")
    assert_refused(run("visualize"), 64, "a command is required first: curves, ")
    assert_refused(run("visualize", "curves", "samples", *options), 64, "unknown argument 'samples'; visualize")


UNREADABLE = [
    ("train-fold", "lr", "abc", "--lr: expected a number such as 0.0001, got 'abc'"),
    ("train-fold", "epochs", 1.5, "--epochs: expected a whole number such as 65, got '1.5'"),
    ("train-fold", "batch-size", 3000000000, "--batch-size: 3000000000 is out of range"),
    ("train-fold", "epochs", -99999999999999999999, "--epochs: -99999999999999999999 is out of range"),
    ("train-fold", "crop", "32*64", "--crop: '32*64' is no size; write HEIGHTxWIDTH"),
    ("eval-fold", "occlusion", "0,a", "--occlusion: expected a number, got '0,a'"),
    ("eval-fold", "fold", "a", "--fold: expected a whole number, got 'a'"),
    ("synthesize", "train", "abc", "--train: expected a whole number such as 24, got 'abc'"),
    ("synthesize", "size", "32*64", "--size: '32*64' is no size; write HEIGHTxWIDTH"),
    ("visualize samples", "flip", "x", "--flip: expected a number such as 0.5, got 'x'"),
]


@pytest.mark.parametrize("command, option, value, sentence", UNREADABLE)
def test_a_value_of_another_form_is_told_with_its_option(command, option, value, sentence, study, tmp_path):
    assert_refused(run_with(study, tmp_path, command, **{option: value}), 64, f"error: {sentence}")


@pytest.mark.parametrize("tool", TOOLS)
def test_config_files(tool, study, tmp_path):
    out, config = tmp_path / "out", tmp_path / "c.toml"
    out.mkdir()
    words = listed(arguments(tool, study, out))
    config.write_text("thread = 2\n")
    assert_refused(run(tool, *words, "--config", config), 64, f"{config}: unknown key 'thread', did you mean threads?")
    if "--threads" not in words:  # the command line would win
        config.write_text('threads = "many"\n')
        assert_refused(run(tool, *words, "--config", config), 64, "many")
    assert_refused(run(tool, *words, "--config", tmp_path / "none.toml"), 66, "none.toml")
    assert_nothing_left(out)


def test_a_config_file_gives_options(study, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('folds = 2\nstrategy = "group"\n')
    done = run_well("split-folds", *listed(arguments("split-folds", study, tmp_path)), "--config", config)
    assert "in 2 folds by 'group'" in done.stderr


ABSURD = {
    "synthesize": {
        "size": ["0x64", "-32x64", "32", "32x64x3", "nanx64", "99999x64", "1x1"],
        "train": [-1, "1e99", "many", 10**12],
        "cities": [0, 99],
        "seed": [-1],
    },
    "preprocess": {
        "size": ["0x0", "32x99999", "16384x16384"],
        "label_size": ["0x64", "big"],
        "part": ["2/2", "-1/2", "0/0", "1", "a/b", "7/100"],
        "interpolation": ["cubic"],
    },
    "train-fold": {
        "lr": [-1e-4, 0, "nan", "inf", "fast"],
        "epochs": [0, -1, 10**9],
        "batch_size": [0, 10**6],
        "width": [0, 10**6],
        "dropout": [1, "nan"],
        "arch": ["unet-resnet18"],
        "precision": ["fp16"],
        "device": ["gpu"],
        "fold": [3, -1, "first"],
        "workers": [0],
        "seed": [-1],
        "weight_decay": [-1],
        "plateau_factor": [2],
        "low_res_every": [0],
        "scale_min": [0, "nan"],
        "flip": [1.5],
        "hue": [0.6],
        "accumulate": [0],
        "ema": [1, "nan"],
        "clip_norm": [-1],
        "encoder_lr_factor": [-1],
        "freeze_encoder_epochs": [-1, 10**9],
        "auxiliary_weight": [-1],
        "norm": ["layer"],
        "normalisation": ["zero"],
        "optimizer": ["lion"],
        "schedule": ["step"],
        "loss": ["focal"],
        "label_smoothing": [1],
        "occlusion": [1.5],
        "crop": ["0x32", "big"],
    },
    "eval-fold": {"fold": [3, -1], "resolution": ["half"], "precision": ["fp16"], "device": ["cuda:x"]},
    "aggregate": {"expect_folds": [0, "nan"]},
    "visualize": {"output": ["p.jpg"]},
    "visualize prediction": {"count": [0], "precision": ["fp16"], "device": ["gpu"]},
    "visualize samples": {"epochs": [0], "fold": ["first"], "flip": [-1]},
}


@pytest.mark.parametrize("command, option", [(c, o) for c, options in ABSURD.items() for o in options])
def test_absurd_values(command, option, study, tmp_path):
    for value in ABSURD[command][option]:
        done = run_with(study, tmp_path, command, **{option: value})
        assert_refused(done, 64, "--" + option.replace("_", "-"), str(value).removesuffix("e-05"))
    assert_nothing_left(tmp_path)


IDLE = {
    "poly_power": (0.9, "--schedule poly"),
    "warmup_factor": (0.1, "--warmup-steps"),
    "momentum": (0.9, "--optimizer sgd"),
    "class_weights": ("enet", "--loss weighted-ce"),
    "dice_weight": (1, "--loss ce-dice"),
    "crop_scale_min": (0.5, "--crop"),
    "occlusion_fill": ("noise", "--occlusion"),
    "full_res_every": (2, "--val-shards"),
}


def test_scores_of_a_fold_are_not_taken_every_epoch_where_none_is_held_out(study, tmp_path):
    done = run_with(study, tmp_path, "train-fold", fold="all", low_res_every=2)
    assert_refused(done, 64, "--low-res-every", "a --fold that is a number")


@pytest.mark.parametrize("option", IDLE)
def test_options_that_would_do_nothing_are_refused(option, study, tmp_path):
    value, needs = IDLE[option]
    done = run_with(study, tmp_path, "train-fold", **{option: value})
    assert_refused(done, 64, "--" + option.replace("_", "-"), needs)


# What a file or folder that is read can be instead: missing, of another kind, not what it should be.
READ = [
    ("preprocess", "images", True),
    ("preprocess", "labels", True),
    ("split-folds", "shards", False),
    ("train-fold", "shards", False),
    ("train-fold", "val_shards", False),
    ("train-fold", "folds", False),
    ("train-fold", "init", False),
    ("eval-fold", "model", False),
    ("eval-fold", "shards", False),
    ("eval-fold", "folds", False),
    ("aggregate", "metrics", False),
    ("score", "predictions", True),
    ("score", "labels", True),
    ("visualize", "history", False),
    ("visualize prediction", "model", False),
    ("visualize samples", "shards", False),
]


@pytest.mark.parametrize("option", ["images", "labels"])
def test_of_two_folders_the_missing_one_is_told_with_its_option(option, study, tmp_path):
    missing = study.folder / "none"
    done = run_with(study, tmp_path, "preprocess", **{option: missing})
    assert_refused(done, 66, f"error: --{option}: {missing}: no such folder")


@pytest.mark.parametrize("command, option, folder", READ)
def test_missing_and_other_kinds_of_things(command, option, folder, study, tmp_path):
    missing = study.folder / "none"
    assert_refused(run_with(study, tmp_path, command, **{option: missing}), 66, str(missing))
    assert_refused(run_with(study, tmp_path, command, **{option: study.empty}), 66, str(study.empty))
    # Weights are known by their ending.
    status = 66 if folder else 64 if option in ("model", "init") else 65
    assert_refused(run_with(study, tmp_path, command, **{option: study.text}), status, str(study.text))
    assert_nothing_left(tmp_path)


WRITTEN = [
    ("preprocess", "output", "x.h5"),
    ("split-folds", "output", "x.json"),
    ("train-fold", "output", "x.pth"),
    ("train-fold", "history", "x.csv"),
    ("eval-fold", "output", "x.json"),
    ("score", "output", "x.json"),
    ("visualize", "output", "x.png"),
]


@pytest.mark.parametrize("command, option, name", WRITTEN)
def test_outputs_that_cannot_be(command, option, name, study, tmp_path):
    (tmp_path / name).mkdir()
    assert_refused(run_with(study, tmp_path, command, **{option: tmp_path / name}), 73, name, "is a folder")
    below = study.text / name
    assert_refused(run_with(study, tmp_path, command, **{option: below}), 73, str(study.text))
    assert_nothing_left(tmp_path)


@pytest.mark.parametrize(
    "command, output, read",
    [("eval-fold", "output", "model"), ("train-fold", "history", "shards"), ("split-folds", "output", "shards"),
     ("aggregate", "comparison", "metrics")],
)  # fmt: skip
def test_an_output_never_replaces_what_is_read(command, output, read, study, tmp_path):
    original = arguments(command, study, tmp_path)[f"--{read}"]
    path = shutil.copy(original, tmp_path / original.name)
    done = run_with(study, tmp_path, command, **{output: path, read: path})
    assert_refused(done, 64, str(path), "is read and would be replaced")
    assert path.read_bytes() == original.read_bytes()


def test_a_data_set_cannot_be_written_below_a_file(study, tmp_path):
    done = run_with(study, tmp_path, "synthesize", output=study.text / "data")
    assert_refused(done, 73, str(study.text))


def test_a_pipe_is_not_replaced(study, tmp_path):
    os.mkfifo(tmp_path / "x.json")
    done = run_with(study, tmp_path, "split-folds", output=tmp_path / "x.json")
    assert_refused(done, 73, "x.json", "no regular file")
    assert (tmp_path / "x.json").is_fifo()


def test_another_file_than_a_history_is_told_as_such(study, tmp_path):
    (tmp_path / "x.json").write_text("{}\n")
    done = run_with(study, tmp_path, "visualize", history=tmp_path / "x.json")
    assert_refused(done, 65, "x.json:1: expected a history of train-fold", "give another file")
    shutil.copy(study.folder / "h.csv", tmp_path)
    done = run_with(study, tmp_path, "visualize", history=tmp_path / "h.csv")
    assert_refused(done, 66, f"{tmp_path}/h.csv: its seal {tmp_path}/h.csv.seal.json is not there; put the two")


def test_a_stop_that_was_asked_for_is_no_error(study, tmp_path):
    done = run_with(study, tmp_path, "train-fold", epochs=3, stop_after_epoch=1)
    assert done.returncode == 75
    said = done.stderr.splitlines()[-1]
    assert said.startswith("train-fold: stopped as asked in epoch ") and said.endswith(": run the same command to go on")
    assert str(tmp_path / "state") in said and "error" not in done.stderr


def test_weights_of_another_width_are_refused_by_it(study, tmp_path):
    done = run_with(study, tmp_path, "train-fold", init=study.folder / "m.pth", width=8)
    assert_refused(done, 64, "m.pth: holds a unet of width 4, --width asks for 8; choose the same")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("command, option, name", WRITTEN)
def test_folders_that_may_not_be_written(command, option, name, study, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert_refused(run_with(study, tmp_path, command, **{option: closed / name}), 77, name)
    assert_nothing_left(tmp_path)

"""Bad input to every tool: one line on stderr that names the thing, the documented exit status, no file left."""

import os
import shutil
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from cli_support import assert_refused, run, run_well

TOOLS = ["synthesize", "preprocess", "split-folds", "train-fold", "eval-fold", "aggregate", "score", "visualize"]
TORCH_TOOLS = ["train-fold", "eval-fold", "visualize"]


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """Everything a small study has: six training scenes of 32x64, two for validation, a network of width 4."""
    folder = tmp_path_factory.mktemp("study")
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
        "visualize": {"curves": None, "--history": folder / "h.csv", "--output": out / "p.png"},
        "visualize prediction": {
            **{"prediction": None, "--model": folder / "m.pth", "--shards": folder / "val.h5"},
            **{"--count": 1, "--output": out / "p.png", "--device": "cpu"},
        },
        "visualize samples": {
            **{"samples": None, "--shards": folder / "val.h5", "--count": 1, "--output": out / "p.png"},
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


@pytest.mark.parametrize("tool", TOOLS)
def test_help_and_version(tool):
    done = run(tool, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--config" in done.stdout and "--threads" in done.stdout
    done = run(tool, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tool} ")
    for part in ("results version", "LibTorch", "HDF5", "OpenCV", "SIMD"):
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
    assert_refused(run(tool), 64, "required")
    assert_nothing_left(tmp_path)


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
        assert_refused(done, 64, str(value).split("/")[0] if option == "part" else str(value).removesuffix("e-05"))
    assert_nothing_left(tmp_path)


# What a file or folder that is read can be instead: missing, of another kind, not what it should be.
READ = [
    ("preprocess", "images", True),
    ("preprocess", "labels", True),
    ("split-folds", "shards", False),
    ("train-fold", "shards", False),
    ("train-fold", "val_shards", False),
    ("train-fold", "folds", False),
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


@pytest.mark.parametrize("command, option, folder", READ)
def test_missing_and_other_kinds_of_things(command, option, folder, study, tmp_path):
    missing = study.folder / "none"
    assert_refused(run_with(study, tmp_path, command, **{option: missing}), 66, str(missing))
    assert_refused(run_with(study, tmp_path, command, **{option: study.empty}), 66, str(study.empty))
    # A history is missed with its seal; a model is known by its ending.
    status = 66 if folder or command == "visualize" else 64 if option == "model" else 65
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("command, option, name", WRITTEN)
def test_folders_that_may_not_be_written(command, option, name, study, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert_refused(run_with(study, tmp_path, command, **{option: closed / name}), 77, name)
    assert_nothing_left(tmp_path)


class DataSet:
    """A copy of the training scenes, to be spoilt."""

    def __init__(self, folder, study):
        self.images, self.labels = folder / "images", folder / "labels"
        shutil.copytree(study.data / "leftImg8bit" / "train", self.images)
        shutil.copytree(study.data / "gtFine" / "train", self.labels)
        self.label = sorted(self.labels.rglob("*_labelIds.png"))[1]
        self.photo = sorted(self.images.rglob("*.png"))[1]

    def write_label(self, picture):
        assert cv2.imwrite(str(self.label), picture)

    def read_label(self):
        return cv2.imread(str(self.label), cv2.IMREAD_UNCHANGED)

    def with_unknown_id(self):
        label = self.read_label()
        label[5, 7] = 77
        return label

    def cut(self, path):
        path.write_bytes(path.read_bytes()[:-60])

    def replace_by_folder(self, path):
        path.unlink()
        path.mkdir()


SPOILT = {
    "image without label": (lambda d: d.label.unlink(), 66, "photo", ["labelIds"]),
    "label without image": (lambda d: d.photo.unlink(), 66, "label", ["leftImg8bit"]),
    "sizes that differ": (lambda d: d.write_label(np.full((16, 32), 7, np.uint8)), 65, "label", ["16x32", "32x64"]),
    "16-bit label": (lambda d: d.write_label(d.read_label().astype(np.uint16)), 65, "label", ["16-bit"]),
    "RGB label": (lambda d: d.write_label(np.zeros((32, 64, 3), np.uint8)), 65, "label", ["RGB", "label map"]),
    "grey photo": (lambda d: cv2.imwrite(str(d.photo), d.read_label()), 65, "photo", ["RGB photo"]),
    "unknown id": (lambda d: d.write_label(d.with_unknown_id()), 65, "label", ["77"]),
    "damaged label": (lambda d: d.cut(d.label), 65, "label", ["damaged"]),
    "damaged photo": (lambda d: d.cut(d.photo), 65, "photo", ["damaged"]),
    "empty photo": (lambda d: d.photo.write_bytes(b""), 65, "photo", ["damaged"]),
    "text as photo": (lambda d: d.photo.write_text("no picture"), 65, "photo", ["PNG"]),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_data_sets(kind, study, tmp_path):
    spoil, status, named, parts = SPOILT[kind]
    data = DataSet(tmp_path, study)
    spoil(data)
    done = run_with(study, tmp_path / "out", "preprocess", images=data.images, labels=data.labels, quiet=None)
    assert_refused(done, status, getattr(data, named).name, *parts)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_every_spoilt_file_is_named(study, tmp_path):
    data = DataSet(tmp_path, study)
    data.write_label(data.with_unknown_id())
    photos = sorted(data.images.rglob("*.png"))
    for photo in photos[2:4]:
        data.cut(photo)
    done = run_with(study, tmp_path / "out", "preprocess", images=data.images, labels=data.labels, quiet=None)
    assert_problems_listed(done, 65, data.label.name, photos[2].name, photos[3].name)


def test_a_folder_in_the_place_of_a_photo(study, tmp_path):
    data = DataSet(tmp_path, study)
    data.replace_by_folder(data.photo)
    done = run_with(study, tmp_path / "out", "preprocess", images=data.images, labels=data.labels)
    assert_problems_listed(done, 66, f"{data.photo}: is a folder", f"{data.label}: its photo")


def test_shards_that_do_not_belong_together(study, tmp_path):
    shards = [study.folder / "train.h5", study.folder / "small.h5"]
    words = arguments("split-folds", study, tmp_path)
    del words["--shards"]
    done = run("split-folds", *listed(words), "--shards", *shards)
    assert_refused(done, 65, "train.h5", "small.h5", "32x64", "16x32")
    small = study.folder / "small.h5"
    assert_refused(run_with(study, tmp_path, "train-fold", val_shards=small), 65, "small.h5", "16x32")
    assert_refused(run_with(study, tmp_path, "visualize prediction", shards=small), 65, "16x32", "32x64")
    assert_nothing_left(tmp_path)


def test_a_damaged_shard(study, tmp_path):
    damaged = tmp_path / "in" / "train.h5"
    damaged.parent.mkdir()
    content = (study.folder / "train.h5").read_bytes()
    damaged.write_bytes(content[: len(content) // 2])
    out = tmp_path / "out"
    for command in ("split-folds", "train-fold", "eval-fold", "visualize samples"):
        assert_refused(run_with(study, out, command, shards=damaged), 65, "train.h5")
    assert_nothing_left(out)


def test_folds_that_name_unknown_samples(study, tmp_path):
    for command in ("train-fold", "eval-fold"):
        done = run_with(study, tmp_path, command, folds=study.folder / "other.json")
        assert_refused(done, 65, "other.json")
    assert_nothing_left(tmp_path)


def test_a_fold_that_the_model_was_trained_on(study, tmp_path):
    assert_refused(run_with(study, tmp_path, "eval-fold", fold=1), 65, "m.pth", "fold")
    assert_nothing_left(tmp_path)


def test_a_damaged_model(study, tmp_path):
    damaged = tmp_path / "in" / "m.pth"
    damaged.parent.mkdir()
    content = bytearray((study.folder / "m.pth").read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    out = tmp_path / "out"
    for command in ("eval-fold", "visualize prediction"):
        assert_refused(run_with(study, out, command, model=damaged), 65, "m.pth")
    assert_nothing_left(out)


def test_endings_that_are_no_model_s(study, tmp_path):
    assert_refused(run_with(study, tmp_path, "train-fold", output=tmp_path / "m.bin"), 64, "m.bin", ".pth")
    assert_nothing_left(tmp_path)


def test_a_gpu_that_is_not_there(study, tmp_path):
    assert_refused(run_with(study, tmp_path, "train-fold", device="cuda:99"), 66, "cuda:99", "--device cpu")
    assert_nothing_left(tmp_path)


def test_a_sample_that_does_not_exist(study, tmp_path):
    done = run_with(study, tmp_path, "visualize samples", name="atlantis_000000_000019")
    assert_refused(done, 64, "atlantis_000000_000019")
    assert_nothing_left(tmp_path)

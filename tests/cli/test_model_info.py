"""model-info on weights of this project and of others, as PyTorch and safetensors write them, whole and damaged."""

import hashlib
import json
import os
import signal
import subprocess

import pytest
import torch
from cli_support import BIN, assert_refused, run
from project_model import save_model, sealed, small_info, small_tensors
from safetensors.torch import save_file

FORMS = ["pth", "safetensors"]


@pytest.fixture(params=FORMS)
def model(request, tmp_path):
    """A small model with its seal, put together by Python."""
    tensors = small_tensors()
    return save_model(tmp_path / f"m.{request.param}", tensors, sealed(small_info(), tensors))


def described(path):
    done = run("model-info", path, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_all_that_a_model_says_of_itself(model):
    found = described(model)
    info = small_info()
    del info["format"]
    assert {key: found["model"][key] for key in info} == info
    assert found["seal"]["matches"] is True
    assert found["seal"] == sealed(small_info(), small_tensors())["seal"] | {"matches": True}
    assert found["parameters"] == {"tensors": 3, "values": 8} and found["buffers"] == {"tensors": 3, "values": 5}
    assert found["dtypes"] == {"float32": 5, "int64": 1}
    assert found["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert found["bytes"] == model.stat().st_size


def test_text_for_people(model):
    done = run("model-info", model)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in ("architecture unet", "classes 3: road, car, sky", "input size 32x64", "experiment trial", "fold 2 of 3, held out",
                 "epoch 7", "seal matches", "made by train-fold, results version 1", f"folds {'f' * 64}"):  # fmt: skip
        assert line in lines


def test_a_model_that_train_fold_wrote(study):
    found = described(study.folder / "m.pth")
    assert found["model"]["architecture"] == "unet" and found["model"]["width"] == 4 and found["model"]["fold"] == 0
    assert found["seal"]["tool"] == "train-fold" and found["seal"]["matches"] is True
    weights = torch.load(study.folder / "m.pth", weights_only=True)
    assert found["tensors"] == len(weights)
    assert found["parameters"]["values"] + found["buffers"]["values"] == sum(tensor.numel() for tensor in weights.values())


def test_weights_of_others(tmp_path):
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8))
    state = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in network.state_dict().items()}
    torch.save(state, tmp_path / "w.pth")
    save_file(state, tmp_path / "w.safetensors", metadata={"format": "pt"})
    for name, checksum, metadata in (("w.pth", "crc32", {}), ("w.safetensors", None, {"format": "pt"})):
        found = described(tmp_path / name)
        assert found["model"] is None and found["seal"] is None
        assert (found["checksum"], found["metadata"]) == (checksum, metadata)
        assert found["parameters"] == {"tensors": 4, "values": sum(p.numel() for p in network.parameters())}
        assert found["buffers"] == {"tensors": 3, "values": 17}
        assert found["dtypes"] == {"float16": 6, "int64": 1}
        assert "no provenance" in run("model-info", tmp_path / name).stdout


def test_a_broken_seal_is_shown_and_refused(tmp_path):
    info = sealed(small_info(), small_tensors()) | {"fold": 0}
    path = save_model(tmp_path / "m.pth", small_tensors(), info)
    done = run("model-info", path, "--json")
    assert done.returncode == 65 and json.loads(done.stdout)["seal"]["matches"] is False
    assert done.stderr.count("\n") == 1 and f"error: {path}: its content is not what its seal says" in done.stderr
    assert "does NOT match" in run("model-info", path).stdout


@pytest.mark.parametrize("form", FORMS)
def test_every_cut_and_some_flips_are_refused(form, tmp_path):
    source = save_model(tmp_path / f"m.{form}", small_tensors(), sealed(small_info(), small_tensors()))
    content, damaged = source.read_bytes(), tmp_path / f"damaged.{form}"
    for length in range(0, len(content), len(content) // 10):
        damaged.write_bytes(content[:length])
        assert_refused(run("model-info", damaged), 65, str(damaged))
    place = content.index(b"road")
    damaged.write_bytes(content[:place] + b"R" + content[place + 1 :])
    done = run("model-info", damaged)
    assert done.returncode == 65 and str(damaged) in done.stderr


@pytest.mark.parametrize("form", FORMS)
def test_metadata_that_cannot_be(form, tmp_path):
    info = sealed(small_info(width=10**6), small_tensors())
    path = save_model(tmp_path / f"m.{form}", small_tensors(), info)
    assert_refused(run("model-info", path), 65, str(path), "width 1000000")


def test_files_that_are_no_weights(tmp_path):
    os.mkfifo(tmp_path / "pipe.pth")
    (tmp_path / "folder.pth").mkdir()
    for name in ("text.pth", "text.safetensors", "text.h5"):
        (tmp_path / name).write_text("neither zip nor JSON\n")
    torch.save({"a": torch.ones(2)}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": {"a": torch.ones(2)}}, tmp_path / "checkpoint.pth")
    for name, status, part in (
        *[("none.pth", 66, "no such file"), ("folder.pth", 66, "folder"), ("pipe.pth", 66, "not a regular file")],
        *[("text.h5", 64, ".pth or .safetensors"), ("text.pth", 65, "no zip archive"), ("text.safetensors", 65, "safetensors")],
        *[("old.pth", 65, "torch.save(torch.load("), ("checkpoint.pth", 65, "save that dict alone")],
    ):
        for more in ([], ["--json"]):
            assert_refused(run("model-info", tmp_path / name, *more), status, str(tmp_path / name), part)


def test_a_reader_that_leaves_early_is_no_bug(model):
    with subprocess.Popen([BIN / "model-info", model], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        started.stdout.close()
        said = started.stderr.read()
        told = b"model-info: error: standard output: cannot write: Broken pipe\n"
        assert (started.wait(), said) in [(74, told), (0, b"")]


def test_a_full_disk_is_told(model):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BIN / "model-info", model], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 74 and "standard output: disk full" in done.stderr


def test_no_libtorch_is_loaded():
    said = subprocess.run(["ldd", BIN / "model-info"], capture_output=True, text=True, check=True).stdout
    assert "libzip" in said
    for library in ("torch", "c10", "opencv", "hdf5"):
        assert library not in said

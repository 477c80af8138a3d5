"""Weights that Python wrote go into a training, and what comes out goes back."""

import sys

import pytest
import safetensors.torch
import torch
from cli_support import ROOT, run

sys.path.append(str(ROOT / "tests" / "parity"))
from reference import ResNet50Encoder, UNetResNet50, randomise  # noqa: E402


@pytest.fixture(scope="module")
def resnet50():
    """As torchvision writes it: 318 tensors of the encoder, and the classifier's two."""
    state = randomise(ResNet50Encoder(), seed=3).state_dict()
    assert len(state) == 318
    return state | {"fc.weight": torch.randn(1000, 2048), "fc.bias": torch.randn(1000)}


def in_dtype(state, dtype):
    return {name: value.to(dtype) if value.is_floating_point() else value for name, value in state.items()}


def save(state, path):
    if path.suffix == ".pth":
        torch.save(state, path)
    else:
        safetensors.torch.save_file(state, path)
    return path


def train(study, tmp_path, *options, status=0):
    output = tmp_path / "model.pth"
    done = run(
        *("train-fold", "--shards", study.folder / "train.h5", "--folds", study.folder / "folds.json", "--fold", 0),
        *("--output", output, "--history", tmp_path / "h.csv", "--state", tmp_path / "state", "--device", "cpu"),
        *("--epochs", 1, "--batch-size", 2, "--precision", "fp32", *options),
    )
    assert done.returncode == status, done.stderr
    return done, output


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=["fp32", "fp16", "bf16"])
def test_torchvision_s_resnet50_becomes_the_encoder(study, tmp_path, resnet50, dtype, ending):
    weights = in_dtype(resnet50, dtype)
    path = save(weights, tmp_path / f"resnet50{ending}")
    _, output = train(study, tmp_path, "--encoder-weights", path, "--freeze-encoder-epochs", 1)
    trained = torch.load(output, weights_only=True)
    encoder = {name.removeprefix("encoder."): value for name, value in trained.items() if name.startswith("encoder.")}
    assert encoder.keys() == {name for name in weights if not name.startswith("fc.")}
    for name, value in encoder.items():
        assert torch.equal(value, weights[name].to(value.dtype)), name  # frozen, its statistics too


def test_what_is_missing_and_what_is_left_over_is_listed(study, tmp_path, resnet50):
    state = dict(resnet50)
    state["layer9.conv.weight"] = state.pop("layer2.0.conv1.weight")
    done, _ = train(study, tmp_path, "--encoder-weights", save(state, tmp_path / "other.pth"), status=65)
    assert "other.pth" in done.stderr
    assert "layer2.0.conv1.weight is missing" in done.stderr and "layer9.conv.weight is not part" in done.stderr


def test_a_whole_network_of_python_goes_in_and_comes_back(study, tmp_path):
    network = randomise(UNetResNet50(19), seed=4)
    path = save(network.state_dict(), tmp_path / "network.safetensors")
    done, output = train(study, tmp_path, "--init", path, "--freeze-encoder-epochs", 1)
    assert "says nothing of its training" in done.stderr
    trained = torch.load(output, weights_only=True)
    assert torch.equal(trained["encoder.conv1.weight"], network.state_dict()["encoder.conv1.weight"])
    assert not torch.equal(trained["head.weight"], network.state_dict()["head.weight"])
    network.load_state_dict(trained, strict=True)


def test_a_head_for_other_classes_starts_anew_and_that_is_said(study, tmp_path):
    state = randomise(UNetResNet50(7), seed=4).state_dict()
    done, output = train(study, tmp_path, "--init", save(state, tmp_path / "seven.pth"))
    assert "a head for 7 classes; the head for 19 classes starts anew" in done.stderr
    assert torch.load(output, weights_only=True)["head.weight"].shape[0] == 19

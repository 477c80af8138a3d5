"""Weights that Python wrote go into a training, and what comes out goes back."""

import subprocess
import sys

import pytest
import safetensors.torch
import torch
from cli_support import ROOT, assert_refused, run

sys.path.append(str(ROOT / "tests" / "parity"))
from reference import ResNet50Encoder, UNetResNet50, randomise  # noqa: E402


@pytest.fixture(scope="module")
def resnet50():
    """As torchvision's resnet50-0676ba61.pth holds it: no counters, and the classifier's two tensors."""
    state = without_counters(randomise(ResNet50Encoder(), seed=3).state_dict())
    state |= {"fc.weight": torch.randn(1000, 2048), "fc.bias": torch.randn(1000)}
    assert len(state) == 267
    return state


def without_counters(state):
    return {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}


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


def assert_encoder(path):
    """What --encoder-weights takes: told in a moment, since LibTorch and the data are not needed."""
    done = run("model-info", "--encoder", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=["fp32", "fp16", "bf16"])
def test_torchvision_s_resnet50_becomes_the_encoder(study, tmp_path, resnet50, dtype, ending):
    weights = in_dtype(resnet50, dtype)
    path = save(weights, tmp_path / f"resnet50{ending}")
    assert_encoder(path)
    _, output = train(study, tmp_path, "--encoder-weights", path, "--freeze-encoder-epochs", 1)
    trained = torch.load(output, weights_only=True)
    encoder = {name.removeprefix("encoder."): value for name, value in trained.items() if name.startswith("encoder.")}
    assert without_counters(encoder).keys() == {name for name in weights if not name.startswith("fc.")}
    assert len(encoder) == 318
    for name, value in encoder.items():  # frozen, its statistics too; PyTorch, too, takes a missing counter for 0
        assert torch.equal(value, weights[name].to(value.dtype) if name in weights else torch.tensor(0)), name


@pytest.mark.parametrize("wrapper", ["module.", "_orig_mod.", "model.", "backbone.", "encoder.", "module.backbone."])
def test_names_are_taken_out_of_their_wrappers(tmp_path, resnet50, wrapper):
    parameters = {wrapper + name: torch.nn.Parameter(value) for name, value in resnet50.items()}
    assert_encoder(save(parameters, tmp_path / "wrapped.pth"))


def test_the_advice_for_files_of_old_pytorch_leads_to_one_that_is_accepted(tmp_path, resnet50):
    old = tmp_path / "it's old.pth"
    parameters = {name: torch.nn.Parameter(value) for name, value in resnet50.items()}
    torch.save(parameters, old, _use_new_zipfile_serialization=False)
    done = run("model-info", "--encoder", old)
    assert_refused(done, 65, str(old), "before 1.6")
    advice = done.stderr.split("convert it in Python: ")[1]
    subprocess.run([sys.executable, "-c", f"import torch; {advice}"], cwd=tmp_path, check=True)
    assert_encoder(tmp_path / "new.pth")


def test_what_is_missing_and_what_is_left_over_is_listed(study, tmp_path, resnet50):
    state = dict(resnet50)
    state["layer9.conv.weight"] = state.pop("layer2.0.conv1.weight")
    del state["bn1.running_var"]  # a statistic is no counter
    other = save(state, tmp_path / "other.pth")
    done, _ = train(study, tmp_path, "--encoder-weights", other, status=65)
    for part in ("layer2.0.conv1.weight is missing", "layer9.conv.weight is not part", "bn1.running_var is missing"):
        assert_refused(run("model-info", "--encoder", other), 65, "other.pth", part)
        assert part in done.stderr


@pytest.mark.parametrize("option", ["--encoder-weights", "--init"])
@pytest.mark.parametrize("value", [float("inf"), float("nan"), -1.0])
def test_weights_that_a_training_could_not_use_are_refused_at_once(study, tmp_path, option, value, resnet50):
    state = {name: value.clone() for name, value in resnet50.items() if not name.startswith("fc.")}
    state["layer1.0.bn2.running_var"][3] = value
    state = {f"encoder.{name}" if option == "--init" else name: tensor for name, tensor in state.items()}
    state |= {"head.weight": torch.zeros(19, 64, 1, 1)} if option == "--init" else {}
    done, _ = train(study, tmp_path, option, save(state, tmp_path / "bad.pth"), status=65)
    assert "bad.pth" in done.stderr and "layer1.0.bn2.running_var' holds" in done.stderr
    assert not (tmp_path / "state").exists()


def test_a_whole_network_of_python_goes_in_and_comes_back(study, tmp_path):
    network = randomise(UNetResNet50(19), seed=4)
    state = {f"_orig_mod.module.{name}": value for name, value in without_counters(network.state_dict()).items()}
    path = save(state, tmp_path / "network.safetensors")
    done, output = train(study, tmp_path, "--init", path, "--freeze-encoder-epochs", 1)
    assert "says nothing of its training" in done.stderr
    assert "'_orig_mod.module.' is taken off" in done.stderr
    trained = torch.load(output, weights_only=True)
    assert torch.equal(trained["encoder.conv1.weight"], network.state_dict()["encoder.conv1.weight"])
    assert not torch.equal(trained["head.weight"], network.state_dict()["head.weight"])
    network.load_state_dict(trained, strict=True)


def test_a_head_for_other_classes_starts_anew_and_that_is_said(study, tmp_path):
    state = randomise(UNetResNet50(7), seed=4).state_dict()
    done, output = train(study, tmp_path, "--init", save(state, tmp_path / "seven.pth"))
    assert "a head for 7 classes; the head for 19 classes starts anew" in done.stderr
    assert torch.load(output, weights_only=True)["head.weight"].shape[0] == 19

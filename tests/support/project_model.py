"""Model files as train-fold writes them, put together by Python alone: the form, its seal and what may be wrong with them."""

import hashlib
import json
import zipfile

import torch
from safetensors.torch import save_file

# The place of a type in segfold::DType, which the seal counts with.
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.uint8, torch.bool]


def small_info(**changes):
    """What a model file says of its weights, but for the seal."""
    return {
        **{"format": "segfold.model/1", "architecture": "unet", "width": 4, "dropout": 0.1, "norm": "batch"},
        **{"classes": ["road", "car", "sky"], "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
        **{"input_size": "32x64", "precision": "bf16", "experiment": "trial", "fold": 2, "folds_count": 3, "epoch": 7},
        **changes,
    }


def small_tensors():
    """A convolution and its BatchNorm: 3 parameters of 8 values, 3 buffers of 5. In the order in which the safetensors
    package writes them, as the seal minds it."""
    return {
        "bn.num_batches_tracked": torch.tensor(6),
        **{f"bn.{name}": torch.full((2,), 0.5) for name in ("bias", "running_mean", "running_var", "weight")},
        "conv.weight": torch.arange(4, dtype=torch.float32).reshape(2, 2, 1, 1),
    }


def dumped(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(info, tensors, parameters=None, inputs=None):
    """`info` with the seal of a training that made `tensors`."""
    made = {"tool": "train-fold", "results_version": 1, "parameters": parameters or {"seed": 42, "epochs": 7},
            "inputs": inputs or {"folds": "f" * 64, "shards": "5" * 64}}
    content = hashlib.sha256((dumped(info) + "\n").encode())
    for name, tensor in tensors.items():
        content.update(f"{name} {DTYPES.index(tensor.dtype)} {list(tensor.shape)}\n".encode())
        content.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return info | {"seal": {"sha256": content.hexdigest(), **made, "run": sha256(dumped(made))}}


def save_model(path, tensors, info):
    """Writes weights with `info` as metadata; the file's ending names the form."""
    if path.suffix == ".safetensors":
        save_file(tensors, path, metadata={"segfold": dumped(info)})
        return path
    torch.save(tensors, path)
    with zipfile.ZipFile(path, "a") as archive:
        folder = archive.namelist()[0].split("/")[0]
        archive.writestr(zipfile.ZipInfo(f"{folder}/segfold.json"), dumped(info))
    return path

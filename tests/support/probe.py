"""Runs the C++ side of a comparison: tests/parity/probe.cpp, which is handed tensors and values and hands back both."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SEGFOLD_BUILD", REPOSITORY / "build"))


def tool(name):
    """Path of an executable of this project."""
    return BUILD / "bin" / name


def write_exchange(path, tensors, values):
    """Counterpart of read_exchange in tests/support/tensor_exchange.h."""
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, path,
              metadata={"segfold": json.dumps(values)})


def read_exchange(path):
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()["segfold"])


def scratch_folder():
    """A temporary folder, in memory where there is room: networks of 270 MB go through it."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 << 30
    return tempfile.TemporaryDirectory(prefix="segfold-", dir=memory if roomy else None)


def run_probe(command, tensors, **values):
    """Tensors and values that the probe's `command` makes of those given. @raises AssertionError if it fails."""
    with scratch_folder() as folder:
        given, made = Path(folder, "input.safetensors"), Path(folder, "output.safetensors")
        write_exchange(given, tensors, values)
        done = subprocess.run([BUILD / "tests" / "parity_probe", command, given, made], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return read_exchange(made)


def weights_of(model):
    """A network's parameters and buffers under the names the probe expects."""
    return {f"weight:{name}": tensor for name, tensor in model.state_dict().items()}

#!/usr/bin/env python3
"""Writes small valid weight files of every type and form into a corpus: what fuzzing starts from.

usage: seeds.py CORPUS    (a folder; the files go to CORPUS/pth and CORPUS/safetensors)
"""

import json
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))

import torch  # noqa: E402  (what follows is found through the path above)
from house_model import DTYPES, save_model, sealed, small_info, small_tensors  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402


def of_each_type():
    for dtype in DTYPES:
        yield str(dtype).removeprefix("torch."), {"a": torch.tensor([[1, 0, 1], [1, 1, 0]]).to(dtype)}


def layer():
    torch.manual_seed(1)
    return nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 1), bn=nn.BatchNorm2d(2)))


def write_both(corpus, name, tensors):
    torch.save(tensors, corpus / "pth" / f"{name}.pth")
    save_file(tensors, corpus / "safetensors" / f"{name}.safetensors")


def write_forms_of_pickles(folder):
    """What only a pickle can say: views, shared storages, parameters, an OrderedDict with attributes."""
    whole = torch.arange(6, dtype=torch.uint8).reshape(2, 3)
    torch.save({"transposed": whole.T, "row": whole[1], "whole": whole}, folder / "views.pth")
    torch.save({"a": whole, "b": whole}, folder / "shared.pth")
    torch.save({"a": nn.Parameter(torch.ones(2))}, folder / "parameter.pth")
    torch.save(layer().state_dict(), folder / "state_dict.pth")
    # Refused, each in its own way.
    torch.save({"epoch": 3, "state_dict": {"a": whole}}, folder / "checkpoint.pth")
    torch.save([whole], folder / "list.pth")
    torch.save({"a": whole}, folder / "old.pth", _use_new_zipfile_serialization=False)
    torch.save({"a": torch.ones(2, dtype=torch.complex64)}, folder / "complex.pth")
    torch.save({"a": torch.ones(2, dtype=torch.complex64).conj()}, folder / "lazy.pth")
    torch.jit.save(torch.jit.script(nn.ReLU()), folder / "torchscript.pth")


def write_greedy_files(corpus):
    """Files that ask for far more memory than they have bytes: a slot of the memo, dimensions of a tensor."""
    filler = b"X" + (4000).to_bytes(4, "little") + b"x" * 4000
    with zipfile.ZipFile(corpus / "pth" / "far_slot.pth", "w") as archive:
        archive.writestr(zipfile.ZipInfo("archive/data.pkl"), b"\x80\x02" + filler + b"r" + (4000).to_bytes(4, "little") + b".")
    entry = {"a": {"dtype": "U8", "shape": [1] * 12000, "data_offsets": [0, 1]}}
    header = json.dumps(entry, separators=(",", ":")).encode()
    path = corpus / "safetensors" / "many_dimensions.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\x01")


def main(corpus):
    for form in ("pth", "safetensors"):
        (corpus / form).mkdir(parents=True, exist_ok=True)
        tensors, info = small_tensors(), small_info()
        save_model(corpus / form / f"house.{form}", tensors, sealed(info, tensors))
        save_model(corpus / form / f"house_changed.{form}", tensors, sealed(info, tensors) | {"fold": 0})
        save_model(corpus / form / f"house_unsealed.{form}", tensors, info)
    for name, tensors in of_each_type():
        write_both(corpus, name, tensors)
    write_both(corpus, "nothing", {})
    write_both(corpus, "empty", {"a": torch.ones(0, 4), "b": torch.tensor(1.5)})
    write_forms_of_pickles(corpus / "pth")
    write_greedy_files(corpus)
    save_file({"a": torch.ones(1)}, corpus / "safetensors" / "note.safetensors", metadata={"format": "pt", "größe": "1"})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(Path(sys.argv[1]))

#!/usr/bin/env python3
"""Writes small files into a corpus, what fuzzing starts from: weight files of every type and form, and pictures of
every kind, right and wrong ones.

usage: seeds.py CORPUS    (a folder; the files go to CORPUS/pth, CORPUS/safetensors and CORPUS/png)
"""

import json
import struct
import sys
import zipfile
import zlib
from collections import OrderedDict
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))

import torch  # noqa: E402  (what follows is found through the path above)
from project_model import DTYPES, save_model, sealed, small_info, small_tensors  # noqa: E402
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


GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width, height, depth, colour, interlace=0):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def rows(width, height, depth, colour, filters=(0, 1, 2, 3, 4)):
    """Rows of bytes that count up, each behind the number of its filter."""
    length = (width * SAMPLES[colour] * depth + 7) // 8
    return b"".join(bytes([filters[y % len(filters)]]) + bytes((y + x) % 7 for x in range(length)) for y in range(height))


def write_pictures(folder):
    palette = chunk(b"PLTE", bytes(range(24)))
    end = chunk(b"IEND")
    for name, depth, colour, between in [
        ("labels", 8, GREY, b""),
        ("instances", 16, GREY, b""),
        ("photo", 8, RGB, b""),
        ("palette", 8, PALETTE, palette),
        ("transparent", 8, PALETTE, palette + chunk(b"tRNS", b"\0\1")),
        ("text", 8, GREY, chunk(b"tEXt", b"Title\0street") + chunk(b"gAMA", struct.pack(">I", 45455))),
        ("zipped_text", 8, GREY, chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"street"))),
        # Refused, each in its own way.
        ("one_bit", 1, GREY, b""),
        ("four_bits", 4, PALETTE, palette),
        ("deep_photo", 16, RGB, b""),
        ("alpha", 8, GREY_ALPHA, b""),
        ("photo_alpha", 8, RGBA, b""),
        ("no_palette", 8, PALETTE, b""),
        ("unknown_chunk", 8, GREY, chunk(b"QQQQ")),
    ]:
        pixels = chunk(b"IDAT", zlib.compress(rows(5, 6, depth, colour)))
        (folder / f"{name}.png").write_bytes(header(5, 6, depth, colour) + between + pixels + end)
    write_pixels(folder, end)


def write_pixels(folder, end):
    """Grey pictures of 5 x 6 whose pixels come in many ways."""
    start, right = header(5, 6, 8, GREY), rows(5, 6, 8, GREY)
    stream = zlib.compress(right)
    for filter_type in range(6):  # there is no 5
        pixels = chunk(b"IDAT", zlib.compress(rows(5, 6, 8, GREY, [filter_type])))
        (folder / f"filter{filter_type}.png").write_bytes(start + pixels + end)
    for name, tail in {
        "parts": b"".join(chunk(b"IDAT", stream[i : i + 3]) for i in range(0, len(stream), 3)) + end,
        "empty_parts": chunk(b"IDAT") + chunk(b"IDAT", stream) + chunk(b"IDAT") + end,
        "stored": chunk(b"IDAT", zlib.compress(right, 0)) + end,
        "behind_pixels": chunk(b"IDAT", stream + b"x") + end,
        "behind_end": chunk(b"IDAT", stream) + end + b"x",
        # Refused, each in its own way.
        "no_pixels": end,
        "only_empty": chunk(b"IDAT") + end,
        "few_pixels": chunk(b"IDAT", zlib.compress(right[:-1])) + end,
        "cut": chunk(b"IDAT", stream[:-6]) + end,
        "no_end": chunk(b"IDAT", stream),
        "wrong_checksum": chunk(b"IDAT", stream)[:-1] + b"x" + end,
        "gap": chunk(b"IDAT", stream[:9]) + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", stream[9:]) + end,
    }.items():
        (folder / f"{name}.png").write_bytes(start + tail)
    one_row = chunk(b"IDAT", zlib.compress(rows(1, 1, 8, GREY)))
    (folder / "interlaced.png").write_bytes(header(1, 1, 8, GREY, 1) + one_row + end)
    (folder / "huge.png").write_bytes(header(60000, 60000, 8, GREY) + one_row + end)


def main(corpus):
    for form in ("pth", "safetensors"):
        (corpus / form).mkdir(parents=True, exist_ok=True)
        tensors, info = small_tensors(), small_info()
        save_model(corpus / form / f"project.{form}", tensors, sealed(info, tensors))
        save_model(corpus / form / f"project_changed.{form}", tensors, sealed(info, tensors) | {"fold": 0})
        save_model(corpus / form / f"project_unsealed.{form}", tensors, info)
    for name, tensors in of_each_type():
        write_both(corpus, name, tensors)
    write_both(corpus, "nothing", {})
    write_both(corpus, "empty", {"a": torch.ones(0, 4), "b": torch.tensor(1.5)})
    write_forms_of_pickles(corpus / "pth")
    write_greedy_files(corpus)
    save_file({"a": torch.ones(1)}, corpus / "safetensors" / "note.safetensors", metadata={"format": "pt", "größe": "1"})
    (corpus / "png").mkdir(exist_ok=True)
    write_pictures(corpus / "png")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(Path(sys.argv[1]))

"""Weight files that pass between the C++ readers and writers, torch.load/torch.save and the safetensors package."""

import json
import pickletools
import random
import subprocess
import zipfile
from collections import OrderedDict

import pytest
import torch
from probe import BUILD
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.uint8,
          torch.bool]


def run_tool(*arguments):
    return subprocess.run([BUILD / "tests" / "tensor_file_tool", *arguments], capture_output=True, text=True)


def convert(source, target):
    done = run_tool("convert", source, target)
    assert done.returncode == 0, done.stderr
    return target


def assert_refused(path, *parts):
    """The file is refused as damaged or wrong content (65), with one line that holds `parts`."""
    target = path.with_name("refused.safetensors")
    done = run_tool("convert", path, target)
    assert done.returncode == 65, (done.returncode, done.stderr)
    assert done.stderr.count("\n") == 1 and str(path) in done.stderr
    for part in parts:
        assert part in done.stderr
    assert not target.exists()


def assert_equal(found, expected):
    assert list(found) == list(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype, name
        assert torch.equal(found[name], tensor), name


def values(dtype, *shape):
    generator = torch.Generator().manual_seed(7)
    drawn = torch.rand(shape, generator=generator)
    return drawn < 0.5 if dtype == torch.bool else (drawn * 200).to(dtype)


def network():
    torch.manual_seed(1)
    return nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(3, 8, 7, bias=False), bn1=nn.BatchNorm2d(8),
        layer1=nn.Sequential(nn.Conv2d(8, 4, 1), nn.BatchNorm2d(4)), fc=nn.Linear(4, 2)))


@pytest.fixture
def state():
    return network().state_dict()


# ---- from Python


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tensors_of_each_type_come_from_torch_save(tmp_path, dtype):
    tensors = {"matrix": values(dtype, 3, 5), "scalar": values(dtype), "empty": values(dtype, 0, 4)}
    torch.save(tensors, tmp_path / "a.pth")
    assert_equal(torch.load(convert(tmp_path / "a.pth", tmp_path / "b.pth"), weights_only=True), tensors)
    # The package lists tensors by their place in the file, in which those of one type keep their order.
    assert load_file(convert(tmp_path / "a.pth", tmp_path / "b.safetensors")).keys() == tensors.keys()
    for name, tensor in load_file(tmp_path / "b.safetensors").items():
        assert tensor.dtype == dtype and torch.equal(tensor, tensors[name])


def test_a_state_dict_with_its_metadata_attribute_comes_from_torch_save(tmp_path, state):
    assert state._metadata
    torch.save(state, tmp_path / "a.pth")
    assert_equal(torch.load(convert(tmp_path / "a.pth", tmp_path / "b.pth"), weights_only=True), state)


def test_parameters_come_from_torch_save(tmp_path):
    parameters = OrderedDict(network().named_parameters())
    torch.save(parameters, tmp_path / "a.pth")
    assert_equal(torch.load(convert(tmp_path / "a.pth", tmp_path / "b.pth"), weights_only=True), parameters)


def test_views_come_contiguous(tmp_path):
    base = values(torch.float32, 6, 10)
    tensors = {
        "transposed": base.t(),
        "column": base[:, 3],
        "part": base[2:4, 1:9:2],
        "row": base[5],
        "channels_last": values(torch.float16, 4, 3, 2, 5).to(memory_format=torch.channels_last),
    }
    torch.save(tensors, tmp_path / "a.pth")
    found = torch.load(convert(tmp_path / "a.pth", tmp_path / "b.pth"), weights_only=True)
    assert_equal(found, tensors)
    assert all(tensor.is_contiguous() for tensor in found.values())


def test_tied_weights_come_twice(tmp_path):
    weight = values(torch.float32, 100, 10)
    torch.save({"embed": weight, "head": weight}, tmp_path / "a.pth")
    assert_equal(load_file(convert(tmp_path / "a.pth", tmp_path / "b.safetensors")), {"embed": weight, "head": weight})


def test_tensors_and_metadata_come_from_the_safetensors_package(tmp_path):
    tensors = {f"x{i}": values(dtype, 3, i) for i, dtype in enumerate(DTYPES)} | {"scalar": values(torch.float32)}
    save_file(tensors, tmp_path / "a.safetensors", metadata={"format": "pt", "note": "größer \"als\" \n"})
    listed = json.loads(run_tool("list", tmp_path / "a.safetensors").stdout)
    assert listed["metadata"] == {"format": "pt", "note": "größer \"als\" \n"}
    found = torch.load(convert(tmp_path / "a.safetensors", tmp_path / "b.pth"), weights_only=True)
    assert_equal({name: found[name] for name in tensors}, tensors)
    assert len(found) == len(tensors)


def test_a_header_may_say_that_there_are_no_metadata(tmp_path):
    header = b'{"__metadata__":null,"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    (tmp_path / "a.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"x")
    assert list(load_file(tmp_path / "a.safetensors")) == ["a"]
    assert json.loads(run_tool("list", tmp_path / "a.safetensors").stdout)["metadata"] == {}


OF_THEIR_OWN = {
    "one": {"a": torch.ones(1)},
    "vectors": {f"{i}": torch.full((1,), float(i)) for i in range(5000)},
    "weights": {f"layer{i}.weight": torch.full((1, 1, 1, 1), float(i)) for i in range(2000)},
    "parameters": {f"{i}": nn.Parameter(torch.ones(1)) for i in range(2000)},
    "modules": nn.Sequential(*[nn.BatchNorm2d(1) for _ in range(1000)]).state_dict(),
}
OF_ONE_STORAGE = {
    "scalars_of_one": dict(zip(map(str, range(5000)), torch.arange(5000.).unbind())),
    "vectors_of_one": dict(zip(map(str, range(5000)), torch.arange(5000.).split(1))),
    "weights_of_one": dict(zip(map(str, range(5000)), torch.arange(5000.).reshape(-1, 1, 1, 1, 1).unbind())),
}


def named(cases):
    return pytest.mark.parametrize("tensors", cases.values(), ids=cases.keys())


@named(OF_THEIR_OWN | OF_ONE_STORAGE)
def test_thousands_of_tiny_tensors_come_although_their_lists_take_more_than_their_data(tmp_path, tensors):
    torch.save(tensors, tmp_path / "a.pth")
    assert_equal(torch.load(convert(tmp_path / "a.pth", tmp_path / "b.pth"), weights_only=True), tensors)
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, tmp_path / "a.safetensors")
    found = load_file(convert(tmp_path / "a.safetensors", tmp_path / "b.safetensors"))
    assert_equal({name: found[name] for name in tensors}, tensors)


@named(OF_THEIR_OWN)
def test_a_pickle_that_remembers_only_what_it_recalls_is_read(tmp_path, tensors):
    torch.save(tensors, tmp_path / "a.pth")
    with zipfile.ZipFile(tmp_path / "a.pth") as source, zipfile.ZipFile(tmp_path / "b.pth", "w") as target:
        for record in source.infolist():
            content = source.read(record)
            pickled = record.filename.endswith(".pkl")
            target.writestr(record.filename, pickletools.optimize(content) if pickled else content)
    assert_equal(torch.load(convert(tmp_path / "b.pth", tmp_path / "c.pth"), weights_only=True), tensors)


# ---- to Python


def test_a_written_pth_loads_strictly(tmp_path, state):
    save_file(state, tmp_path / "a.safetensors")
    found = torch.load(convert(tmp_path / "a.safetensors", tmp_path / "b.pth"), weights_only=True)
    assert type(found) is OrderedDict
    other = network()
    nn.init.zeros_(other.conv1.weight)
    other.load_state_dict(found, strict=True)
    assert_equal(other.state_dict(), state)


def test_a_written_pth_can_be_mapped_and_loaded_without_the_restriction(tmp_path, state):
    torch.save(state, tmp_path / "a.pth")
    convert(tmp_path / "a.pth", tmp_path / "b.pth")
    assert_equal(torch.load(tmp_path / "b.pth", mmap=True, weights_only=True), state)
    assert_equal(torch.load(tmp_path / "b.pth", weights_only=False), state)


def test_a_written_pth_is_a_sound_zip_archive(tmp_path, state):
    torch.save(state, tmp_path / "a.pth")
    convert(tmp_path / "a.pth", tmp_path / "b.pth")
    with zipfile.ZipFile(tmp_path / "b.pth") as archive:
        assert archive.testzip() is None
        assert {record.compress_type for record in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {record.date_time for record in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("archive/byteorder") == b"little"


def test_a_written_safetensors_file_is_read_by_the_package(tmp_path, state):
    torch.save(state, tmp_path / "a.pth")
    convert(tmp_path / "a.pth", tmp_path / "b.safetensors")
    with safe_open(tmp_path / "b.safetensors", framework="pt") as file:
        assert set(file.metadata()) == {"format", "segfold.sha256"}
        assert file.metadata()["format"] == "pt"  # without it transformers and diffusers refuse a file
        assert set(file.keys()) == set(state)
        assert all(file.get_tensor(name).shape == tensor.shape for name, tensor in state.items())
    network().load_state_dict(load_file(tmp_path / "b.safetensors"), strict=True)


def test_metadata_pass_through_a_pth_file(tmp_path, state):
    metadata = {"segfold": json.dumps({"format": "segfold.model/1"}), "format": "pt"}
    save_file(state, tmp_path / "a.safetensors", metadata=metadata)
    convert(tmp_path / "a.safetensors", tmp_path / "b.pth")
    with zipfile.ZipFile(tmp_path / "b.pth") as archive:
        assert json.loads(archive.read("archive/segfold.json")) == {"format": "segfold.model/1"}
    convert(tmp_path / "b.pth", tmp_path / "c.safetensors")
    with safe_open(tmp_path / "c.safetensors", framework="pt") as file:
        assert {key: text for key, text in file.metadata().items() if key != "segfold.sha256"} == metadata


def test_a_file_that_the_package_wrote_anew_keeps_its_checksum(tmp_path, state):
    torch.save(state, tmp_path / "a.pth")
    convert(tmp_path / "a.pth", tmp_path / "b.safetensors")
    with safe_open(tmp_path / "b.safetensors", framework="pt") as file:
        metadata = file.metadata()
    save_file(state, tmp_path / "same.safetensors", metadata=metadata)
    convert(tmp_path / "same.safetensors", tmp_path / "c.pth")
    state["fc.bias"] += 1
    save_file(state, tmp_path / "changed.safetensors", metadata=metadata)
    assert_refused(tmp_path / "changed.safetensors", "segfold.sha256")


# ---- refused


def test_a_pickle_from_before_the_zip_form_is_refused(tmp_path, state):
    torch.save(state, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    assert_refused(tmp_path / "a.pth", "before 1.6", "torch.save(torch.load(")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_torchscript_is_refused(tmp_path):
    torch.jit.save(torch.jit.trace(network().conv1, torch.zeros(1, 3, 16, 16)), tmp_path / "a.pth")
    assert_refused(tmp_path / "a.pth", "TorchScript")


@pytest.mark.parametrize("content, part", [
    (lambda state: {"epoch": 3, "state_dict": state}, "'epoch': is a number, not a tensor"),
    (lambda state: {"state_dict": state}, "whole checkpoint; save that dict alone, in Python: torch.save(torch.load("),
    (lambda state: list(state.values()), "holds a list"),
    (lambda state: network(), "which no state dict"),
    (lambda state: {"a": torch.zeros(2, dtype=torch.complex64)}, "torch.ComplexFloatStorage"),
    (lambda state: {"a": torch.zeros(2, dtype=torch.int8)}, "torch.CharStorage"),
    (lambda state: {"a": torch.eye(3).to_sparse()}, "_rebuild_sparse_tensor"),
    (lambda state: {"a": torch.zeros(1).expand(1000)}, "more than once"),
    (lambda state: {"a": torch.Size([1])}, "torch.Size"),
    (lambda state: {"a": {1, 2}}, "set"),
    (lambda state: {3: torch.zeros(1)}, "name is a number"),
], ids=["checkpoint", "nested", "list", "module", "complex", "int8", "sparse", "expanded", "size", "set", "numbered"])
def test_what_is_no_state_dict_is_refused(tmp_path, state, content, part):
    torch.save(content(state), tmp_path / "a.pth")
    assert_refused(tmp_path / "a.pth", part)


def test_a_pickle_that_would_run_code_is_refused_and_runs_nothing(tmp_path):
    class Malice:
        def __reduce__(self):
            return exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",)

    torch.save({"a": Malice()}, tmp_path / "a.pth")
    assert_refused(tmp_path / "a.pth", "exec")
    assert not (tmp_path / "ran").exists()


def test_another_pickle_protocol_is_refused(tmp_path, state):
    torch.save(state, tmp_path / "a.pth", pickle_protocol=4)
    assert_refused(tmp_path / "a.pth", "protocol 2")


def test_a_compressed_archive_is_refused(tmp_path, state):
    torch.save(state, tmp_path / "a.pth")
    with (zipfile.ZipFile(tmp_path / "a.pth") as source,
          zipfile.ZipFile(tmp_path / "b.pth", "w", zipfile.ZIP_DEFLATED) as target):
        for record in source.infolist():
            target.writestr(record.filename, source.read(record))
    assert_refused(tmp_path / "b.pth", "compressed")


def test_tensors_of_an_unknown_type_are_refused(tmp_path):
    save_file({"a": torch.zeros(4, dtype=torch.float8_e4m3fn)}, tmp_path / "a.safetensors")
    assert_refused(tmp_path / "a.safetensors", "'a'", "F8_E4M3")


@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_damage_to_a_python_file_is_noticed_or_harmless(tmp_path, state, ending):
    path = tmp_path / f"a.{ending}"
    torch.save(state, path) if ending == "pth" else save_file(state, path)
    whole = path.read_bytes()
    # Python's safetensors carry no checksum: only what stands in the header can be noticed.
    length = len(whole) if ending == "pth" else 8 + int.from_bytes(whole[:8], "little")
    expected = {entry["sha256"] for entry in json.loads(run_tool("list", path).stdout)["tensors"]}
    chosen = random.Random(5)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[chosen.randrange(length)] ^= 1 << chosen.randrange(8)
        path.write_bytes(damaged)
        done = run_tool("list", path)
        assert done.returncode in (0, 65), (done.returncode, done.stderr)
        refused += done.returncode == 65
        if done.returncode == 0 and ending == "pth":
            assert {entry["sha256"] for entry in json.loads(done.stdout)["tensors"]} == expected
    assert refused > 50

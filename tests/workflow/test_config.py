"""Mistakes in the configuration: each is refused in one sentence that says where it stands and what was meant."""

import os
import time

import pytest
import yaml

from config_files import ConfigFiles
from mistakes import ConfigError
from resolving import EXPERIMENT, resolve, with_change
from sandbox import CONFIG

COMPLETE = CONFIG["experiments"]["unet_resnet50"]
TUNED = {"extends": "unet_resnet50", "init_from": "unet_resnet50"}
MISTAKES = [
    ((*EXPERIMENT, "learning_rat"), 1, "experiments.unet_resnet50: unknown key 'learning_rat', did you mean 'lr'?"),
    ((*EXPERIMENT, "epoch"), 1, "experiments.unet_resnet50: unknown key 'epoch', did you mean 'epochs'?"),
    (
        (*EXPERIMENT, "augment", "zooom"),
        1,
        "experiments.unet_resnet50.augment: unknown key 'zooom', did you mean 'scale'?",
    ),
    (("outptu",), "x", "unknown key 'outptu', did you mean 'output'?"),
    (("dataset", "vall"), 1, "dataset: unknown key 'vall', did you mean 'val'?"),
    (("dataset", "root"), "/x", "dataset.root: goes not together with kind, train, val, size, cities, seed; a folder of"),
    (("dataset", "kind"), "cityscapes", 'dataset.kind: "cityscapes" must be synthetic; a folder of photos is given as'),
    (("dataset",), {"path": "/x"}, "dataset: unknown key 'path', did you mean 'root'?"),
    (("dataset",), {"root:/x": None}, "unknown key 'root:/x'; YAML wants a blank after a colon: 'root: /x'"),
    (("dataset",), {"layout": "cityscapes"}, "dataset: the key 'root' is missing"),
    (("dataset",), {"train": 5}, "dataset: the key 'kind' is missing"),
    ((*EXPERIMENT, "los"), "ce", "experiments.unet_resnet50: unknown key 'los', did you mean 'loss'?"),
    ((*EXPERIMENT, "loss"), "dice", 'experiments.unet_resnet50.loss: "dice" must be ce or weighted-ce or ce-dice'),
    (
        (*EXPERIMENT, "class_weights"),
        "enet",
        "unet_resnet50.class_weights: does nothing beside loss: ce; remove it, or set loss to weighted-ce",
    ),
    (
        (*EXPERIMENT, "warmup_steps"),
        5,
        "warmup_steps: does nothing beside schedule: plateau; remove it, or set schedule to poly or cosine or constant",
    ),
    ((*EXPERIMENT, "momentum"), 0.9, "unet_resnet50.momentum: does nothing beside optimizer: adam"),
    (
        ("experiments", "small", "encoder_weights"),
        "x.pth",
        "experiments.small.encoder_weights: does nothing beside arch: unet",
    ),
    (("experiments", "small", "init_from"), "smal", "'smal', did you mean 'small'?"),
    (("experiments", "small", "init_from"), "small", "small.init_from: 'small' in the end begins with its own weights"),
    (
        ("experiments", "small", "init_from"),
        "unet_resnet50",
        "small.init_from: unet_resnet50 has arch: unet-resnet50, this experiment unet; weights fit the same network only",
    ),
    ((*EXPERIMENT, "occlusion"), 0.1, "experiments.unet_resnet50.occlusion: 0.1 must be a set of keys"),
    ((*EXPERIMENT, "occlusion"), {"area": [0.1, 0.2]}, "occlusion: the key 'probability' is missing"),
    ((*EXPERIMENT, "occlusion"), {"probability": 1, "area": [0.2, 0.1]}, "occlusion.area: [0.2, 0.1] begins with the"),
    ((*EXPERIMENT, "crop"), {"scale": [0.5, 2]}, "unet_resnet50.crop: the key 'size' is missing"),
    ((*EXPERIMENT, "crop"), {"size": "8x64"}, "unet_resnet50.crop.size: 8x64 is too small"),
    ((*EXPERIMENT, "norm"), "frozen", "unet_resnet50.norm: frozen keeps what the weights begin with; give init_from"),
    ((*EXPERIMENT, "freeze_encoder_epochs"), 3, "freeze_encoder_epochs: more than the 2 epochs there are"),
    (("experiments", "small"), TUNED | {"norm": "group"}, "has norm: batch, this experiment group"),
    ((*EXPERIMENT, "epochs"), None, "experiments.unet_resnet50: the key 'epochs' is missing; add it, or inherit it"),
    ((*EXPERIMENT, "augment", "hue"), None, "experiments.unet_resnet50.augment: the key 'hue' is missing; add it"),
    (("folds",), None, "the key 'folds' is missing"),
    ((*EXPERIMENT, "arch"), "vgg", 'experiments.unet_resnet50.arch: "vgg" must be unet-resnet50 or unet'),
    ((*EXPERIMENT, "lr"), 0, "experiments.unet_resnet50.lr: 0 must be above 0"),
    ((*EXPERIMENT, "lr"), -1e-3, "experiments.unet_resnet50.lr: -0.001 must be above 0"),
    ((*EXPERIMENT, "lr"), "fast", 'experiments.unet_resnet50.lr: "fast" must be a number'),
    ((*EXPERIMENT, "lr"), True, 'experiments.unet_resnet50.lr: "true" must be a number'),
    ((*EXPERIMENT, "lr"), float("nan"), 'experiments.unet_resnet50.lr: ".nan" must be a number'),
    ((*EXPERIMENT, "lr"), float("inf"), 'experiments.unet_resnet50.lr: ".inf" must be a number'),
    ((*EXPERIMENT, "epochs"), 2.5, "experiments.unet_resnet50.epochs: 2.5 must be a whole number"),
    ((*EXPERIMENT, "epochs"), 0, "experiments.unet_resnet50.epochs: 0 must be at least 1"),
    ((*EXPERIMENT, "batch_size"), 10**9, "experiments.unet_resnet50.batch_size: 1000000000 must be at most 4096"),
    (
        (*EXPERIMENT, "size"),
        "64",
        'experiments.unet_resnet50.size: "64" has the wrong form; write it like 512x1024',
    ),
    ((*EXPERIMENT, "size"), "0x64", 'experiments.unet_resnet50.size: "0x64" has the wrong form'),
    ((*EXPERIMENT, "size"), 64, "experiments.unet_resnet50.size: 64 must be text (in quotes, what else is a number), such as 512x1024"),
    ((*EXPERIMENT, "seeds"), [1, 1], "experiments.unet_resnet50.seeds: [1, 1] holds a value twice"),
    ((*EXPERIMENT, "seeds"), [], "experiments.unet_resnet50.seeds: [] must have at least 1 value"),
    ((*EXPERIMENT, "seeds"), 3, "experiments.unet_resnet50.seeds: 3 must be a list"),
    ((*EXPERIMENT, "augment", "scale"), [1.2, 0.8], "augment.scale: [1.2, 0.8] begins with the larger one"),
    ((*EXPERIMENT, "augment", "scale"), [1, 2, 3], "augment.scale: [1, 2, 3] must have at most 2 values"),
    ((*EXPERIMENT, "dropout"), 1, "experiments.unet_resnet50.dropout: 1 must be below 1"),
    (
        (*EXPERIMENT, "width"),
        8,
        "unet_resnet50.width: does nothing beside arch: unet-resnet50; remove it, or set arch to unet",
    ),
    (
        (*EXPERIMENT, "size"),
        "16x64",
        "experiments.unet_resnet50.size: 16x64 is too small; 32 rows and columns at least",
    ),
    (("experiments", "small", "label_size"), "128x256", "small.label_size: 128x256 differs from unet_resnet50's 64x128"),
    (("experiments", "small", "width"), None, "experiments.small: the arch unet needs the key 'width'"),
    (("experiments", "small", "extends"), "unet_resnet5", "'unet_resnet5', did you mean 'unet_resnet50'?"),
    (("experiments", "small", "extends"), "small", "experiments.small.extends: 'small' in the end extends itself"),
    (("experiments",), {"a": {"extends": "b"}, "b": {"extends": "a"}}, "b.extends: 'a' in the end extends itself"),
    (
        ("experiments",),
        {"a": COMPLETE | {"init_from": "b"}, "b": {"extends": "a", "init_from": "a"}},
        "b.init_from: 'a' in the end begins with its own weights",
    ),
    (("experiments",), {}, "experiments: {} must not be empty"),
    (("experiments", "logs"), {"extends": "small"}, 'experiments: "logs" has the wrong form'),
    (
        ("experiments", "a/b"),
        {"extends": "small"},
        'experiments: "a/b" has the wrong form; write it like unet_resnet50',
    ),
    (("dataset", "cities"), 9, "dataset.cities: 9 cities of 8 scenes; ask for fewer, or raise train or val"),
    (("shards",), 3, "shards: 3 files for the 2 images of a split; ask for fewer"),
    ((*EXPERIMENT, "label_size"), "128x64", "unet_resnet50.label_size: 128x64 cannot hold label maps of dataset.size 64x128"),
    (("folds", "count"), 1, "folds.count: 1 must be at least 2"),
    (("folds", "count"), 7, "folds.count: 7 folds of 6 images; ask for fewer, or raise dataset.train"),
    (
        ("folds",),
        {"count": 2, "seed": 1, "strategy": "group"},
        "folds.count: 2 folds of 1 training cities; ask for fewer, raise dataset.cities, or choose another",
    ),
    (("folds", "strategy"), "random", 'folds.strategy: "random" must be shuffle or group or stratified'),
    (("threads",), 0, "threads: 0 must be at least 1"),
    (("shards",), 0, "shards: 0 must be at least 1"),
    (("output",), "re<sults", 'output: "re<sults" has the wrong form'),
    (("output",), "re{sults", 'output: "re{sults" has a variable or user that is not known here, or braces'),
    (("output",), "$NO_SUCH/x", 'output: "$NO_SUCH/x" has a variable or user that is not known here'),
    (("output",), "~no_such_user/x", 'output: "~no_such_user/x" has a variable or user that is not known here'),
    (("output",), "/", "output: / holds the workflow itself; name a folder of its own"),
    (("output",), "config", "/config holds the workflow itself; name a folder of its own"),
    (("output",), "..", "holds the workflow itself; name a folder of its own"),
    (("output",), "/etc/passwd", "output: /etc/passwd is no folder; name one, which need not be there"),
    (("output",), "/etc/passwd/x", "output: /etc/passwd is no folder; name one, which need not be there"),
    (("output",), "x" * 300, "is too long for the name of a folder"),
    ((*EXPERIMENT, "encoder_weights"), "$NO_SUCH/x.pth", 'encoder_weights: "$NO_SUCH/x.pth" has a variable or user'),
    (("dataset",), {"root": "$NO_SUCH/x"}, 'dataset.root: "$NO_SUCH/x" has a variable or user that is not known here'),
    (("experiments", "x" * 300), {"extends": "small"}, "is longer than 100 letters"),
    (("experiments", "unet\n"), {"extends": "small"}, 'experiments: "unet\\n" has the wrong form'),
    (("experiments", "1e3"), {"extends": "small"}, 'experiments: "1e3" has the wrong form'),
    (("experiments", "small", "lr"), "1e999", 'experiments.small.lr: "1e999" must be a number'),
]


@pytest.mark.parametrize(("keys", "value", "sentence"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path, keys, value, sentence):
    path = tmp_path / "config.yaml"
    with pytest.raises(ConfigError) as error:
        resolve(yaml.safe_dump(with_change(keys, value), sort_keys=False), path)
    lines = str(error.value).splitlines()
    assert any(sentence in line for line in lines), lines
    assert all(line.startswith(f"{path}:") or ("missing" in line and line.startswith(f"{path}")) for line in lines)


def test_the_line_of_the_mistake_is_named(tmp_path):
    text = yaml.safe_dump(with_change((*EXPERIMENT, "learning_rat"), 1), sort_keys=False)
    number = next(n for n, line in enumerate(text.splitlines(), 1) if "learning_rat" in line)
    with pytest.raises(ConfigError, match=f"config.yaml:{number}: experiments.unet_resnet50: unknown"):
        resolve(text, tmp_path / "config.yaml")


def test_all_mistakes_are_named_at_once(tmp_path):
    config = with_change((*EXPERIMENT, "learning_rat"), 1)
    config["thread"] = config.pop("threads")
    with pytest.raises(ConfigError) as error:
        resolve(yaml.safe_dump(config), tmp_path / "config.yaml")
    assert len(str(error.value).splitlines()) == 3  # two unknown keys, one missing


def test_a_value_of_the_command_line_is_blamed_on_it(tmp_path):
    text = yaml.safe_dump(with_change(("threads",), 0))
    with pytest.raises(ConfigError, match="^--config: threads: 0 must be at least 1"):
        resolve(text, tmp_path / "config.yaml", ["threads=0"])


REFERENCES = "a0: &a0 [1, 1]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(40))
MERGES = "a0: &a0 {k: 1}\n" + "".join(f"a{i + 1}: &a{i + 1} {{<<: [*a{i}, *a{i}]}}\n" for i in range(40))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("shards: 1\nshards: 2\n", "config.yaml:2: the key 'shards' stands twice"),
        ("experiments:\n  a:\n    lr: 1\n    lr: 2\n", "config.yaml:4: experiments.a: the key 'lr' stands twice"),
        ("shards: [1\nthreads: 2\n", "config.yaml:2: not valid YAML"),
        ("a:\n\t- b\n", "config.yaml:2: not valid YAML"),
        ("- a\n", "config.yaml: holds no keys; write it like config/config.yaml"),
        ("", "config.yaml: holds no keys; write it like config/config.yaml"),
        ("[a, b]: 1\n", "config.yaml:1: a key must be a word"),
        ("a: \x00", "config.yaml: not valid YAML: unacceptable character"),
        ("a: &a [1, *a]\n", "config.yaml:1: a: too many values or levels"),
        ("a: &a {<<: *a}\n", "config.yaml:1: a: too many values or levels"),
        (REFERENCES, "too many values or levels; write it shorter"),
        (MERGES, "too many values or levels; write it shorter"),
        ("a: " + "[" * 50_000, "config.yaml: nested too deeply"),
        ("a: " + "[" * 30 + "]" * 30, "too many values or levels; write it shorter"),
        ("a: [" + "1," * 10**5 + "]", "config.yaml: holds more than 100000 bytes; give a shorter file"),
        ("threads: " + "9" * 5000, '... must be a whole number'),
        ("a: !!python/object/apply:os.getcwd []\n", "unknown key 'a'"),
        ("".join(f"k{i}: 1\n" for i in range(9000)), "unknown key 'k5'"),
    ],
)
def test_a_faulty_or_hostile_file_is_named_with_its_line_in_a_moment(tmp_path, text, sentence):
    begun = time.monotonic()
    with pytest.raises(ConfigError) as error:
        resolve(text, tmp_path / "config.yaml")
    assert sentence in str(error.value)
    assert str(error.value).count("\n") < 25 and time.monotonic() - begun < 10  # 2 where nothing else is done


@pytest.mark.parametrize("kind", ["device", "pipe", "folder"])
def test_what_is_no_file_is_not_read(tmp_path, kind):
    path = tmp_path / "c.yaml"
    {"device": lambda: path.symlink_to("/dev/zero"), "pipe": lambda: os.mkfifo(path), "folder": path.mkdir}[kind]()
    with pytest.raises(ConfigError, match="c.yaml: is no file; name a file with --configfile"):
        ConfigFiles([path])


@pytest.mark.parametrize(
    "keys, value", [(("dataset", "root"), "/x"), (("dataset", "kind"), "cityscapes"), (("folds", "count"), 7)]
)
def test_one_mistake_is_told_in_one_sentence(tmp_path, keys, value):
    with pytest.raises(ConfigError) as error:
        resolve(yaml.safe_dump(with_change(keys, value)), tmp_path / "config.yaml")
    assert len(str(error.value).splitlines()) == 1


def test_as_many_folds_as_there_are_images_or_training_cities_are_no_mistake(tmp_path):
    config = with_change(("folds", "count"), 6)
    assert resolve(yaml.safe_dump(config), tmp_path / "config.yaml")["folds"]["count"] == 6
    config = with_change(("dataset", "cities"), 3)
    config["folds"]["strategy"] = "group"
    assert resolve(yaml.safe_dump(config), tmp_path / "config.yaml")["folds"]["count"] == 2


def test_validation_takes_its_share_of_the_cities(tmp_path):
    config = with_change(("folds",), {"count": 48, "seed": 1, "strategy": "group"})
    config["dataset"] |= {"train": 96, "val": 12, "cities": 54}
    resolve(yaml.safe_dump(config), tmp_path / "config.yaml")
    config["folds"]["count"] = 49
    with pytest.raises(ConfigError, match="49 folds of 48 training cities"):
        resolve(yaml.safe_dump(config), tmp_path / "config.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="none.yaml: cannot be read .*--configfile"):
        ConfigFiles([tmp_path / "none.yaml"])


@pytest.mark.parametrize(
    ("keys", "value", "sentence"),
    [
        ((*EXPERIMENT, "learning_rat"), 1, "unknown key 'learning_rat', did you mean 'lr'?"),
        (("dataset",), {"root": "/no/such/folder"}, "dataset.root: /no/such/folder is no folder; set dataset.root"),
    ],
)
def test_the_workflow_stops_with_78_and_one_sentence(fresh_study, keys, value, sentence):
    fresh_study.write_config(with_change(keys, value))
    done = fresh_study.snakemake(status=78)
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("Using profile")]
    assert line.startswith("segfold: config/config.yaml:") and sentence in line
    assert done.stdout == ""
    assert fresh_study.calls() == [] and not fresh_study.results.exists()


def test_a_given_file_is_named_as_it_was_given(fresh_study):
    other = fresh_study.folder / "config" / "other.yaml"
    other.write_text(yaml.safe_dump(with_change(("threads",), 0), sort_keys=False))
    done = fresh_study.snakemake("--configfile", "config/other.yaml", status=78)
    assert "\nsegfold: config/other.yaml:" in done.stderr


def test_a_given_file_replaces_the_default_one(fresh_study):
    """Snakemake would lay it over the default one, whose experiments would then be run as well."""
    other = with_change(("experiments", "small"), None)
    (fresh_study.folder / "other.yaml").write_text(yaml.safe_dump(other | {"output": "elsewhere"}))
    fresh_study.snakemake("--configfile", "other.yaml")
    assert {path.name for path in (fresh_study.folder / "elsewhere").iterdir()} >= {"unet_resnet50", "comparison.csv"}
    assert not (fresh_study.folder / "elsewhere" / "small").exists() and not fresh_study.results.exists()

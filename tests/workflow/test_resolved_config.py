"""What a configuration without mistakes comes to, and that those of the project are such."""

import json
import subprocess

import pytest
import yaml

from checks import training_cities
from config_files import ConfigFiles
from mistakes import ConfigError
from resolving import EXPERIMENT, SCHEMA, resolve, with_change
from sandbox import CONFIG, REAL_TOOLS, REPOSITORY, TOOLS
from study import Study

VERSIONS = REPOSITORY / "tools" / "results_versions.json"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1e-4", 0.0001),
        ("1.0E-4", 0.0001),
        ("0.0001", 0.0001),
        ("1", 1),
        ("1.0", 1),
        (".5e-1", 0.05),
    ],
)
def test_numbers_are_numbers_however_they_are_written(tmp_path, written, number):
    text = yaml.safe_dump(CONFIG).replace("lr: 0.001", f"lr: {written}")
    config = resolve(text, tmp_path / "config.yaml")
    assert config["experiments"]["unet_resnet50"]["lr"] == number
    assert type(config["experiments"]["unet_resnet50"]["lr"]) is type(number)


def test_an_experiment_inherits_and_overrides_single_keys(tmp_path):
    config = with_change(("experiments", "small", "augment"), {"flip": 0})
    config["experiments"]["third"] = {"extends": "small", "plateau": {"patience": 3}, "lr": 0.5}
    config["experiments"]["fourth"] = {"extends": "small", "arch": "unet-resnet50"}
    experiments = resolve(yaml.safe_dump(config), tmp_path / "config.yaml")["experiments"]
    base = CONFIG["experiments"]["unet_resnet50"]
    assert experiments["unet_resnet50"] == base
    assert experiments["third"] == base | {
        "arch": "unet",
        "width": 8,
        "lr": 0.5,
        "augment": base["augment"] | {"flip": 0},
        "plateau": base["plateau"] | {"patience": 3},
    }
    assert "width" not in experiments["fourth"]


@pytest.mark.parametrize("name", ["config.yaml", "cityscapes.yaml"])
def test_the_shipped_configurations_are_valid(name, tmp_path):
    path = REPOSITORY / "config" / name
    config = resolve(path.read_text(), tmp_path / name)
    assert next(iter(config["experiments"])) == "unet_resnet50"


def test_the_real_study_is_the_one_described(tmp_path):
    path = REPOSITORY / "config" / "cityscapes.yaml"
    experiment = resolve(path.read_text(), tmp_path / "c.yaml")["experiments"]["unet_resnet50"]
    assert experiment["size"] == "512x1024" and experiment["label_size"] == "1024x2048"
    assert experiment["epochs"] == 65 and experiment["batch_size"] == 2 and experiment["lr"] == 1e-4
    assert experiment["low_res_every"] == 5 and experiment["full_res_every"] == 10
    assert experiment["plateau"] == {"factor": 0.1, "patience": 10, "threshold": 1e-4}
    assert experiment["augment"]["scale"] == [0.8, 1.2] and experiment["augment"]["flip"] == 0.5


def test_the_encoder_s_weights_must_be_there_unless_none_are_wanted(tmp_path):
    path = tmp_path / "config.yaml"
    config = with_change((*EXPERIMENT, "encoder_weights"), "/no/such.pth")
    text = yaml.safe_dump(config, sort_keys=False)
    said = r"config.yaml:\d+: experiments.unet_resnet50.encoder_weights: /no/such.pth is not there; .*resnet50-0676ba61.pth"
    with pytest.raises(ConfigError, match=said + ".* or set encoder_weights to none"):
        Study(resolve(text, path), VERSIONS, ConfigFiles([path]))
    text = text.replace("/no/such.pth", "none")
    Study(resolve(text, path), VERSIONS, ConfigFiles([path]))


def test_what_only_acts_elsewhere_is_not_inherited(tmp_path):
    config = with_change((*EXPERIMENT, "loss"), "weighted-ce")
    config["experiments"]["unet_resnet50"]["class_weights"] = "median"
    config["experiments"]["third"] = {"extends": "unet_resnet50", "loss": "ce", "schedule": "poly"}
    experiments = resolve(yaml.safe_dump(config), tmp_path / "config.yaml")["experiments"]
    assert "class_weights" not in experiments["third"] and "plateau" not in experiments["third"]
    assert experiments["small"]["class_weights"] == "median"


def test_steps_replace_inherited_epochs_and_the_reverse(tmp_path):
    config = with_change(("experiments", "small", "steps"), 100)
    config["experiments"]["third"] = {"extends": "small", "epochs": 3}
    experiments = resolve(yaml.safe_dump(config), tmp_path / "config.yaml")["experiments"]
    assert "epochs" not in experiments["small"] and experiments["small"]["steps"] == 100
    assert "steps" not in experiments["third"] and experiments["third"]["epochs"] == 3
    config["experiments"]["fourth"] = {"extends": "small", "lr": 0.5}
    fourth = resolve(yaml.safe_dump(config), tmp_path / "config.yaml")["experiments"]["fourth"]
    assert "epochs" not in fourth and fourth["steps"] == 100
    config["experiments"]["small"]["epochs"] = 3
    with pytest.raises(ConfigError, match="experiments.small.steps: the length stands in epochs, too"):
        resolve(yaml.safe_dump(config), tmp_path / "config.yaml")


def test_what_stands_in_braces_on_the_command_line_is_read_as_in_a_file(tmp_path):
    given = ["experiments={unet_resnet50: {seeds: [1, 2], lr: 5e-4, ema: 0.9, optimizer: adamw}}"]
    experiment = resolve(yaml.safe_dump(CONFIG), tmp_path / "c.yaml", given)["experiments"]["unet_resnet50"]
    assert [experiment[key] for key in ("seeds", "lr", "ema", "optimizer")] == [[1, 2], 0.0005, 0.9, "adamw"]
    assert experiment["epochs"] == CONFIG["experiments"]["unet_resnet50"]["epochs"]


@pytest.mark.parametrize("word", ["off", "on", "no", "Null", "true", "y"])
def test_names_are_what_was_typed(tmp_path, word):
    """To YAML 1.1 most of these are false, true and null."""
    text = yaml.safe_dump(with_change(("experiments", "NAME"), {"extends": "small"}), sort_keys=False)
    text = text.replace("NAME:", f"{word}:") + f"  after: {{extends: {word}, init_from: {word}}}\nbaseline: {word}\n"
    config = resolve(text, tmp_path / "config.yaml")
    assert set(config["experiments"]) == {"unet_resnet50", "small", word, "after"}
    assert config["experiments"]["after"]["init_from"] == config["baseline"] == word


@pytest.mark.parametrize("text", ["2024_01_31", "2024-01-31", "off", "0x10", "1_000", "1:30", "a b", "'1e3'", '"007"'])
def test_texts_are_what_was_typed_in_a_file_and_on_the_command_line(tmp_path, text):
    typed = text.strip("'\"")
    assert resolve(yaml.safe_dump(CONFIG), tmp_path / "c.yaml", [f"output={text}"])["output"] == typed
    written = yaml.safe_dump(CONFIG).replace("output: results", f"output: {text}")
    assert resolve(written, tmp_path / "c.yaml")["output"] == typed


def test_what_snakemake_takes_for_something_else_reaches_the_workflow_as_typed(fresh_study):
    fresh_study.config_file.write_text(fresh_study.config_file.read_text().replace("small:", "off:"))
    said = fresh_study.snakemake("--dry-run", "--config", "output=2024_01_31").stdout
    assert "2024_01_31/off/fold0/off_fold0.pth" in said


def test_settings_that_are_merged_in_are_taken(tmp_path):
    text = yaml.safe_dump(CONFIG, sort_keys=False)
    text = text.replace("  small:", "  third: {<<: &extra {lr: 0.5}, extends: small}\n  small:\n    <<: *extra")
    experiments = resolve(text, tmp_path / "c.yaml")["experiments"]
    assert experiments["third"]["lr"] == experiments["small"]["lr"] == 0.5


def test_a_home_and_a_variable_may_stand_in_the_output(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCRATCH", str(tmp_path / "scratch"))
    for output, folder in (("~/x", "home/x"), ("$SCRATCH/x", "scratch/x"), ("${SCRATCH}/x", "scratch/x")):
        config = resolve(yaml.safe_dump(with_change(("output",), output)), tmp_path / "c.yaml")
        assert Study(config, VERSIONS, None).output == str(tmp_path / folder)


def test_snakemake_takes_several_seeds_from_the_command_line(fresh_study):
    said = fresh_study.snakemake("--dry-run", "--config", "experiments={unet_resnet50: {seeds: [4, 5]}}").stdout
    assert "/unet_resnet50/seed4/" in said and "/unet_resnet50/seed5/" in said


def test_the_published_recipe_is_expressed_in_full(tmp_path):
    path = REPOSITORY / "config" / "cityscapes.yaml"
    experiments = resolve(path.read_text(), tmp_path / "c.yaml")["experiments"]
    assert experiments["unet_resnet50_160k"]["steps"] == 160000
    recipe = experiments["unet_160k"]
    assert recipe["crop"] == {"size": "512x1024", "scale": [0.5, 2], "max_class_share": 0.75}
    assert (recipe["steps"], recipe["batch_size"], recipe["optimizer"], recipe["lr"]) == (160000, 16, "sgd", 0.01)
    assert (recipe["schedule"], recipe["poly_power"], recipe["lr_floor"]) == ("poly", 0.9, 0.0001)
    assert (recipe["momentum"], recipe["weight_decay"], recipe["auxiliary_weight"]) == (0.9, 0.0005, 0.4)
    assert "epochs" not in recipe and "plateau" not in recipe


def test_the_fine_tunings_of_the_shipped_configurations_start_from_the_plain_unet(tmp_path):
    for name in ("config.yaml", "cityscapes.yaml"):
        experiments = resolve((REPOSITORY / "config" / name).read_text(), tmp_path / name)["experiments"]
        tuned = {"unet_weighted": "weighted-ce", "unet_ce_dice": "ce-dice", "unet_continued": "ce", "unet_occlusion": "ce"}
        assert {key: experiments[key]["loss"] for key in tuned} == tuned
        assert {experiments[key]["init_from"] for key in tuned} == {"unet"}
        assert len({experiments[key]["epochs"] for key in tuned}) == 1


def test_the_study_needs_the_tools_that_its_rules_call(tmp_path):
    assert Study(resolve(yaml.safe_dump(CONFIG), tmp_path / "config.yaml"), VERSIONS, None).tools() == TOOLS[:-1]  # no model-info


def test_the_saved_configuration_gives_the_same_study(tmp_path):
    first = resolve(yaml.safe_dump(CONFIG), tmp_path / "config.yaml")
    saved = Study(first, VERSIONS, None).resolved_yaml()
    assert "&id" not in saved
    again = resolve(saved, tmp_path / "saved.yaml")
    assert again == first and list(again["experiments"]) == list(first["experiments"])


def test_the_order_of_the_config_does_not_shape_the_options(tmp_path):
    studies = [
        Study(resolve(yaml.safe_dump(CONFIG, sort_keys=sort), tmp_path / "config.yaml"), VERSIONS, None)
        for sort in (False, True)
    ]
    assert studies[0].training_options("small", "") == studies[1].training_options("small", "")
    assert studies[0].synthesize_options() == studies[1].synthesize_options()


def test_a_variable_may_name_the_root(tmp_path, monkeypatch):
    for folder, ending in (("leftImg8bit", "leftImg8bit"), ("gtFine", "gtFine_labelIds")):
        for split in ("train", "val"):
            (tmp_path / "data" / folder / split / "a").mkdir(parents=True)
            (tmp_path / "data" / folder / split / "a" / f"a_000000_000000_{ending}.png").write_text("x")
    monkeypatch.setenv("CITYSCAPES_DATASET", str(tmp_path / "data"))
    text = yaml.safe_dump(with_change(("dataset",), {"root": "$CITYSCAPES_DATASET"}))
    config = resolve(text, tmp_path / "config.yaml")
    study = Study(config, VERSIONS, ConfigFiles([tmp_path / "config.yaml"]))
    assert study.dataset.root == str(tmp_path / "data")


@pytest.mark.parametrize(("train", "val", "cities"), [(6, 2, 2), (6, 2, 8), (3, 5, 4), (7, 1, 4), (2, 6, 8), (5, 3, 4)])
def test_the_training_cities_are_those_that_synthesize_draws(tmp_path, train, val, cities):
    command = [REAL_TOOLS / "synthesize", "-q", "--output", tmp_path / "data", "--size", "32x64"]
    subprocess.run([*command, "--train", str(train), "--val", str(val), "--cities", str(cities)], check=True)
    drawn = {path.name for path in (tmp_path / "data" / "leftImg8bit" / "train").iterdir()}
    assert training_cities({"train": train, "val": val, "cities": cities}) == len(drawn)


def test_the_schema_tells_drawn_data_sets_by_each_of_their_keys():
    schema = json.loads(SCHEMA.read_text())
    telling = {key for choice in schema["properties"]["dataset"]["if"]["anyOf"] for key in choice["required"]}
    assert telling == set(schema["$defs"]["synthetic_dataset"]["properties"])

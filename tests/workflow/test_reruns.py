"""Which jobs run again after which change: the lists, made by running the workflow with tools that do nothing."""

import copy
import json
import os
import shutil

import pytest
import yaml

from sandbox import COMPARISON, COMPARISONS, CONFIG, FOLDS, SHARDS, SPLIT, Sandbox, after_training, experiment_jobs, fold_jobs

EXPERIMENTS = list(CONFIG["experiments"])
TRAININGS = [job for name in EXPERIMENTS for job in experiment_jobs(name)]


def changed(**sections):
    """The config with something else in it: changed(threads=2), changed(small={"lr": 1})."""
    config = copy.deepcopy(CONFIG)
    for key, value in sections.items():
        if key in config["experiments"]:
            config["experiments"][key].update(value)
        elif isinstance(value, dict):
            config[key].update(value)
        else:
            config[key] = value
    return config


def test_a_finished_study_has_nothing_to_do(study):
    assert study.jobs() == []


def test_every_file_of_the_contract_is_there(study):
    folds = [
        f"{name}/fold{fold}/{file}"
        for name in EXPERIMENTS
        for fold in range(FOLDS)
        for file in (
            f"{name}_fold{fold}.pth",
            f"{name}_fold{fold}_best.pth",
            "history.csv",
            "history.csv.seal.json",
            "metrics_lowres.json",
            "metrics_fullres.json",
            "training_history.png",
            "final_prediction.png",
            "occlusion.json",
        )
    ]
    summaries = [f"{name}/summary_metrics.csv{end}" for name in EXPERIMENTS for end in ("", ".seal.json")]
    shards = [job.split()[1] for job in SHARDS]
    tables = [f"{name}{end}" for name in ("comparison.csv", "occlusion_curve.csv") for end in ("", ".seal.json")]
    others = ["config.yaml", "folds.json", "comparison.json", "occlusion_curve.png", *tables]
    made = {name for name in study.files() if not name.startswith("data/")}
    assert made == {*folds, *summaries, *shards, *others}


def test_a_learning_rate_reruns_its_experiment_and_the_comparison(study):
    study.write_config(changed(small={"lr": 0.002}))
    assert study.jobs() == sorted([*experiment_jobs("small"), *COMPARISONS])
    assert study.jobs() == []


def test_a_learning_rate_reruns_what_inherits_it_too(study):
    study.write_config(changed(unet_resnet50={"lr": 0.002}))
    assert study.jobs() == sorted([*TRAININGS, *COMPARISONS])


def test_spelling_and_comments_rerun_nothing(study):
    backwards = dict(reversed(CONFIG.items()))
    backwards["experiments"] = {name: dict(reversed(one.items())) for name, one in CONFIG["experiments"].items()}
    text = yaml.safe_dump(json.loads(json.dumps(backwards)), sort_keys=False, indent=7)
    assert "lr: 0.001\n" in text and "threshold: 0.0001\n" in text and "epochs: 2\n" in text
    text = text.replace("lr: 0.001\n", "lr:   1e-3  # one thousandth\n").replace("0.0001\n", "1.0E-4\n")
    study.config_file.write_text("# another beginning\n\n" + text.replace("epochs: 2\n", "epochs: 2.0\n"))
    saved = study.results.joinpath("config.yaml").stat().st_mtime_ns
    assert study.jobs() == []
    assert study.results.joinpath("config.yaml").stat().st_mtime_ns == saved


def test_a_rebuild_reruns_nothing(study):
    for tool in (study.folder / "bin").iterdir():
        target = tool.resolve()
        tool.unlink()
        shutil.copy(target, tool)
    versions = study.folder / "tools" / "results_versions.json"
    os.utime(versions)
    assert study.jobs() == []


def test_the_text_of_the_snakefile_reruns_nothing(study):
    snakefile = study.folder / "Snakefile"
    snakefile.write_text(snakefile.read_text().replace("logged {log:q} train-fold", "logged {log:q}  train-fold"))
    assert study.jobs() == []


def test_class_colours_redraw_pictures_and_train_nothing(study):
    study.set_results_version("visualize", 99)
    pictures = [f"visualize {n}/fold{i}/{p}.png" for n in EXPERIMENTS for i in range(FOLDS)
                for p in ("training_history", "final_prediction")]  # fmt: skip
    assert study.jobs() == sorted([*pictures, "visualize occlusion_curve.png"])


def test_a_new_results_version_of_training_trains_all_anew(study):
    study.set_results_version("train-fold", 99)
    assert study.jobs() == sorted([*TRAININGS, *COMPARISONS])


def test_a_new_results_version_of_evaluation_evaluates_anew(study):
    study.set_results_version("eval-fold", 99)
    metrics = [job for job in TRAININGS if job.startswith(("eval-fold", "aggregate"))]
    assert study.jobs() == sorted([*metrics, *COMPARISONS])


def test_another_number_of_threads_trains_anew(study):
    study.write_config(changed(threads=2))
    assert study.jobs() == sorted([*TRAININGS, *COMPARISONS])


def test_another_seed_of_the_folds_splits_and_trains_anew(study):
    study.write_config(changed(folds={"seed": 43}))
    assert study.jobs() == sorted([SPLIT, *TRAININGS, *COMPARISONS])


def test_two_parameters_that_swap_their_values_are_noticed(study):
    """Snakemake compares the values without their names, and as a set."""
    study.write_config(changed(small={"low_res_every": 2, "full_res_every": 1}))
    assert study.jobs() == sorted([*experiment_jobs("small"), *COMPARISONS])


def test_another_input_size_gets_shards_of_its_own(study):
    study.write_config(changed(small={"size": "64x64"}))
    shards = [job.replace("32x64-", "64x64-") for job in SHARDS]
    assert study.jobs() == sorted([*shards, *experiment_jobs("small"), *COMPARISONS])


def test_other_data_redo_everything(study):
    study.write_config(changed(dataset={"seed": 2}))
    assert study.jobs() == sorted(["synthesize data", *SHARDS, SPLIT, *TRAININGS, *COMPARISONS])


def test_a_further_experiment_runs_alone(study):
    config = changed()
    config["experiments"]["third"] = {"extends": "small", "dropout": 0.5}
    study.write_config(config)
    assert study.jobs() == sorted([*experiment_jobs("third"), *COMPARISONS])


def test_a_fine_tuning_starts_from_the_same_fold_of_its_start(study):
    config = changed()
    config["experiments"]["tuned"] = {"extends": "small", "init_from": "small", "loss": "ce-dice", "dice_weight": 0.5}
    study.write_config(config)
    assert study.jobs() == sorted([*experiment_jobs("tuned"), *COMPARISONS])
    starts = [
        (call[call.index("--fold") + 1], call[call.index("--init") + 1])
        for call in map(json.loads, study.calls_file.read_text().splitlines())
        if call[0] == "train-fold" and "--init" in call
    ]
    expected = {(str(fold), f"results/small/fold{fold}/small_fold{fold}.pth") for fold in range(FOLDS)}
    assert set(starts) == expected
    config["experiments"]["small"]["lr"] = 0.5
    study.write_config(config)
    assert study.jobs() == sorted([*experiment_jobs("small"), *experiment_jobs("tuned"), *COMPARISONS])


def test_other_encoder_weights_train_anew(study):
    weights = study.folder / "resnet 50.pth"
    weights.write_text("first")
    study.write_config(changed(unet_resnet50={"encoder_weights": str(weights)}))
    jobs = sorted([*experiment_jobs("unet_resnet50"), *COMPARISONS])
    assert study.jobs() == jobs
    assert study.jobs() == []
    weights.write_text("second")
    assert study.jobs() == jobs
    weights.write_text("damaged")
    said = study.snakemake(status=78).stderr
    assert f"experiments.unet_resnet50.encoder_weights: {weights}: holds no ResNet-50" in said
    assert study.calls() == jobs  # nothing was computed before it was looked at


def test_several_seeds_get_folders_of_their_own(study):
    study.write_config(changed(small={"seeds": [1, 2]}))
    both = [*experiment_jobs("small", "seed1/"), *experiment_jobs("small", "seed2/")]
    assert study.jobs() == sorted([*both, *COMPARISONS])
    first, second = (study.results / f"small/seed{seed}/fold0/small_fold0.pth" for seed in (1, 2))
    assert first.read_text() != second.read_text()


def redone_fold(name, fold):
    return [*fold_jobs(name, fold), f"aggregate {name}/summary_metrics.csv"]


SUMMARY = "aggregate small/summary_metrics.csv"
DELETED = [
    (
        [
            "config.yaml",
            "comparison.csv.seal.json",
            "small/summary_metrics.csv.seal.json",
            "small/fold0/training_history.png",
            "small/fold1/final_prediction.png",
        ],
        [COMPARISON, SUMMARY, after_training("small", 0)[2], after_training("small", 1)[3]],
    ),
    (["comparison.csv", "small/summary_metrics.csv"], [COMPARISON, SUMMARY]),
    (["small/fold1/small_fold1.pth"], [*redone_fold("small", 1), *COMPARISONS]),
    (
        ["small/fold1/small_fold1_best.pth", "unet_resnet50/fold0/history.csv"],
        [*redone_fold("small", 1), *redone_fold("unet_resnet50", 0), *COMPARISONS],
    ),
    (["unet_resnet50/fold0/history.csv.seal.json"], [*redone_fold("unet_resnet50", 0), *COMPARISONS]),
    (
        ["small/fold0/metrics_lowres.json", "small/fold1/metrics_fullres.json"],
        [after_training("small", 0)[0], after_training("small", 1)[1], SUMMARY, COMPARISON],
    ),
    (["folds.json"], [SPLIT, *TRAININGS, *COMPARISONS]),
    (["shards/32x64-64x128/val-0.h5"], [SHARDS[2], *TRAININGS, *COMPARISONS]),
    (["data/dataset.json"], ["synthesize data", *SHARDS, SPLIT, *TRAININGS, *COMPARISONS]),
]


@pytest.mark.parametrize(("names", "jobs"), DELETED, ids=[names[0] for names, _ in DELETED])
def test_a_deleted_file_comes_back(study, names, jobs):
    before = study.contents()
    for name in names:
        (study.results / name).unlink()
    assert study.jobs() == sorted(set(jobs))
    assert study.contents() == before


def test_a_touched_file_of_equal_content_reruns_nothing(study):
    for name in ("folds.json", "shards/32x64-64x128/train-0.h5", "data/dataset.json"):
        os.utime(study.results / name)
    assert study.jobs() == []


def folder_study(folder):
    """A study on a data set that lies outside of the results."""
    drawn = Sandbox.make(folder / "drawn")
    drawn.snakemake("results/data/dataset.json")
    shutil.move(drawn.results / "data", folder / "data set")
    config = changed()
    config["dataset"] = {"root": str(folder / "data set")}
    del config["experiments"]["small"]
    study = Sandbox.make(folder / "my study", config)
    return study, config


def test_a_data_set_that_moves_reruns_nothing_and_one_that_grows_everything(tmp_path):
    study, config = folder_study(tmp_path)
    everything = sorted([*SHARDS, SPLIT, *experiment_jobs("unet_resnet50"), *COMPARISONS])
    assert study.jobs() == everything
    assert not any(name.startswith("data/") for name in study.files())

    moved = tmp_path / "moved"
    (tmp_path / "data set").rename(moved)
    config["dataset"]["root"] = str(moved)
    study.write_config(config)
    assert study.jobs() == []

    for path in list(moved.rglob("a_000000_000000_*.png")):
        if "train" in path.parts:
            shutil.copy(path, path.with_name(path.name.replace("000000_000000", "000000_000099")))
    train_shards = [job for job in SHARDS if "train" in job]
    assert study.jobs() == sorted([*train_shards, SPLIT, *experiment_jobs("unet_resnet50"), *COMPARISONS])

"""What a study says when it is finished, or has stopped before."""

from types import SimpleNamespace

import pytest

from closing import closing_words, words_of_a_stop
from resolving import with_change

PLACE = "segfold: the scores are in results/comparison.csv, fold by fold beside each experiment, such as"


@pytest.fixture
def two_experiments(tmp_path):
    return SimpleNamespace(
        output=str(tmp_path),
        experiments=["first", "second"],
        seed_folder_files=lambda experiment, name: [f"{tmp_path}/{experiment}/seed{s}/{name}" for s in (1, 2)],
    )


def test_the_scores_and_their_place_are_told(two_experiments, tmp_path):
    (tmp_path / "comparison.csv").write_text(
        "experiment,folds,resolution,miou_mean\nfirst,3,64x128,0.52449\nsecond,3,64x128,0.5\n"
    )
    place, scores = closing_words(two_experiments)
    assert f"{tmp_path}/comparison.csv" in place and f"{tmp_path}/first/seed1/summary_metrics.csv" in place
    assert scores == "mIoU at 64x128, mean of folds and seeds: first 0.524, second 0.500"


def test_trainings_of_another_config_are_named(study):
    config = with_change(("folds", "count"), 3)
    config["experiments"]["third"] = config["experiments"].pop("small") | {"seeds": [1, 2]}
    study.write_config(config)
    study.snakemake()
    study.write_config(config | {"folds": config["folds"] | {"count": 2}})
    said = study.snakemake().stderr
    left = [f"third/seed{seed}/fold2" for seed in (1, 2)]
    named = ", ".join(f"results/{name}" for name in ["small/fold0", "small/fold1", *left, "unet_resnet50/fold2"])
    assert f"segfold: not of this study, and in none of its tables: {named}; remove them" in said


def test_what_abandoned_trainings_left_is_told_with_its_size(study):
    state = study.results / ".state" / "small" / "fold0" / "0123456789abcdef"
    state.mkdir(parents=True)
    (state / "state.safetensors").write_bytes(bytes(3_000_000))
    (study.results / "comparison.csv").unlink()
    said = study.snakemake().stderr
    assert "segfold: results/.state/small/fold0/0123456789abcdef (3 MB) is of a training with other settings; rm -r" in said


HEADER = "experiment,resolution,miou_mean\n"


@pytest.mark.parametrize(
    "text", [None, "", "experiment\n", f"{HEADER}first,1x1,\n", f"{HEADER}first,1x1\n", "\xff"]
)
def test_without_scores_that_can_be_read_only_the_place_is_told(two_experiments, tmp_path, text):
    if text is not None:
        (tmp_path / "comparison.csv").write_bytes(text.encode("latin-1"))
    assert len(list(closing_words(two_experiments))) == 1


def test_only_a_study_that_was_run_to_its_end_says_so(study):
    comparison = study.results / "comparison.csv"
    comparison.unlink()
    assert PLACE not in study.snakemake("--dry-run").stderr
    assert PLACE not in study.snakemake("results/comparison.csv").stderr
    comparison.unlink()
    assert PLACE not in study.snakemake("--until", "aggregate_comparison").stderr
    comparison.unlink()
    assert f"{PLACE} results/unet_resnet50/summary_metrics.csv\n" in study.snakemake().stderr
    assert PLACE not in study.snakemake().stderr  # nothing was to be done


def ended(*statuses):
    return "".join(f"Command 'train-fold' returned non-zero exit status {status}.\nError in rule\n" for status in statuses)


@pytest.mark.parametrize(
    ("said", "beginning"),
    [
        (ended(75), "interrupted"),
        (ended(75, 130), "interrupted"),
        ("Terminating processes on user request, this might take some time.\n", "interrupted"),
        ("Will exit after finishing currently running jobs (scheduler).\n", "interrupted"),
        (ended(65), "a job has failed"),
        (ended(75, 65), "a job has failed"),
        (f"Terminating processes on user request\n{ended(71)}", "a job has failed"),
        ("Error in rule train_fold:\n", "a job has failed"),  # of a cluster's job no status is told
    ],
)
def test_a_stop_is_told_from_a_failure_by_the_exit_status_of_the_jobs(two_experiments, tmp_path, said, beginning):
    (tmp_path / "snakemake.log").write_text(said)
    words = words_of_a_stop(two_experiments, [tmp_path / "snakemake.log", tmp_path / "none.log"])
    assert words.startswith(beginning) and words.endswith("the same command goes on")

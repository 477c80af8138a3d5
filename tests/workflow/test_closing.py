"""What a study says when it is finished."""

from types import SimpleNamespace

import pytest

from closing import closing_words

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

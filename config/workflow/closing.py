"""What is said when a study is finished."""

import csv


def closing_words(study):
    """Where the scores are, then what they are."""
    comparison = f"{study.output}/comparison.csv"
    summary = study.seed_folder_files(next(iter(study.experiments)), "summary_metrics.csv")[0]
    yield f"the scores are in {comparison}, fold by fold beside each experiment, such as {summary}"
    try:
        with open(comparison, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        scores = [f"{row['experiment']} {float(row['miou_mean']):.3f}" for row in rows]
        yield f"mIoU at {rows[0]['resolution']}, mean of folds and seeds: {', '.join(scores)}"
    except (OSError, LookupError, TypeError, ValueError, csv.Error):
        pass  # these words must not fail a study that has succeeded

"""What is said when a study is finished, or has stopped before."""

import csv
import re
from pathlib import Path

# How a tool ends that was asked to stop: by itself, its state saved, or by the signal.
STOPPED_AS_ASKED = {"75", "130", "143"}


def words_of_a_finish(study):
    return [*closing_words(study), *words_of_leftovers(study), *words_of_abandoned_states(study)]


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


def words_of_leftovers(study):
    """Trainings of other folds, seeds or experiments than the study's: what sums up folders would count them in."""
    listed = {path for name in study.experiments for path in study.fold_files(name, "history.csv")}
    found = [path for folds in ("*/fold*", "*/seed*/fold*") for path in Path(study.output).glob(f"{folds}/history.csv")]
    others = sorted(str(path.parent) for path in found if str(path) not in listed)
    if others:
        named = ", ".join(others[:10]) + (f" and {len(others) - 10} more" if len(others) > 10 else "")
        yield f"not of this study, and in none of its tables: {named}; remove them if you no longer want them"


def words_of_abandoned_states(study):
    """What trainings would resume from whose settings were changed before they were finished; of a study that is finished
    all that is left is such."""
    root = Path(study.output, ".state")
    for folder in sorted(path for path in root.rglob("*") if re.fullmatch("[0-9a-f]{16}", path.name) and path.is_dir()):
        try:
            megabytes = sum(file.stat().st_size for file in folder.rglob("*")) / 1e6
        except OSError:  # somebody is at work on it after all
            continue
        yield f"{folder} ({megabytes:.0f} MB) is of a training with other settings; rm -r drops it"


def words_of_a_stop(study, logs):
    """Whether a study was interrupted or something failed, and how it goes on.

    @param logs  paths of what Snakemake has said: the one place where the exit status of each job stands
    """
    said = "".join(Path(log).read_text(encoding="utf-8", errors="replace") for log in logs if Path(log).is_file())
    statuses = set(re.findall(r" returned non-zero exit status (\d+)\.$", said, re.M))
    asked = statuses or re.search(r"^(Terminating processes on user request|Will exit after finishing)", said, re.M)
    if asked and statuses <= STOPPED_AS_ASKED:
        return (
            "interrupted, nothing is lost: what is finished is kept, trainings at work have saved their state, and the "
            "same command goes on"
        )
    return (
        f"a job has failed: its own message stands above and in {study.output}/logs; what is finished is kept, and once "
        "the cause is mended (a damaged file: deleted) the same command goes on"
    )

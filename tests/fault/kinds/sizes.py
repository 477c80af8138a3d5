"""Limits of size and number: a file may grow to so many bytes (`ulimit -f`), a process open so many files."""

from study import WRITERS
from support import Try, each, judge, judge_next_run, judge_outputs

ABOUT = "limits of size (ulimit -f, -n)"


def too_large(place, name, _):
    largest = max(map(len, place.study.outputs(name).values()))
    place.prepare(name)
    limit = place.random.choice([0, 1, 4096, place.random.randrange(largest)])
    done = place.call(name, wrap=["prlimit", f"--fsize={limit}:{limit}"])
    judge(done, {74, 0})
    judge_outputs(place, name, done=done)
    judge_next_run(place, name)


def more_shards_than_descriptors(place, name):
    """Six shards, and room for two more files than a tool has open that reads one of them."""
    shards = tuple(place.folder / f"part-{part}.h5" for part in range(6))
    for part, shard in enumerate(shards):
        judge(place.call("preprocess", {"--part": f"{part}/6", "--output": shard}), {0})
    low = next(limit for limit in range(4, 64) if place.call(name, wrap=["prlimit", f"--nofile={limit}"]).status == 0)
    judge(place.call(name, {"--shards": shards}, wrap=["prlimit", f"--nofile={low + 2}"]), {0})


def tries(long):
    yield from each(too_large, [*WRITERS, "train-fold resume"], long, quick=(1, 20), slow=(1, 10), group="bytes/")
    for name in ("split-folds", "eval-fold", "train-fold", "visualize samples")[: None if long else 1]:
        yield Try(f"descriptors/{name}", more_shards_than_descriptors, name)

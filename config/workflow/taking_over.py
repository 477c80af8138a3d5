"""Results of which Snakemake has no record: moved, copied, put back, left without .snakemake/, or finished by a tool that
outlived it.

Of such it compares nothing but times, and would keep what another config made. What made them stands in their seals, so
each tool is asked, in the order of the data, whether its command would make just these.
"""

import asyncio
import contextlib
import os
import subprocess

from snakemake.dag import DAG
from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

# The rules whose tools know --dry-run. What others make is made again, in seconds.
ASKED = {"preprocess", "split_folds", "train_fold", "eval_fold_lowres", "eval_fold_fullres", "eval_fold_occlusion"}
# Stands in for the Snakefile's function of this name, which keeps a log.
LOGGED = 'logged() { shift; "$@" --dry-run; }; '
OTHERS = {65, 66}  # exit statuses: made by another command, or not there in whole


def take_over_before_planning(dataset):
    """Lets Snakemake look at such results before it decides what to do. It has no hook there, but it looks for half-made
    files just then."""
    find_half_made = DAG.check_incomplete

    async def check(dag):
        if not dag.workflow.touch:  # by which the user says that all is as it should be
            await _take_over(dag, dataset)
        await find_half_made(dag)

    DAG.check_incomplete = check


async def _take_over(dag, dataset):
    dag.update_jobids()  # which shell commands want
    made_anyway, kept, again = set(), 0, 0
    for level in dag.toposorted():
        unknown = {}
        for job in level:
            forced = job.rule in dag.forcerules or not dag.forcefiles.isdisjoint(job.output)
            if forced or made_anyway & set(dag.dependencies[job]) or not all(map(os.path.exists, job.output)):
                made_anyway.add(job)
            elif job.output and (records := await _records_that_do_not_fit(dag, job)) is not None:
                unknown[job] = records
        answers = await asyncio.gather(*(asyncio.to_thread(_ask, job, dataset) for job in unknown))
        for (job, records), (status, sentence) in zip(unknown.items(), answers):
            if status == 0:
                kept += 1
                await _record(dag, job)
                continue
            # On a cluster other machines compute than the one that was asked, so that a wrong answer may be one.
            if sentence and (any(records) or status not in OTHERS or not dag.workflow.local_exec):
                raise WorkflowError(
                    f"{sentence}; nothing was changed: bring back what was there, delete it to make it again, or give "
                    "another 'output'"
                )
            again += 1
            dag.forcefiles.update(job.output)
            made_anyway.add(job)
            if sentence:
                logger.info(f"segfold: made again: {sentence}")
    if kept + again:
        logger.info(f"segfold: of results without a record {kept} are what is asked and kept, {again} made again")


async def _records_that_do_not_fit(dag, job):
    """The records of a job's files, None for each that has none; or no list at all where a file is still as recorded."""
    if await dag.workflow.persistence.incomplete(job):
        return [None]
    records = [dag.workflow.persistence.metadata(file) for file in job.output]
    for file, record in zip(job.output, records):
        if record and record.endtime == (await file.mtime_uncached()).local_or_storage():
            return None
    return records


def _ask(job, dataset):
    """Exit status and last words of a tool that is asked whether the outputs are what its command makes."""
    if job.rule.name == "synthesize":
        return (0, "") if dataset.is_as_asked() else (65, f"{dataset.marker[0]}: was drawn by other settings")
    if job.rule.name not in ASKED:
        return 65, ""
    done = subprocess.run(["bash", "-c", LOGGED + job.shellcmd], capture_output=True, text=True)
    words = done.stderr.strip().splitlines() or [f"{job.output[0]}: {done.args[-1]} ended with {done.returncode}"]
    return done.returncode, words[-1].removesuffix("; leave --dry-run out to make it again")


async def _record(dag, job):
    """As if the job had just ended, so later than those that made its inputs."""
    for file in job.output:
        with contextlib.suppress(OSError):  # another's: then Snakemake compares contents instead of times
            os.utime(file)
    dag.workflow.iocache.mtime.clear()
    await dag.workflow.persistence.finished(job)
    dag.workflow.persistence.deactivate_cache()  # of records, for it knows none of this one

# The whole study: data → shards → folds → trainings → metrics → summaries, charts and a comparison.
#
# Config carries the science (config/config.yaml), profiles carry the machine (config/profiles/). A job is redone when
# its parameters, its inputs or its tool's results version change; neither a rebuild nor this file's text counts.
import atexit
import shlex
import sys
from pathlib import Path

from snakemake.logging import logger
from snakemake.utils import min_version

min_version("9.21")

BASE = Path(workflow.basedir)
sys.path.insert(0, str(BASE / "config" / "workflow"))

import closing
import machine
import mistakes
import settings
from config_files import ConfigFiles
from study import Study
from taking_over import take_over_before_planning

try:
    # Only by default: a file given by --configfile replaces this one, where Snakemake would lay it over it.
    SOURCES = ConfigFiles(
        workflow.config_settings.configfiles or ["config/config.yaml"],
        workflow.config_settings.config_args,
    )
    STUDY = Study(
        settings.resolve(BASE / "config" / "schemas" / "config.schema.json", SOURCES),
        BASE / "tools" / "results_versions.json",
        SOURCES,
    )
except mistakes.ConfigError as error:
    mistakes.stop(error)

THREADS = STUDY.config["threads"]

# A job that asks for more than there is gets what there is: no GPU where none is. A cluster's profile sets limits of its
# own, and what runs there has what SLURM granted.
if workflow.is_main_process:
    machine.limit_resources(
        workflow, gpu=machine.gpu_count(), mem_mb=machine.memory_mb()
    )
    take_over_before_planning(STUDY.dataset)

# Snakemake compares the *set* of a job's parameters, without their names: {1, 2} stays {1, 2} when a seed becomes 2 and
# the version 1. So each parameter below says in its text what it is ("--seed 1", "results version 1 of train-fold").

# `logged LOG COMMAND` shows what COMMAND says and keeps it in LOG. Its tee outlives an interrupt, so that a training
# can still say that it has saved its state, and a reader that goes away; a log that cannot be written fails no training.
shell.prefix(
    "set -euo pipefail; "
    'logged() {{ local log=$1; shift; "$@" 2>&1 | (trap "" INT TERM HUP; tee -p "$log" >&2 || cat >/dev/null); }}; '
)


pathvars:
    results=STUDY.output,
    logs=f"{STUDY.output}/logs",
    benchmarks=f"{STUDY.output}/benchmarks",


# gpu limits what runs on this machine; on a cluster the scheduler limits.
resource_scopes:
    gpu="local",


wildcard_constraints:
    experiment="|".join(STUDY.experiments),
    seed_folder=r"(seed\d+/)?",
    fold=r"\d+",
    sizes=r"\d+x\d+-\d+x\d+",
    split="train|val",
    part=r"\d+",


# Where the others are sent to a cluster, these take seconds and stay on the login node.
localrules:
    all,
    save_config,
    split_folds,
    aggregate,
    aggregate_comparison,
    aggregate_occlusion,
    visualize_curves,
    visualize_occlusion,


onstart:
    if workflow.is_main_process:
        machine.require_tools(STUDY.tools())
        try:
            STUDY.look_at_weights()
        except mistakes.ConfigError as error:
            mistakes.stop(error)
        machine.lock(f"{STUDY.output}/.state/lock")
        machine.pass_signals_on(STUDY.tools())


onsuccess:
    whole = any(job.rule.name == "all" for job in workflow.dag.jobs)
    if workflow.is_main_process and whole:
        for line in closing.words_of_a_finish(STUDY):
            logger.info(f"segfold: {line}")


# At the very end, below all that Snakemake has to say of the failed jobs.
onerror:
    if workflow.is_main_process:
        atexit.register(
            print,
            f"segfold: {closing.words_of_a_stop(STUDY, log)}",
            file=sys.stderr,
        )


rule all:
    input:
        STUDY.all_files(),


rule save_config:
    output:
        config="<results>/config.yaml",
    log:
        "<logs>/save_config.log",
    benchmark:
        "<benchmarks>/save_config.tsv"
    params:
        text=lambda wildcards: STUDY.resolved_yaml(),
    shell:
        "printf '%s' {params.text:q} 2>{log:q} >{output.config:q}"


rule synthesize:
    output:
        dataset="<results>/data/dataset.json",
        # Pictures are outputs only when they are missing: hundreds of names would bury what a run says.
        missing=STUDY.dataset.missing,
    log:
        "<logs>/synthesize.log",
    benchmark:
        "<benchmarks>/synthesize.tsv"
    threads: 4
    resources:
        mem_mb=1000,
    params:
        folder=lambda wildcards, output: Path(output.dataset).parent,
        options=STUDY.synthesize_options(),
        version=STUDY.version("synthesize"),
    shell:
        "logged {log:q} synthesize --output {params.folder:q} {params.options} --threads {threads}"


rule preprocess:
    input:
        dataset=STUDY.dataset.marker,
    output:
        shard="<results>/shards/{sizes}/{split}-{part}.h5",
    log:
        "<logs>/shards/{sizes}/{split}-{part}.log",
    benchmark:
        "<benchmarks>/shards/{sizes}/{split}-{part}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
    params:
        dataset=lambda wildcards: STUDY.dataset.identity(wildcards.split),
        # A function that takes the input is never a reason for a rerun: a data set may move.
        images=lambda wildcards, input: f"{STUDY.dataset.root}/leftImg8bit/{wildcards.split}",
        labels=lambda wildcards, input: f"{STUDY.dataset.root}/gtFine/{wildcards.split}",
        options=lambda wildcards: STUDY.preprocess_options(wildcards),
        version=STUDY.version("preprocess"),
    shell:
        "logged {log:q} preprocess --images {params.images:q} --labels {params.labels:q} {params.options}"
        " --output {output.shard:q} --threads {threads}"


rule split_folds:
    input:
        shards=STUDY.shards_to_split(),
    output:
        folds="<results>/folds.json",
    log:
        "<logs>/split_folds.log",
    benchmark:
        "<benchmarks>/split_folds.tsv"
    resources:
        mem_mb=500,
    params:
        options=STUDY.split_options(),
        version=STUDY.version("split-folds"),
    shell:
        "logged {log:q} split-folds --shards {input.shards:q} --output {output.folds:q} {params.options}"


rule train_fold:
    input:
        shards=lambda wildcards: STUDY.shards(wildcards.experiment, "train"),
        val_shards=lambda wildcards: STUDY.shards(wildcards.experiment, "val"),
        folds=rules.split_folds.output.folds,
        starts=lambda wildcards: list(STUDY.start_files(wildcards).values()),
    output:
        weights="<results>/{experiment}/{seed_folder}fold{fold}/{experiment}_fold{fold}.pth",
        best="<results>/{experiment}/{seed_folder}fold{fold}/{experiment}_fold{fold}_best.pth",
        history="<results>/{experiment}/{seed_folder}fold{fold}/history.csv",
        history_seal="<results>/{experiment}/{seed_folder}fold{fold}/history.csv.seal.json",
    log:
        "<logs>/{experiment}/{seed_folder}fold{fold}/train_fold.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}fold{fold}/train_fold.tsv"
    threads: THREADS
    resources:
        gpu=1,
        mem_mb=lambda wildcards: STUDY.training_memory_mb(wildcards.experiment),
    params:
        options=lambda wildcards: STUDY.training_options(
            wildcards.experiment, wildcards.seed_folder
        ),
        starts=lambda wildcards, input: "".join(
            f" --{name} {shlex.quote(path)}"
            for name, path in STUDY.start_files(wildcards).items()
        ),
        # A parameter, not an output: outputs are deleted before a job runs again, and this is what it resumes from.
        state=lambda wildcards, output: STUDY.state(wildcards),
        version=STUDY.version("train-fold"),
    shell:
        "logged {log:q} train-fold --shards {input.shards:q} --val-shards {input.val_shards:q}"
        " --folds {input.folds:q} --fold {wildcards.fold}{params.starts}"
        " {params.options} --state {params.state:q}"
        " --output {output.weights:q} --history {output.history:q}"


# On the fold's held-out samples, labels at the size of the network's input.
rule eval_fold_lowres:
    input:
        model=rules.train_fold.output.weights,
        shards=lambda wildcards: STUDY.shards(wildcards.experiment, "train"),
        folds=rules.split_folds.output.folds,
    output:
        metrics="<results>/{experiment}/{seed_folder}fold{fold}/metrics_lowres.json",
    log:
        "<logs>/{experiment}/{seed_folder}fold{fold}/eval_fold_lowres.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}fold{fold}/eval_fold_lowres.tsv"
    threads: THREADS
    resources:
        gpu=1,
        mem_mb=lambda wildcards: STUDY.evaluation_memory_mb(wildcards.experiment),
    params:
        options=STUDY.threads_option(),
        version=STUDY.version("eval-fold"),
    shell:
        "logged {log:q} eval-fold --model {input.model:q} --shards {input.shards:q} --folds {input.folds:q}"
        " --fold {wildcards.fold} --resolution low {params.options}"
        " --output {output.metrics:q}"


# On the official validation split, labels at their own size.
rule eval_fold_fullres:
    input:
        model=rules.train_fold.output.weights,
        shards=lambda wildcards: STUDY.shards(wildcards.experiment, "val"),
    output:
        metrics="<results>/{experiment}/{seed_folder}fold{fold}/metrics_fullres.json",
    log:
        "<logs>/{experiment}/{seed_folder}fold{fold}/eval_fold_fullres.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}fold{fold}/eval_fold_fullres.tsv"
    threads: THREADS
    resources:
        gpu=1,
        mem_mb=lambda wildcards: STUDY.evaluation_memory_mb(wildcards.experiment),
    params:
        options=STUDY.threads_option(),
        version=STUDY.version("eval-fold"),
    shell:
        "logged {log:q} eval-fold --model {input.model:q} --shards {input.shards:q}"
        " --resolution full {params.options} --output {output.metrics:q}"


# The same weights under growing occlusion, by the same masks for every model.
rule eval_fold_occlusion:
    input:
        model=rules.train_fold.output.weights,
        shards=lambda wildcards: STUDY.shards(wildcards.experiment, "val"),
    output:
        curve="<results>/{experiment}/{seed_folder}fold{fold}/occlusion.json",
    log:
        "<logs>/{experiment}/{seed_folder}fold{fold}/eval_fold_occlusion.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}fold{fold}/eval_fold_occlusion.tsv"
    threads: THREADS
    resources:
        gpu=1,
        mem_mb=lambda wildcards: STUDY.evaluation_memory_mb(wildcards.experiment),
    params:
        options=STUDY.occlusion_options(),
        version=STUDY.version("eval-fold"),
    shell:
        "logged {log:q} eval-fold --model {input.model:q} --shards {input.shards:q}"
        " {params.options} --output {output.curve:q}"


rule aggregate:
    input:
        metrics=lambda wildcards: STUDY.metrics(
            wildcards.experiment, [wildcards.seed_folder]
        ),
        histories=lambda wildcards: STUDY.fold_files(
            wildcards.experiment, "history.csv", [wildcards.seed_folder]
        ),
        seals=lambda wildcards: STUDY.fold_files(
            wildcards.experiment, "history.csv.seal.json", [wildcards.seed_folder]
        ),
    output:
        summary="<results>/{experiment}/{seed_folder}summary_metrics.csv",
        seal="<results>/{experiment}/{seed_folder}summary_metrics.csv.seal.json",
    log:
        "<logs>/{experiment}/{seed_folder}aggregate.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}aggregate.tsv"
    resources:
        mem_mb=500,
    params:
        options=STUDY.aggregate_options(),
        version=STUDY.version("aggregate"),
    shell:
        "logged {log:q} aggregate --metrics {input.metrics:q} --histories {input.histories:q}"
        " {params.options} --output {output.summary:q}"


rule aggregate_comparison:
    input:
        metrics=[file for name in STUDY.experiments for file in STUDY.metrics(name)],
    output:
        comparison="<results>/comparison.csv",
        seal="<results>/comparison.csv.seal.json",
        document="<results>/comparison.json",
    log:
        "<logs>/aggregate_comparison.log",
    benchmark:
        "<benchmarks>/aggregate_comparison.tsv"
    resources:
        mem_mb=500,
    params:
        options=STUDY.comparison_options(),
        version=STUDY.version("aggregate"),
    shell:
        "logged {log:q} aggregate --metrics {input.metrics:q} {params.options}"
        " --comparison {output.comparison:q} --comparison-json {output.document:q}"


rule aggregate_occlusion:
    input:
        curves=[
            file
            for name in STUDY.experiments
            for file in STUDY.fold_files(name, "occlusion.json")
        ],
    output:
        table="<results>/occlusion_curve.csv",
        seal="<results>/occlusion_curve.csv.seal.json",
    log:
        "<logs>/aggregate_occlusion.log",
    benchmark:
        "<benchmarks>/aggregate_occlusion.tsv"
    resources:
        mem_mb=500,
    params:
        options=STUDY.baseline_option(),
        version=STUDY.version("aggregate"),
    shell:
        "logged {log:q} aggregate --occlusion-curves {input.curves:q} {params.options}"
        " --occlusion-table {output.table:q}"


include: "config/workflow/figures.smk"

# Figures of what the rules of the Snakefile made: charts of curves and panels of pictures.


rule visualize_occlusion:
    input:
        curves=rules.aggregate_occlusion.input.curves,
    output:
        chart="<results>/occlusion_curve.png",
    log:
        "<logs>/visualize_occlusion.log",
    benchmark:
        "<benchmarks>/visualize_occlusion.tsv"
    resources:
        mem_mb=1000,
    params:
        version=STUDY.version("visualize"),
    shell:
        "logged {log:q} visualize occlusion --curves {input.curves:q} --output {output.chart:q}"


rule visualize_curves:
    input:
        history=rules.train_fold.output.history,
        seal=rules.train_fold.output.history_seal,
    output:
        chart="<results>/{experiment}/{seed_folder}fold{fold}/training_history.png",
    log:
        "<logs>/{experiment}/{seed_folder}fold{fold}/visualize_curves.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}fold{fold}/visualize_curves.tsv"
    resources:
        mem_mb=1000,
    params:
        version=STUDY.version("visualize"),
    shell:
        "logged {log:q} visualize curves --history {input.history:q} --output {output.chart:q}"


rule visualize_prediction:
    input:
        model=rules.train_fold.output.weights,
        shards=lambda wildcards: STUDY.shards(wildcards.experiment, "val"),
    output:
        panel="<results>/{experiment}/{seed_folder}fold{fold}/final_prediction.png",
    log:
        "<logs>/{experiment}/{seed_folder}fold{fold}/visualize_prediction.log",
    benchmark:
        "<benchmarks>/{experiment}/{seed_folder}fold{fold}/visualize_prediction.tsv"
    threads: THREADS
    resources:
        gpu=1,
        mem_mb=lambda wildcards: STUDY.evaluation_memory_mb(wildcards.experiment),
    params:
        options=STUDY.threads_option(),
        version=STUDY.version("visualize"),
    shell:
        "logged {log:q} visualize prediction --model {input.model:q} --shards {input.shards:q}"
        " {params.options} --output {output.panel:q}"

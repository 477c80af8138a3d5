"""aggregate as a user meets it, on metrics and histories that are made up here: two folds of two classes."""

import csv
import hashlib
import json

import pytest
from cli_support import assert_refused, run, run_well

CLASSES = ["road", "sky"]
ENDINGS = {"held-out": "low", "all": "full"}


def digest(document):
    return hashlib.sha256(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def seal(content, tool, parameters, inputs):
    inputs = dict(sorted(inputs.items()))
    made = {"tool": tool, "results_version": 1, "parameters": parameters, "inputs": inputs}
    return {"sha256": content, **made, "run": digest(made)}


def training(fold, lr):
    return seal("", "train-fold", {"fold": fold, "lr": lr}, {"folds": "f" * 64})


def metrics(experiment, fold, split, right, lr):
    """Of 100 pixels per class `right` are right: the IoU of both classes is right / (200 - right)."""
    wrong = 100 - right
    document = {
        "format": "segfold.metrics/1",
        "experiment": experiment,
        "fold": fold,
        "split": split,
        "resolution": "8x16" if split == "all" else "4x8",
        "classes": CLASSES,
        "images": 1,
        "confusion": [[right, wrong], [wrong, right]],
        "per_image": [
            {
                "name": f"sample{fold}" if split == "held-out" else "validation",
                "group": "bonn",
                "tp": [right, right],
                "fp": [wrong, wrong],
                "fn": [wrong, wrong],
            }
        ],
    }
    inputs = {"folds": "f" * 64, "model": f"m{fold}", "model_run": training(fold, lr)["run"], "shards": "s" * 64}
    parameters = {"fold": fold, "folds_count": 2}
    return {**document, "seal": seal(digest(document), "eval-fold", parameters, inputs)}


def write_fold(folder, experiment, fold, right, lr=0.1):
    folder = folder / experiment
    folder.mkdir(exist_ok=True)
    for split, ending in ENDINGS.items():
        document = metrics(experiment, fold, split, right, lr)
        (folder / f"{ending}{fold}.json").write_text(json.dumps(document))
    text = "epoch,lr,train_loss,val_loss,lowres_miou,fullres_miou,seconds,images_per_second,data_wait\n"
    text += f"1,{lr},2.5,2.5,0.75,,1,1,0\n2,{lr},1.5,1.5,0.5,,1,1,0\n"
    (folder / f"history{fold}.csv").write_text(text)
    sealed = dict(training(fold, lr), sha256=hashlib.sha256(text.encode()).hexdigest())
    (folder / f"history{fold}.csv.seal.json").write_text(json.dumps(sealed))


@pytest.fixture
def study(tmp_path):
    """Two experiments of two folds each."""
    for fold, right in enumerate((100, 0)):
        write_fold(tmp_path, "a", fold, right)
    for fold, right in enumerate((100, 40)):
        write_fold(tmp_path, "b", fold, right)
    return tmp_path


def files(study, pattern):
    return sorted(study.glob(pattern))


def test_summarises_one_experiment(study):
    output = study / "summary_metrics.csv"
    done = run_well(
        "aggregate",
        *("--metrics", *files(study, "a/*[0-9].json"), "--histories", *files(study, "a/*.csv")),
        *("--output", output, "--expect-folds", 2),
    )
    assert "0.5000" in done.stderr
    rows = [line.split(",") for line in output.read_text().splitlines()]
    assert rows[0] == ["fold", "best_lowres_miou", "final_fullres_miou", "final_lowres_miou"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "mean", "std"]
    assert [[float(x) for x in row[1:]] for row in rows[1:]] == [
        [0.75, 1, 1],
        [0.75, 0, 0],
        [0.75, 0.5, 0.5],
        [0, pytest.approx(0.5**0.5), pytest.approx(0.5**0.5)],
    ]
    sealed = json.loads((study / "summary_metrics.csv.seal.json").read_text())
    assert sealed["tool"] == "aggregate"
    assert sealed["sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()


def test_compares_experiments(study):
    run_well(
        "aggregate",
        *("--metrics", *files(study, "[ab]/*[0-9].json")),
        *("--comparison", study / "c.csv", "--comparison-json", study / "c.json"),
    )
    rows = list(csv.reader((study / "c.csv").read_text().splitlines()))
    assert [row[0] for row in rows] == ["experiment", "b", "a"]
    assert rows[0][-2:] == ["iou_road", "iou_sky"]
    best = dict(zip(rows[0], rows[1]))
    assert float(best["miou_mean"]) == pytest.approx(0.625)
    assert float(best["difference"]) == pytest.approx(0.125)
    assert best["seed_std"] == best["miou_low"] == best["p_value"] == ""
    assert "needs at least 6 groups, found 1" in best["note"]
    document = json.loads((study / "c.json").read_text())
    assert document["baseline"] == "a"
    assert document["experiments"][0]["final_fullres_miou"]["per_fold"] == [1, 0.25]
    assert document["experiments"][0]["note"] == best["note"]


def test_refuses_a_baseline_that_is_none_of_the_experiments(study):
    write_fold(study, "unet", 0, 50)
    write_fold(study, "unet", 1, 50)
    done = run(
        "aggregate",
        *("--metrics", *files(study, "*/*[0-9].json"), "--comparison", study / "c.csv", "--baseline", "umet"),
    )
    assert_refused(done, 64, "--baseline", "'umet'", "did you mean 'unet'?")
    assert not (study / "c.csv").exists()


def test_refuses_to_compare_scores_on_different_label_grids(study):
    for fold in (0, 1):
        path = study / f"b/full{fold}.json"
        document = json.loads(path.read_text())
        own_seal = document.pop("seal")
        document["resolution"] = "16x32"
        path.write_text(json.dumps({**document, "seal": {**own_seal, "sha256": digest(document)}}))
    done = run("aggregate", "--metrics", *files(study, "[ab]/*[0-9].json"), "--comparison", study / "c.csv")
    assert_refused(done, 65, "a/full0.json", "b/full0.json", "8x16", "16x32")
    assert not (study / "c.csv").exists()


def write_curve(path, resolution, samples):
    """Of a network that is right without occlusion, and wrong on a tenth of each class's 100 pixels under it."""
    document = {
        "format": "segfold.occlusion/2",
        **{"experiment": path.stem, "fold": 0, "split": "all", "resolution": resolution, "classes": CLASSES},
        **{"samples": samples, "groups": ["bonn"], "levels": []},
    }
    for occluded, right in ((0, 100), (0.5, 90)):
        counts = {"bonn": {"tp": [right, right], "seen": [200 - right, 200 - right]}}
        document["levels"].append({"occluded": occluded, "all": counts, "visible": counts})
    path.write_text(json.dumps({**document, "seal": seal(digest(document), "eval-fold", {}, {})}))
    return path


def test_writes_the_occlusion_curves_of_the_same_samples_only(tmp_path):
    curves = [write_curve(tmp_path / "a.json", "8x16", "1" * 64), write_curve(tmp_path / "b.json", "8x16", "1" * 64)]
    output = tmp_path / "o.csv"
    run_well("aggregate", "--occlusion-curves", *curves, "--occlusion-table", output)
    assert len(output.read_text().splitlines()) == 5
    output.unlink()
    for resolution, samples, fault in (("8x16", "2" * 64, "different samples"), ("4x8", "1" * 64, "8x16 and 4x8")):
        write_curve(curves[1], resolution, samples)
        done = run("aggregate", "--occlusion-curves", *curves, "--occlusion-table", output)
        assert_refused(done, 65, "a.json", "b.json", fault)
        assert not output.exists()


def test_refuses_a_missing_fold(study):
    done = run(
        "aggregate",
        *("--metrics", *files(study, "a/*[0-9].json")[:-1], "--histories", *files(study, "a/*.csv")),
        *("--output", study / "s.csv"),
    )
    assert_refused(done, 65, "'a'", "fold 1", "missing; make each by eval-fold --shards")
    assert not (study / "s.csv").exists()


def test_refuses_the_history_of_another_training(study):
    write_fold(study, "a2", 1, 0, lr=0.2)
    histories = [study / "a/history0.csv", study / "a2/history1.csv"]
    done = run(
        "aggregate",
        *("--metrics", *files(study, "a/*[0-9].json"), "--histories", *histories, "--output", study / "s.csv"),
    )
    assert_refused(done, 65, "a2/history1.csv", "another training")


def test_refuses_metrics_that_were_edited(study):
    path = study / "a/full0.json"
    path.write_text(path.read_text().replace('"bonn"', '"ulm"'))
    done = run(
        "aggregate",
        *("--metrics", *files(study, "a/*[0-9].json"), "--histories", *files(study, "a/*.csv")),
        *("--output", study / "s.csv"),
    )
    assert_refused(done, 65, "full0.json", "seal")


def test_refuses_a_file_that_is_missing(study):
    done = run("aggregate", "--metrics", study / "none.json", "--comparison", study / "c.csv")
    assert_refused(done, 66, "none.json")


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["--metrics", "m.json"], "--comparison"),
        (["--metrics", "m.json", "--output", "s.csv"], "--histories"),
        (["--metrics", "m.json", "--comparison", "c.csv", "--expect-folds", "1"], "--expect-folds"),
        (["--metrics", "m.json", "--comparison", "c.csv", "--bootstrap", "99"], "100 to 1000000"),
        (["--metrics", "m.json", "--comparison", "c.csv", "--bootstrap", "1000001"], "100 to 1000000"),
        (["--metrics", "m.json", "--output", "s.csv", "--histories", "h.csv", "--bootstrap", "200"], "--comparison"),
        (["--metrics", "m.json", "--output", "s.csv", "--histories", "h.csv", "--baseline", "a"], "--comparison"),
        (["--comparison", "c.csv"], "--metrics"),
    ],
)
def test_refuses_wrong_options(tmp_path, arguments, part):
    assert_refused(run("aggregate", *arguments, cwd=tmp_path), 64, part)
    assert list(tmp_path.iterdir()) == []

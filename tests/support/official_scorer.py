"""cityscapesScripts' own evaluation, and `score` on the same folder."""

import json
import os
import subprocess
import sys

from probe import tool

# In a process of its own: the package keeps its state in module variables, and calls what newer numpy lacks.
REFERENCE = """
import sys, numpy
numpy.in1d = numpy.isin
import cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling as official
official.args.quiet = True
official.args.exportFile = sys.argv[1]
truths = official.glob.glob(official.args.groundTruthSearch)
official.evaluateImgLists([official.getPrediction(official.args, truth) for truth in truths], truths, official.args)
"""


def official_scores(root):
    """Of the predictions in results/ against gtFine/val/, both below `root`."""
    environment = os.environ | {"CITYSCAPES_DATASET": str(root), "CITYSCAPES_RESULTS": str(root / "results")}
    subprocess.run([sys.executable, "-c", REFERENCE, root / "official.json"], check=True, env=environment)
    return json.loads((root / "official.json").read_text())


def our_scores(root):
    command = [tool("score"), "--predictions", root / "results", "--labels", root / "gtFine" / "val",
               "--output", root / "ours.json", "--quiet"]  # fmt: skip
    subprocess.run(command, check=True)
    return json.loads((root / "ours.json").read_text())


def differences(mine, expected, place=""):
    """Where our scores are not the official ones: other integers, or floats that are more than 1e-12 apart."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            yield from differences(mine.get(key), value, f"{place}/{key}")
    elif isinstance(expected, float) and expected != expected:
        if mine is not None:
            yield place
    elif isinstance(expected, float):
        if mine is None or abs(mine - expected) > 1e-12 * max(1, abs(expected)):
            yield place
    elif mine != expected:
        yield place

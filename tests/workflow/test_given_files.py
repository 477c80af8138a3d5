"""Files of --configfile, which Snakemake would read before the Snakefile could check them."""

import subprocess
import sys

import pytest

from sandbox import REPOSITORY

GIVEN = [
    (["--configfile", "none.yaml"], "segfold: none.yaml: cannot be read (No such file or directory), looked for in HERE; name"),
    (["-n", "--configfile", "broken.yaml", "--cores", "1"], "segfold: broken.yaml:2: not valid YAML"),
    (["--configfile", "good.yaml", "list.yaml"], "segfold: list.yaml: holds no keys"),
    (["--configfile", "good.yaml", "results/x.pth"], "segfold: results/x.pth: cannot be read"),
]


def given_files(folder, *arguments):
    script = REPOSITORY / "config" / "workflow" / "given_files.py"
    return subprocess.run([sys.executable, script, *arguments], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize(("arguments", "sentence"), GIVEN)
def test_a_faulty_file_is_told_before_snakemake_reads_it(tmp_path, arguments, sentence):
    for name, text in (("good", "a: 1\n"), ("broken", "a: [1\nb: 2\n"), ("list", "- a\n")):
        (tmp_path / f"{name}.yaml").write_text(text)
    done = given_files(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.startswith(sentence.replace("HERE", str(tmp_path))) and done.stderr.count("\n") == 1
    said_of_targets = "; if it is what shall be made, write it before --configfile" in done.stderr
    assert said_of_targets == ("good.yaml" in arguments)


def test_other_arguments_of_snakemake_are_left_to_it(tmp_path):
    for arguments in (["--configfile"], ["--config", "a=1"], ["--cores", "x", "none.yaml"], []):
        done = given_files(tmp_path, *arguments)
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), arguments

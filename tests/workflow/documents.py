"""The documents as their readers use them: commands, settings and Python snippets, run in the order of the page.

What stands behind the language of a fenced block says how it is run:
  sh             each line as a command that succeeds; after `sh 78` it has to end with 78
  sh long        not as it stands: test_documents.py knows something shorter for each line
  text           behind sh: lines that the commands have said
  yaml           laid over the study's configuration; `yaml PATH` is written to that file
  python         by itself, where the results are
Blocks of the README are run by test_readme.py in its own way.
"""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass

import yaml

from sandbox import REPOSITORY

BLOCK = re.compile(r"^( *)```(\w+) ?([^\n]*)\n(.*?)^\1```$", re.M | re.S)
ENTER = re.compile(r"\benvs/run ")  # itself tested in tests/cli/test_setup.py: here commands run in what it has made


@dataclass
class Block:
    language: str
    label: str
    text: str

    def commands(self):
        lines = [line.split(" #")[0].strip() for line in self.text.splitlines()]
        return [line for line in lines if line and not line.startswith("#")]


def blocks(text, language=None):
    found = []
    for indent, name, label, body in BLOCK.findall(text):
        found.append(Block(name, label, re.sub(f"^{indent}", "", body, flags=re.M)))
    return [block for block in found if language in (None, block.language)]


def run(words, study, folder=None, status=0):
    """Runs a command as in the environment of envs/run. @param words  of it, or a line for the shell"""
    words = ["bash", "-ec", ENTER.sub("", words)] if isinstance(words, str) else words
    done = subprocess.run(
        words, cwd=folder or study.folder, env=study.environment(), capture_output=True, text=True
    )
    assert done.returncode == status, f"{shlex.join(map(str, words))}\n{done.stdout}{done.stderr}"
    return done


def run_python(snippet, folder):
    """In this process: what one snippet imports the next need not load again. @return its variables"""
    names, before = {"__name__": "__main__"}, os.getcwd()
    os.chdir(folder)
    try:
        exec(compile(snippet, "snippet", "exec"), names)  # noqa: S102
    finally:
        os.chdir(before)
    return names


def follow(document, study):
    """Does what a document says, from its first block to its last. @return the blocks that there was nothing to do for"""
    said, left = "", []
    for block in blocks(document.read_text()):
        if block.language == "sh" and block.label != "long":
            done = [run(line, study, status=int(block.label or 0)) for line in block.commands()]
            said = "".join(one.stdout + one.stderr for one in done)
        elif block.language == "text" and said:
            for line in block.text.splitlines():
                assert line in said
        elif block.language == "yaml" and block.label:
            (study.folder / block.label).write_text(block.text)
        elif block.language == "yaml":
            config = yaml.safe_load(study.config_file.read_text())
            study.write_config(laid_over(config, yaml.safe_load(block.text)))
        elif block.language == "python":
            run_python(block.text, study.folder)
        else:
            left.append(block)
        if block.language != "sh":
            said = ""
    return left


def laid_over(base, top):
    """Settings with others written between them."""
    if not (isinstance(base, dict) and isinstance(top, dict)):
        return top
    return base | {key: laid_over(base.get(key), value) for key, value in top.items()}


PAGES = sorted(path for path in (REPOSITORY / "docs").rglob("*.md") if path.parent.name != "reference")

"""Snakemake, loaded once and forked at each start: loading takes most of the time of a start that has nothing to do.

As a program it reads a start a line, as JSON, and answers each with its exit status. What the child does from there on
is what `python -m snakemake` does, to the end of the interpreter.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


class SnakemakeServer:
    def __init__(self):
        self._process = None

    def run(self, arguments, folder, environment):
        """As subprocess.run would, with its output as text."""
        if self._process is None:
            self._process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with tempfile.TemporaryDirectory() as said:
            files = [os.devnull, *(f"{said}/{name}" for name in ("stdout", "stderr"))]
            start = {"arguments": arguments, "folder": str(folder), "environment": environment, "files": files}
            print(json.dumps(start), file=self._process.stdin, flush=True)
            status = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(arguments, status, *(Path(file).read_text() for file in files[1:]))


def become(start):
    """What another start of Python would give this process."""
    for number, file in enumerate(start["files"]):
        os.dup2(os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT), number)
    os.chdir(start["folder"])
    os.environ.clear()
    os.environ.update(start["environment"])
    sys.argv = ["snakemake", *start["arguments"]]
    sys.path[0] = start["folder"]


if __name__ == "__main__":
    # What Snakemake itself loads only when it needs it would otherwise be loaded by each child.
    import jsonschema  # noqa: F401
    import smart_open  # noqa: F401
    import snakemake.cli
    import snakemake.workflow  # noqa: F401

    snakemake.cli.get_argument_parser()  # the plugins
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
            snakemake.cli.main()
            sys.exit()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)

"""A SLURM cluster of this one machine, in a folder of its own, from packages that fetch_slurm has unpacked."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CPUS = 4  # pretended, as the memory is: what the jobs ask for must fit, what they use is little
MEMORY_MB = 64000

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
PluginDir={plugins}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldDebug=info
SlurmdDebug=info
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory}
PartitionName=usual Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=other Nodes=ALL MaxTime=INFINITE State=UP
"""


class Unavailable(Exception):
    """Why there is no SLURM here."""


class SlurmCluster:
    """With `commands` first on the PATH its sbatch, squeue and so on are found."""

    def __init__(self, packages):
        """@param packages  root of the unpacked packages"""
        self.packages = Path(packages)
        # A short path: that of a socket has 107 characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.commands = self.folder / "bin"
        self._daemons = []
        self._at_work = False

    def start(self):
        """@throws Unavailable"""
        if not self.packages.exists():
            raise Unavailable(f"no SLURM in {self.packages}; tests/workflow/fetch_slurm unpacks one there")
        self._configure()
        conf = f"{self.folder}/slurm.conf"
        munge = [f"--{name}={self.folder}/munge.{name.split('-')[0]}" for name in ("socket", "pid-file", "log-file")]
        munge += [f"--key-file={self.folder}/munge.key", f"--seed-file={self.folder}/munge.seed"]
        self._start("munged", "--foreground", "--force", *munge)
        self._wait_until("munged", lambda: (self.folder / "munge.socket").exists())
        self._start("slurmctld", "-D", "-f", conf)
        self._start("slurmd", "-D", "-f", conf, "-d", self._daemon("slurmstepd"))
        self._wait_until("SLURM", lambda: set(self.ask("sinfo", "--noheader", "--format=%T").split()) == {"idle"})
        self._at_work = True

    def stop(self):
        if self._at_work:
            self.ask("scancel", f"--user={getpass.getuser()}")
            end = time.monotonic() + 10
            while self.ask("squeue", "--noheader") and time.monotonic() < end:
                time.sleep(0.1)
        for daemon in reversed(self._daemons):
            daemon.terminate()
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, command, *arguments):
        """What a command of SLURM says, or nothing if it fails."""
        return subprocess.run([self.commands / command, *arguments], capture_output=True, text=True).stdout

    def jobs(self):
        """Every job that Snakemake has sent so far, in that order, as the pairs of `scontrol show job`."""
        lines = self.ask("scontrol", "--oneliner", "show", "job").splitlines()
        jobs = [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]
        return sorted((job for job in jobs if "Comment" in job), key=lambda job: int(job["JobId"]))

    def _configure(self):
        (library,) = (self.packages / "usr/lib").glob("*-linux-gnu*")
        self._libraries = f"{library}:{library}/slurm-wlm"
        for name in ("state", "spool", "bin"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        controller_port, node_port = free_ports(2)
        (self.folder / "slurm.conf").write_text(
            CONFIGURATION.format(
                host=socket.gethostname().split(".")[0],
                user=getpass.getuser(),
                folder=self.folder,
                plugins=library / "slurm-wlm",
                controller_port=controller_port,
                node_port=node_port,
                cpus=CPUS,
                memory=MEMORY_MB,
            )
        )
        for program in (self.packages / "usr/bin").iterdir():
            command = self.commands / program.name
            # They set this themselves, because Snakemake takes all variables of SLURM from what it starts within a job.
            command.write_text(
                f"#!/bin/sh\nexport SLURM_CONF='{self.folder}/slurm.conf'\n"
                f"export LD_LIBRARY_PATH='{self._libraries}'\nexec '{program}' \"$@\"\n"
            )
            command.chmod(0o755)

    def _daemon(self, name):
        """Debian gives some of them another name, and this one when they are installed."""
        folder = self.packages / "usr/sbin"
        return next(path for path in (folder / f"{name}-wlm", folder / name) if path.exists())

    def _start(self, name, *arguments):
        with open(self.folder / f"{name}.log", "w") as log:
            environment = os.environ | {"LD_LIBRARY_PATH": self._libraries}
            command = [self._daemon(name), *arguments]
            self._daemons.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder))

    def _wait_until(self, what, condition, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            stopped = any(daemon.poll() is not None for daemon in self._daemons)
            if stopped or time.monotonic() > end:
                said = [line for log in self.folder.glob("*.log") for line in log.read_text().splitlines()[-3:]]
                raise Unavailable(f"{what} does not start here: " + " | ".join(said))
            time.sleep(0.05)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports

"""A folder with all that the runs of a soak share: scripts, program, and the results without faults."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from cluster import NODES

ROOT = Path(__file__).resolve().parents[2]


class Workplace:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.project = folder / "project"
        (self.project / "build/release").mkdir(parents=True)
        for name in ("launch", "cluster"):
            shutil.copytree(ROOT / name, self.project / name)
        shutil.copy(program, self.project / "build/release/lockstep")
        self.cluster = None
        self.expected, self.seconds = {}, {}

    def train_undisturbed(self, job):
        folder = self.folder / f"undisturbed-{job.name}"
        write_files(job, folder)
        start = time.monotonic()
        done = subprocess.run(self.command(job, "none", 1, 1), cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"soak.py: {job.name} fails without any fault:\n{done.stdout}{done.stderr}")
        self.seconds[job.name] = time.monotonic() - start
        self.expected[job.name] = job.result(folder / "disk/run")

    def command(self, job, launcher, ranks, threads, arguments=()):
        layout = ["-n", ranks, "-t", threads]
        start = {"none": [self.project / "build/release/lockstep"],
                 "local": [self.project / "launch/local", *layout],
                 "keep-going": [self.project / "launch/local", "--keep-going", *layout],
                 "cluster": [self.project / "cluster/hosts", "-H", ",".join(NODES[:ranks]), "-t", threads]}[launcher]
        own_threads = ["--threads", threads] if launcher == "none" else []
        return [str(part) for part in [*start, job.command, job.file(), *own_threads, "--run-dir", "disk/run",
                                       "--resume", "auto", *job.arguments, *arguments]]


def write_files(job, folder):
    (folder / "disk").mkdir(parents=True)
    for name, text in job.files.items():
        (folder / name).write_text(text)

#!/usr/bin/env python3
"""Trains small jobs under random faults, and compares what they end with.

usage: tests/soak/soak.py [--minutes M] [--seed S] [--run N] [--job NAME] [--cluster]
                          [--program FILE] [--keep FOLDER]

Every job is trained once without faults. Then run follows run until the time is over: a job chosen at
random is trained while ranks, mpirun or the launch script are killed, stopped or sent signals, its disk is
full (as root, on a small file system in memory), and its files are damaged between two attempts. Each attempt
resumes on another number of ranks and threads. With --cluster, half of the runs are on a virtual cluster (as root),
whose links and nodes are cut. At the end every number of the summary and of each evaluation,
or every byte of the tables of a sweep or recipe, must be that of the run without faults.

Counted as unexpected are: another result, an exit code that docs/commands.md does not promise, an attempt
that neither ends nor writes anything for four minutes, and processes that are left. Then the run's directory is kept with its outputs and
commands, and the exit code is 1. --seed S --run N repeats run N alone, as far as timing allows.

Only processes that the soak has started are sent signals. docs/reliability.md has results.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import faults
from cluster import Cluster, available
from jobs import JOBS
from run import Run, Unexpected
from tally import Tally
from workplace import ROOT, Workplace


class Interrupted(Exception):
    """A signal ends the soak; what it has counted is shown."""


def train_under_faults(options, workplace, jobs, number, tally):
    """Run `number` of the soak."""
    random = Random(f"{options.seed}/{number}")
    job = random.choice(jobs)
    folder = workplace.folder / f"run-{number:04}"
    run = Run(workplace, job, random, folder, tally)
    try:
        run.train()
    except Unexpected as problem:
        tally.add("unexpected", problem.kind)
        print(f"run {number} ({job.name}): {problem.kind}: {problem}\n"
              f"  its files are in {folder}; repeat it with {repeat(options, number)}\n  "
              + "\n  ".join(run.history), flush=True)
        return
    print(f"run {number} ({job.name}): the same result after {run.attempts} attempts", flush=True)
    shutil.rmtree(folder)


def repeat(options, number):
    return (f"--seed {options.seed} --run {number}" + (f" --job {options.job}" if options.job else "")
            + (" --cluster" if options.cluster else ""))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=60, help="no run begins after this time (default 60)")
    parser.add_argument("--seed", default=str(time.time_ns() % 1000000), help="default: another one each time")
    parser.add_argument("--run", type=int, help="this run alone")
    parser.add_argument("--job", choices=[job.name for job in JOBS], help="this job alone")
    parser.add_argument("--cluster", action="store_true", help="half of the runs on a virtual cluster")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/lockstep")
    parser.add_argument("--keep", type=Path, help="a new folder for the files; runs with an unexpected end stay")
    return parser.parse_args()


def soak(options, folder):
    """Returns the tally."""
    workplace = Workplace(options.program.resolve(), folder)
    jobs = [job for job in JOBS if options.job in (None, job.name)]
    for job in jobs:
        workplace.train_undisturbed(job)
        print(f"{job.name} takes {workplace.seconds[job.name]:.1f} s without faults", flush=True)
    if os.geteuid() != 0:
        print("full disks are left out, because only root can make a small one")
    if not options.cluster:
        return run_after_run(options, workplace, jobs)
    reason = available(workplace.project)
    if reason:
        sys.exit(f"soak.py: there is no virtual cluster here: {reason}")
    workplace.cluster = Cluster(workplace.project, folder)
    try:
        return run_after_run(options, workplace, jobs)
    finally:
        workplace.cluster.down()


def run_after_run(options, workplace, jobs):
    tally = Tally()
    end = time.monotonic() + 60 * options.minutes
    number = options.run or 1
    try:
        while True:
            train_under_faults(options, workplace, jobs, number, tally)
            number += 1
            if options.run or time.monotonic() > end:
                return tally
    except Interrupted:
        print(f"a signal ended the soak in run {number}")
        return tally


def on_signal(number, frame):
    raise Interrupted(signal.Signals(number).name)


def main():
    options = parse()
    if not os.access(options.program, os.X_OK):
        sys.exit(f"soak.py: {options.program} is not built; launch/quickstart builds it")
    # What is started in the background may ignore these signals; the ranks must not inherit that.
    for number in faults.SIGNALS:
        signal.signal(number, on_signal)
    if options.keep:
        options.keep.mkdir(parents=True)
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="lockstep-soak-"))).resolve()
    print(f"seed {options.seed}, files in {folder}", flush=True)
    try:
        tally = soak(options, folder)
    except Interrupted:
        sys.exit("soak.py: a signal ended it before the first run")
    print(f"\nseed {options.seed}\n{tally.table()}")
    if not tally.unexpected():
        shutil.rmtree(folder)
    return 1 if tally.unexpected() else 0


if __name__ == "__main__":
    sys.exit(main())

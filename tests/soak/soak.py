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
that does not end, and processes that are left. Then the run's directory is kept with its outputs and
commands, and the exit code is 1. --seed S --run N repeats run N alone, as far as timing allows.

Only processes that the soak has started are sent signals. docs/reliability.md has results.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import damage
import faults
from attempt import Attempt
from cluster import NODES, Cluster, available
from jobs import JOBS
from outcomes import STAY_WHERE_CUT_OFF, difference, refusal, unstarted
from tally import Tally

ROOT = Path(__file__).resolve().parents[2]
DISK_BYTES = 48 << 20      # room for every checkpoint that a job keeps
LIMIT_SECONDS = 240        # of an attempt; the slowest ones take 60 on a busy machine
GONE_SECONDS = 60          # MPI may take ten times --silence-limit to end
RANKS, THREADS = 3, 3
MOST_FAULTS = 10           # in a run; then it trains to its end


class Unexpected(Exception):
    """kind: one of tally.UNEXPECTED."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class Interrupted(Exception):
    """A signal ends the soak; what it has counted is shown."""


class Workplace:
    """A folder with the launch scripts, the program and the results without faults."""

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


class Run:
    """A run of a job from its first start to its end, with the faults that its seed gives it."""

    def __init__(self, workplace, job, random, folder, tally):
        self.workplace, self.job, self.random = workplace, job, random
        self.folder, self.tally = folder, tally
        self.disk = folder / "disk"
        self.cluster = workplace.cluster if random.random() < 0.5 else None
        self.has_small_disk = os.geteuid() == 0 and not self.cluster and random.random() < 0.4
        self.faults_left = random.randint(2, MOST_FAULTS)
        self.damaged = set()
        self.attempts = 0
        self.history = []

    def train(self):
        write_files(self.job, self.folder)
        if self.has_small_disk:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "soak", self.disk], check=True)
        try:
            while not self.one_attempt():
                pass
        finally:
            if self.has_small_disk:
                self.release_disk()
            (self.folder / "history").write_text("\n".join(self.history) + "\n")

    def release_disk(self):
        """Unmounts the disk, whose files stay as plain ones."""
        kept = self.folder / "kept"
        shutil.copytree(self.disk, kept)
        subprocess.run(["umount", self.disk], check=True)
        self.disk.rmdir()
        kept.rename(self.disk)

    def one_attempt(self):
        """Returns whether the run has ended."""
        random = self.random
        self.attempts += 1
        ranks, threads = random.randint(1, RANKS), random.randint(1, THREADS)
        launcher = self.launcher(ranks)
        fault = None
        if self.faults_left:
            self.faults_left -= 1
            fault = faults.draw(random, self.workplace.seconds[self.job.name], ranks, launcher,
                                self.has_small_disk)
            if random.random() < 0.4:
                self.damage_files()
        self.tally.add("attempts", "resumed" if damage.runs_in(self.disk) else "from the beginning")
        attempt = self.start(launcher, ranks, threads, fault)
        try:
            code, promised = self.watch(attempt, fault)
        finally:
            attempt.end()
            if self.cluster:
                self.cluster.repair()
        return self.judge(attempt.log.read_text(errors="replace"), code, promised)

    def launcher(self, ranks):
        if self.cluster:
            return "cluster"
        launchers = {"none": 4 * (ranks == 1), "local": 4, "keep-going": 1}
        return self.random.choices(list(launchers), list(launchers.values()))[0]

    def start(self, launcher, ranks, threads, fault):
        arguments = []
        if fault and fault.kind.startswith(("stop", "pause")) and not self.cluster:
            arguments += ["--silence-limit", faults.SILENCE_LIMIT]
        if self.job.command == "sweep":
            arguments += ["--groups", self.random.randint(1, ranks)]
        command = self.workplace.command(self.job, launcher, ranks, threads, arguments)
        self.note(f"(cd {self.folder} && {' '.join(command)})")
        return Attempt(command, self.folder, self.folder / f"attempt-{self.attempts:02}.log",
                       self.cluster.environment if self.cluster else {})

    def damage_files(self):
        drawn = damage.draw(self.random)
        path = damage.apply(drawn, self.disk)
        if path:
            self.damaged.add(drawn.what)
            self.tally.add("damaged files", f"{drawn.what}: {drawn.kind}")
            self.note(f"damage: {drawn}: {path}")

    def watch(self, attempt, fault):
        """Strikes, waits for the end, and returns the exit code and those that are promised."""
        promised = self.strike(attempt, fault) if fault else {0}
        code = attempt.wait(LIMIT_SECONDS)
        if code is None:
            raise Unexpected("hangs", f"no end after {LIMIT_SECONDS} s:\n{attempt.describe()}")
        cut_off = fault and fault.kind == "cut link"
        gone = attempt.seconds_until_gone(GONE_SECONDS, STAY_WHERE_CUT_OFF if cut_off else ())
        if gone is None:
            raise Unexpected("processes left", attempt.describe())
        self.tally.longest_end = max(self.tally.longest_end, gone)
        self.note(f"exit code {code} after {attempt.seconds():.1f} s")
        return code, promised

    def strike(self, attempt, fault):
        """Returns the exit codes that are promised."""
        struck = faults.strike(attempt, fault, faults.Place(self.disk, self.cluster), LIMIT_SECONDS)
        after = attempt.seconds()
        self.note(f"fault: {fault}: " + (f"after {after:.2f} s" if struck else "came too late"))
        self.tally.add("faults", fault.kind if struck else "came too late")
        if struck:
            self.tally.add("moments of faults", fault.moment)
        return faults.expected_codes(fault, struck, after)

    def judge(self, output, code, promised):
        """Returns whether the run has ended."""
        refused = refusal(code, output, self.damaged)
        if refused:
            self.tally.add("refused as documented", f"{refused} ({code})")
            shutil.rmtree(self.disk / "run")
            self.damaged.clear()
            return False
        self.tally.add("exit codes", str(code))
        if code not in promised and not (faults.LOST_HOST in promised and unstarted(code, output)):
            raise Unexpected("unexpected exit codes", f"exit code {code} instead of one of {sorted(promised)}")
        if code != 0:
            return False
        lost = self.lost()
        if lost:
            raise Unexpected("lost bits", lost)
        self.tally.add("finished runs with the same result", self.job.name)
        if self.job.command == "train" and not self.damaged and self.random.random() < 0.25:
            self.verify()
        return True

    def lost(self):
        """What differs from the results without faults; None when nothing does."""
        try:
            result = self.job.result(self.disk / "run")
        except (OSError, ValueError) as error:
            return f"a file of the results is absent or damaged: {error}"
        return difference(self.workplace.expected[self.job.name], result, self.damaged)

    def verify(self):
        command = [str(part) for part in [self.workplace.project / "build/release/lockstep", "verify", "disk/run",
                                          "--threads", self.random.randint(1, THREADS)]]
        done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unexpected("lost bits", f"lockstep verify ends with {done.returncode}: {done.stderr}")
        self.tally.add("verified runs", self.job.name)

    def note(self, text):
        self.history.append(text)


def train_under_faults(workplace, jobs, seed, number, tally):
    """Run `number` of the soak."""
    random = Random(f"{seed}/{number}")
    job = random.choice(jobs)
    folder = workplace.folder / f"run-{number:04}"
    run = Run(workplace, job, random, folder, tally)
    try:
        run.train()
    except Unexpected as problem:
        tally.add("unexpected", problem.kind)
        print(f"run {number} ({job.name}): {problem.kind}: {problem}\n"
              f"  repeat it with --seed {seed} --run {number}; its files are in {folder}\n  "
              + "\n  ".join(run.history), flush=True)
        return
    print(f"run {number} ({job.name}): the same result after {run.attempts} attempts", flush=True)
    shutil.rmtree(folder)


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
            train_under_faults(workplace, jobs, options.seed, number, tally)
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
    tally = soak(options, folder)
    print(f"\nseed {options.seed}\n{tally.table()}")
    if not tally.unexpected():
        shutil.rmtree(folder)
    return 1 if tally.unexpected() else 0


if __name__ == "__main__":
    sys.exit(main())

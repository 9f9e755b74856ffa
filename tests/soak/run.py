"""A run of a job from its first start to its end, under faults."""

import os
import shutil
import stat
import subprocess

import damage
import faults
from attempt import Attempt
from outcomes import STAY_WHERE_CUT_OFF, difference, refusal, unstarted
from workplace import write_files

DISK_BYTES = 48 << 20      # room for every checkpoint that a job keeps
LIMIT_SECONDS = 240        # in which an attempt changes a file; the slowest ones take 60 on a busy machine
GONE_SECONDS = 60          # in which every process has ended after an attempt
GONE_IN_START = 220        # the same on a host that is cut off while MPI starts: ten times --silence-limit
RANKS, THREADS = 3, 3
MOST_FAULTS = 10           # in a run; then it trains to its end


class Unexpected(Exception):
    """kind: one of tally.UNEXPECTED."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class Run:
    """`random` decides the faults; the files are in `folder`, and `tally` counts."""

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
        self.files_before = {}     # of the attempt

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
        self.files_before = self.files()
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
        code = attempt.wait(LIMIT_SECONDS, lambda: self.files(attempt.log))
        if code is None:
            raise Unexpected("hangs", f"no change for {LIMIT_SECONDS} s:\n{attempt.describe()}")
        cut_off = fault and fault.kind == "cut link"
        # A rank writes nothing below the disk before MPI has started.
        in_start = cut_off and self.files() == self.files_before
        gone = attempt.seconds_until_gone(GONE_IN_START if in_start else GONE_SECONDS,
                                          STAY_WHERE_CUT_OFF if cut_off else ())
        if gone is None:
            raise Unexpected("processes left", attempt.describe())
        self.tally.longest_end = max(self.tally.longest_end, gone)
        self.note(f"exit code {code} after {attempt.seconds():.1f} s")
        return code, promised

    def files(self, *others):
        """Sizes and times of all files that an attempt writes; it works as long as one of them, or of
        `others`, changes. Times of folders do not count: launch/hosts makes a file in the run's folder for a
        moment, to see whether the hosts share it."""
        files = {}
        for path in [*others, *self.disk.rglob("*")]:
            try:
                status = path.stat()
                if not stat.S_ISDIR(status.st_mode):
                    files[path] = status.st_size, status.st_mtime_ns
            except OSError:
                pass  # it was removed meanwhile
        return files

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

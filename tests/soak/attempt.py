"""One start of Lockstep, and the processes that belong to it."""

import os
import signal
import subprocess
import time
from pathlib import Path

# Every process of an attempt inherits this variable with the attempt's own value, and no other process
# has it. So none is ever looked up by its name alone. launch/hosts hands it to ranks on other hosts.
MARK = "LOCKSTEP_SOAK_ATTEMPT"
PROGRAM = "lockstep"
LOOKS_AFTER_SECONDS = 2


class Attempt:
    """Starts `command` in `folder`; its output goes to the file `log`. `variables`: of its environment."""

    def __init__(self, command, folder, log, variables):
        self.command = [str(part) for part in command]
        self.log = log
        self.mark = f"{os.getpid()}:{log}"
        environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                           OMPI_MCA_mpi_yield_when_idle="1", **{MARK: self.mark}, **variables)
        with open(log, "wb") as output:
            self.process = subprocess.Popen(self.command, cwd=folder, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        self.started = time.monotonic()

    def seconds(self):
        return time.monotonic() - self.started

    def running(self):
        return self.process.poll() is None

    def processes(self):
        """{pid: (name, environment)} of all that have the mark."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                environment = (folder / "environ").read_bytes()
                if f"{MARK}={self.mark}\0".encode() in environment + b"\0":
                    name = (folder / "comm").read_text().strip()
                    found[int(folder.name)] = (name, environment)
            except OSError:
                pass  # it has ended meanwhile, or belongs to another user
        return found

    def ranks(self):
        """The pids of the ranks, by rank."""
        ranks = {}
        for pid, (name, environment) in self.processes().items():
            if name == PROGRAM:
                variables = dict(entry.split(b"=", 1) for entry in environment.split(b"\0") if b"=" in entry)
                ranks[int(variables.get(b"OMPI_COMM_WORLD_RANK", 0))] = pid
        return [ranks[rank] for rank in sorted(ranks)]

    def mpirun(self):
        """The pids of mpirun: one or none."""
        return [pid for pid, (name, _) in self.processes().items() if name in ("mpirun", "orterun")]

    def send(self, pids, number):
        """Returns whether the signal has reached a process."""
        reached = False
        for pid in pids:
            try:
                os.kill(pid, number)
                reached = True
            except ProcessLookupError:
                pass
        return reached

    def wait(self, limit, progress=lambda: None):
        """The exit code, as a shell gives it; None when for `limit` seconds the attempt has not ended
        and progress() has not changed."""
        seen, since = progress(), time.monotonic()
        while True:
            left = since + limit - time.monotonic()
            try:
                code = self.process.wait(min(max(0, left), LOOKS_AFTER_SECONDS))
                return code if code >= 0 else 128 - code
            except subprocess.TimeoutExpired:
                now = progress()
                if now != seen:
                    seen, since = now, time.monotonic()
                elif left <= LOOKS_AFTER_SECONDS:
                    return None

    def seconds_until_gone(self, limit, besides=()):
        """How long processes outlive the first one; None when some are there after `limit` seconds.
        Processes with the names `besides` may stay."""
        end = time.monotonic()
        while {name for name, _ in self.processes().values()} - set(besides):
            if time.monotonic() - end > limit:
                return None
            time.sleep(0.02)
        return time.monotonic() - end

    def describe(self):
        """A line for each process: what a person needs to understand a hang."""
        lines = []
        for pid, (name, _) in sorted(self.processes().items()):
            for thread in sorted(Path(f"/proc/{pid}/task").glob("*")):
                try:
                    state = [line for line in (thread / "status").read_text().splitlines()
                             if line.startswith("State")]
                    lines.append(f"{name} {pid}/{thread.name} {state[0]} {(thread / 'wchan').read_text()}")
                except OSError:
                    pass
        return "\n".join(lines)

    def end(self):
        """Kills whatever is left."""
        while processes := self.processes():
            self.send(processes, signal.SIGKILL)
            time.sleep(0.02)
        self.process.wait()

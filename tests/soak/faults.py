"""What happens to an attempt while it runs, and the exit codes that the documentation promises then."""

import os
import signal
import time
from dataclasses import dataclass

from cluster import NODES

KILLED = 128 + signal.SIGKILL
INTERRUPTED_TWICE = 128 + signal.SIGINT
STALLED = 76
INTERRUPTED = 75
WRITING_FAILED = 74
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU, signal.SIGHUP]
# A signal that comes while the program or the launch script is being loaded ends it (docs/limits.md).
LOADING_SECONDS = 1.5
SILENCE_LIMIT = 4


@dataclass(frozen=True)
class Fault:
    kind: str
    moment: str     # "start", "any" or "save"
    delay: float    # seconds after the start; a save is struck when it begins after them
    rank: float     # in [0, 1): which of the ranks
    signal: int
    hold: float     # seconds for which a disk is full or a process is stopped

    def __str__(self):
        more = f" {signal.Signals(self.signal).name}" if self.kind.startswith("signal") else ""
        return f"{self.kind}{more} ({self.moment}, {self.delay:.2f} s, rank {self.rank:.2f})"


@dataclass(frozen=True)
class Place:
    disk: object        # the folder of the run directory
    cluster: object     # None on one machine


def chosen(attempt, fault):
    ranks = attempt.ranks()
    return ranks[int(fault.rank * len(ranks)):][:1]


def kill_rank(attempt, fault, place):
    return attempt.send(chosen(attempt, fault), signal.SIGKILL)


def kill_mpirun(attempt, fault, place):
    return attempt.send(attempt.mpirun(), signal.SIGKILL)


def kill_launcher(attempt, fault, place):
    return attempt.send([attempt.process.pid], signal.SIGKILL)


def signal_rank(attempt, fault, place):
    return attempt.send(chosen(attempt, fault), fault.signal)


def signal_launcher(attempt, fault, place):
    return attempt.send([attempt.process.pid], fault.signal)


def interrupt_twice(attempt, fault, place):
    reached = attempt.send([attempt.process.pid], signal.SIGINT)
    time.sleep(fault.hold / 10)
    attempt.send([attempt.process.pid], signal.SIGINT)
    return reached


def stop_rank(attempt, fault, place):
    return attempt.send(chosen(attempt, fault), signal.SIGSTOP)


def pause(attempt, pids, seconds):
    reached = attempt.send(pids, signal.SIGSTOP)
    time.sleep(seconds)
    attempt.send(pids, signal.SIGCONT)
    return reached


def pause_rank(attempt, fault, place):
    """For less than the time after which a rank is lost."""
    return pause(attempt, chosen(attempt, fault), fault.hold)


def pause_all(attempt, fault, place):
    """As when a machine sleeps: for longer than the time after which a rank is lost."""
    return pause(attempt, list(attempt.processes()), SILENCE_LIMIT + 2)


def chosen_node(fault):
    return NODES[int(fault.rank * len(NODES))]


def cut_link(attempt, fault, place):
    place.cluster.cut_link(chosen_node(fault))
    return True


def cut_power(attempt, fault, place):
    place.cluster.cut_power(chosen_node(fault))
    return True


def fill_disk(attempt, fault, place):
    filler = place.disk / "filler"
    try:
        with open(filler, "wb", buffering=0) as file:
            while file.write(bytes(1 << 16)):
                pass
    except OSError:
        pass  # the disk is full
    end = time.monotonic() + fault.hold
    while attempt.running() and time.monotonic() < end:
        time.sleep(0.01)
    filler.unlink()
    return True


@dataclass(frozen=True)
class Kind:
    strike: object
    codes: tuple                                           # besides 0: the run may have finished before
    weight: int
    launchers: tuple = ("none", "local", "keep-going")     # of these the attempt has one
    ranks: int = 1                                         # the smallest number of ranks
    small_disk: bool = False                               # only there


ALL = ("none", "local", "keep-going", "cluster")
SCRIPT = ("local", "keep-going")
# Of mpirun, when a host is lost (docs/cluster.md).
LOST_HOST = 205

KINDS = {
    "kill rank": Kind(kill_rank, (KILLED, STALLED), 10, ALL),
    "kill mpirun": Kind(kill_mpirun, (KILLED,), 3, SCRIPT),
    "kill launch/local": Kind(kill_launcher, (KILLED,), 2, SCRIPT),
    "signal to rank": Kind(signal_rank, (INTERRUPTED,), 3, ALL),
    "signal to launcher": Kind(signal_launcher, (INTERRUPTED,), 3),
    "two interrupts": Kind(interrupt_twice, (INTERRUPTED, INTERRUPTED_TWICE), 2),
    "stop rank": Kind(stop_rank, (STALLED,), 2, (*SCRIPT, "cluster"), ranks=2),
    "pause rank": Kind(pause_rank, (), 1, ALL),
    "pause all": Kind(pause_all, (), 1),
    "full disk": Kind(fill_disk, (WRITING_FAILED,), 6, small_disk=True),
    "cut link": Kind(cut_link, (STALLED, LOST_HOST), 10, ("cluster",)),
    "cut power": Kind(cut_power, (STALLED, LOST_HOST, KILLED), 6, ("cluster",)),
}


def draw(random, seconds, ranks, launcher, has_small_disk):
    """A fault that suits the layout; `seconds` is how long the job takes without faults."""
    kinds = [name for name, kind in KINDS.items()
             if launcher in kind.launchers and ranks >= kind.ranks and has_small_disk >= kind.small_disk]
    kind = random.choices(kinds, [KINDS[name].weight for name in kinds])[0]
    moment = random.choices(["start", "any", "save"], [2, 5, 3])[0]
    delay = random.uniform(0, 0.7 if moment == "start" else seconds)
    return Fault(kind, moment, delay, random.random(), random.choice(SIGNALS), random.uniform(0.2, 2))


def saves(disk):
    """Whether a checkpoint is being written below the folder."""
    return any(name.startswith("step-") and ".tmp-" in name
               for folder, _, names in os.walk(disk) for name in names)


def strike(attempt, fault, place, limit):
    """Waits for the moment and strikes. Returns whether the fault has met the attempt while it ran."""
    while attempt.running() and attempt.seconds() < fault.delay:
        time.sleep(0.001)
    while fault.moment == "save" and attempt.running() and attempt.seconds() < limit and not saves(place.disk):
        time.sleep(0.0002)
    return attempt.running() and KINDS[fault.kind].strike(attempt, fault, place)


def expected_codes(fault, struck, struck_after):
    if not struck:
        return {0}
    codes = {0, *KINDS[fault.kind].codes}
    if INTERRUPTED in codes and struck_after < LOADING_SECONDS:
        codes.add(128 + fault.signal)
    return codes

#!/usr/bin/env python3
"""How fast Lockstep reads a CSV file, beside the disk and beside pandas and NumPy.

usage: tests/benchmarks/csv_speed.py [--rounds N] [--megabytes N] [--json FILE]

Makes a table of random numbers and one column of categories, the same in every run, in a
temporary directory that it deletes, and reads it: with Lockstep on 1 and 2 ranks (everything
that training does before its first step: surveyed, parsed, checked, each example with the
rank that owns it), with pandas.read_csv (its C engine; float32 and category as asked for),
with numpy.loadtxt, and plainly, from the disk if its cache can be dropped (as root) and from
memory. Beside the seconds that passed it shows those of a core (of the busiest rank), which
other programs on the machine disturb less. What is not installed is left out, saying so; nothing is installed. Machines drift, so
every round measures everything once, and medians are shown. Run it after `launch/test`, on a
machine that does nothing else.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = 28
CATEGORIES = ("red", "green", "blue", "dark yellow")
RANKS = (1, 2)
PANDAS_NAME = "pandas.read_csv"

PANDAS = """
import sys, time, pandas
types = {f"x{j}": "float32" for j in range(%d)} | {"color": "category"}
start, cpu = time.perf_counter(), time.process_time()
table = pandas.read_csv(sys.argv[1], engine="c", dtype=types)
print(time.perf_counter() - start, time.process_time() - cpu)
""" % NUMBERS
NUMPY = """
import sys, time, numpy
start, cpu = time.perf_counter(), time.process_time()
table = numpy.loadtxt(sys.argv[1], numpy.float32, delimiter=",", skiprows=1,
                      usecols=[*range(%d), %d])
print(time.perf_counter() - start, time.process_time() - cpu)
""" % (NUMBERS, NUMBERS + 1)


def make_table(path, size):
    draw = random.Random(1)
    with open(path, "w") as file:
        file.write(",".join([f"x{j}" for j in range(NUMBERS)] + ["color", "label"]) + "\n")
        # A thousand different lines, over and over in another order: quick to make.
        lines = [",".join([f"{draw.gauss(0, 10):.5g}" for _ in range(NUMBERS)]
                          + [draw.choice(CATEGORIES), str(draw.randrange(2))]) + "\n"
                 for _ in range(1000)]
        while file.tell() < size:
            draw.shuffle(lines)
            file.writelines(lines)


def output_of(command):
    """What `command` prints; ends everything if it fails."""
    environment = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1",
                                "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}csv_speed.py: ended with {done.returncode}: "
                 + " ".join(map(str, command)))
    return done.stdout


def python_with(module):
    """Debian's Python or the first in PATH, whichever has the module; None if neither."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and os.access(python, os.X_OK):
            if subprocess.run([python, "-c", f"import {module}"],
                              capture_output=True).returncode == 0:
                return python
    return None


def read_plainly(path):
    start, cpu = time.perf_counter(), time.process_time()
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 18)
        while file.readinto(buffer):
            pass
    return time.perf_counter() - start, time.process_time() - cpu


def read_from_disk(path):
    """Seconds, or None where the cache cannot be dropped."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
        Path("/proc/sys/vm/drop_caches").write_text("1\n")
    except OSError:
        return None
    return read_plainly(path)


def read_with_lockstep(program, path, ranks):
    read = json.loads(output_of(["mpirun", "-n", ranks, program, path, "--label", "label",
                                 "--category", "color"]))
    return read["seconds"], read["cpu_seconds"]


def seconds_of(text):
    return tuple(map(float, text.split()))


def measure(path, arguments, pandas, numpy):
    """Seconds of each reader, and of a core, by name."""
    seconds = {"the disk, plainly": read_from_disk(path), "memory, plainly": read_plainly(path)}
    for ranks in RANKS:
        name = f"Lockstep, {ranks} rank{'s' if ranks > 1 else ''}"
        seconds[name] = read_with_lockstep(arguments.program, path, ranks)
    if pandas:
        seconds[PANDAS_NAME] = seconds_of(output_of([pandas, "-c", PANDAS, path]))
    if numpy:
        seconds["numpy.loadtxt"] = seconds_of(output_of([numpy, "-c", NUMPY, path]))
    return {name: value for name, value in seconds.items() if value is not None}


def relative(rounds, name, of):
    """How many times as fast as pandas, within a round."""
    return statistics.median(seconds[PANDAS_NAME][of] / max(seconds[name][of], 1e-9)
                             for seconds in rounds)


def show(rounds, size):
    print(f"\n{size / 1e6:.0f} MB, {NUMBERS} numbers, a category and a label a row; "
          f"medians of {len(rounds)} rounds")
    print(f"  {'':<18} {'MB/s':>8} {'MB per second of a core':>26}   of pandas")
    for name in rounds[0]:
        def speed(of, name=name):
            return statistics.median(size / 1e6 / max(seconds[name][of], 1e-9)
                                     for seconds in rounds)
        ratio = "-"
        if PANDAS_NAME in rounds[0]:
            ratio = " and ".join(f"{relative(rounds, name, of):.2f}" for of in (0, 1))
        print(f"  {name:<18} {speed(0):>8.0f} {speed(1):>26.0f}   {ratio}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement here")
    parser.add_argument("--program", type=Path,
                        default=ROOT / "build/release/tests/benchmarks/csv_read")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or not 1 <= arguments.megabytes <= 1000:
        parser.error("--rounds takes a number from 1 up, --megabytes one from 1 to 1000")
    if not arguments.program.exists():
        parser.error(f"{arguments.program} is not built; launch/test builds it")
    pandas, numpy = python_with("pandas"), python_with("numpy")
    for name, python in (("pandas", pandas), ("numpy", numpy)):
        if python is None:
            print(f"{name} is missing (Debian's package is python3-{name}): going on without it",
                  file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="lockstep-csv-") as directory:
        path = Path(directory) / "table.csv"
        make_table(path, arguments.megabytes * 1e6)
        size = path.stat().st_size
        rounds = []
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            rounds.append(measure(path, arguments, pandas, numpy))
        if rounds and "the disk, plainly" not in rounds[0]:
            print("the disk's cache cannot be dropped here (as root it can)", file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps({"bytes": size, "rounds": rounds}, indent=1) + "\n")
    show(rounds, size)


if __name__ == "__main__":
    main()

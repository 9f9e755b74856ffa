#!/usr/bin/env python3
"""How fast Lockstep is, beside its own matrix products and beside PyTorch.

usage: tests/benchmarks/speed.py [--rounds N] [--quick] [--json FILE]

Trains the network of speed.textproto on all of two cores at batches 256 and 2048, as
2 ranks x 1 thread and 1 rank x 2 threads, with as many shards as workers and with 8.
Machines drift, so every round measures everything once, one after the other, and medians
over rounds are shown: speeds, ratios within a round, memory, and where a step's time goes.
Run it after `launch/test`, on a machine that does nothing else.
"""

import argparse
import itertools
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
JOB = HERE / "speed.textproto"

WORKERS = 2
LAYOUTS = ((2, 1), (1, 2))  # ranks x threads
SHARDS = (WORKERS, 8)
BATCHES = (256, 2048)
PYTORCH = ("1x1", "1x2", "ddp", "mpi")
STEP_PHASES = ("data", "forward", "backward", "exchange", "optimizer", "waiting")

# The job, for the bound on memory.
LAYERS = (784, 1024, 1024, 10)
PARAMETERS = sum((inputs + 1) * units for inputs, units in itertools.pairwise(LAYERS))
EXAMPLES, BYTES_PER_EXAMPLE = 60000, 784 + 1
ADAM_STATE = 2  # values for each parameter


def run(command):
    """What `command` prints; ends everything if it fails."""
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}speed.py: ended with {done.returncode}: "
                 + " ".join(map(str, command)))
    return done.stdout


def python_with_pytorch():
    """Debian's Python or the first in PATH, whichever has PyTorch; None if neither."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and os.access(python, os.X_OK):
            if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
                return python
    return None


class Benchmark:
    def __init__(self, arguments):
        self.gemm_bound = arguments.gemm_bound
        self.python = python_with_pytorch()
        # Of one measurement: enough for a few seconds on two cores.
        self.examples = 8192 if arguments.quick else 131072
        self.gemm_seconds = 0.5 if arguments.quick else 4
        self.pytorch_blocks = 1 if arguments.quick else 5

    def measure_gemm_bound(self, batch, shards):
        return json.loads(run([
            self.gemm_bound, "--layers", ",".join(map(str, LAYERS)), "--rows", batch // shards,
            "--shards-per-worker", shards // WORKERS, "--workers", WORKERS,
            "--seconds", self.gemm_seconds]))

    def measure_pytorch(self, batch, configuration):
        return json.loads(run([
            self.python, HERE / "pytorch_reference.py", "--batch", batch,
            "--configuration", configuration, "--examples", 8192,
            "--blocks", self.pytorch_blocks]))

    def measure_lockstep(self, batch, shards, ranks, threads):
        with tempfile.TemporaryDirectory() as run_dir:
            run([ROOT / "launch/local", "-n", ranks, "-t", threads, JOB, "--run-dir", run_dir,
                 *job_settings(batch, shards), "--set", f"training.steps={self.examples // batch}"])
            return json.loads((Path(run_dir) / "summary.json").read_text())

    def round(self):
        """Every measurement once, by a key that says what was measured."""
        results = {}

        def add(key, measure):
            results[key] = measure(*key[1:])
            speed = results[key].get("examples_per_second")
            print(f"  {' '.join(map(str, key)):<24} "
                  f"{f'{speed:,.0f} examples/s' if speed else 'not available'}", file=sys.stderr)

        for batch in BATCHES:
            for shards in SHARDS:
                add(("gemm_bound", batch, shards), self.measure_gemm_bound)
            if self.python:
                for configuration in PYTORCH:
                    add(("pytorch", batch, configuration), self.measure_pytorch)
            for shards, (ranks, threads) in itertools.product(SHARDS, LAYOUTS):
                add(("lockstep", batch, shards, ranks, threads), self.measure_lockstep)
        return results


def job_settings(batch, shards):
    return ["--set", f"training.batch_size={batch}", "--set", f"training.shards={shards}"]


def predicted_memory(batch, shards, ranks, threads):
    """Bytes of the largest rank, as `lockstep check` has it."""
    text = run([ROOT / "build/release/lockstep", "check", JOB, *job_settings(batch, shards),
                "--ranks", ranks, "--threads", threads])
    total = next(line.split() for line in text.splitlines() if line.split()[:1] == ["total"])
    assert total[2] == "MiB", total
    return float(total[1]) * 2**20


def memory_bound(shards, ranks, threads):
    """Bytes that a rank may take: see docs/benchmarks.md on memory."""
    gradient_buffers = threads * (math.log2(shards / WORKERS) + 2)
    values = 1 + gradient_buffers + 2 + ADAM_STATE / ranks  # weights, ..., exchange, optimizer
    return EXAMPLES / ranks * BYTES_PER_EXAMPLE + 4 * PARAMETERS * values + 150e6


class Report:
    def __init__(self, rounds):
        self.rounds = rounds
        self.cases = list(itertools.product(BATCHES, SHARDS, LAYOUTS))

    def median(self, key, value):
        return statistics.median(value(results[key]) for results in self.rounds)

    def speed(self, key):
        return self.median(key, lambda result: result["examples_per_second"])

    def ratio(self, key, other):
        """The median of the ratios within each round."""
        return statistics.median(results[key]["examples_per_second"]
                                 / results[other]["examples_per_second"]
                                 for results in self.rounds)

    def best_pytorch(self, batch):
        keys = [("pytorch", batch, name) for name in PYTORCH
                if all("examples_per_second" in results.get(("pytorch", batch, name), {})
                       for results in self.rounds)]
        return max(keys, key=self.speed, default=None)

    def speeds(self):
        rows = [("batch", "shards", "ranks x threads", "Lockstep", "GEMM bound", "of bound",
                 "best PyTorch", "of PyTorch", f"of {WORKERS} shards")]
        for batch, shards, layout in self.cases:
            key, bound = ("lockstep", batch, shards, *layout), ("gemm_bound", batch, shards)
            pytorch = self.best_pytorch(batch)
            rows.append((
                batch, shards, "{} x {}".format(*layout), f"{self.speed(key):,.0f}",
                f"{self.speed(bound):,.0f}", f"{self.ratio(key, bound):.2f}",
                f"{self.speed(pytorch):,.0f} ({pytorch[2]})" if pytorch else "-",
                f"{self.ratio(key, pytorch):.2f}" if pytorch else "-",
                f"{self.ratio(key, ('lockstep', batch, WORKERS, *layout)):.2f}"))
        return rows

    def pytorch_speeds(self):
        rows = [("batch", "configuration", "examples/s")]
        for key, result in self.rounds[0].items():
            if key[0] == "pytorch":
                known = all("examples_per_second" in results[key] for results in self.rounds)
                rows.append((key[1], f"{key[2]}: {result['description']}",
                             f"{self.speed(key):,.0f}" if known else "not available"))
        return rows

    def memory(self):
        rows = [("batch", "shards", "ranks x threads", "measured", "predicted", "bound")]
        for batch, shards, layout in self.cases:
            measured = max(results["lockstep", batch, shards, *layout]["peak_memory_bytes"]
                           for results in self.rounds)
            sizes = (measured, predicted_memory(batch, shards, *layout),
                     memory_bound(shards, *layout))
            rows.append((batch, shards, "{} x {}".format(*layout),
                         *(f"{size / 1e6:.1f}" for size in sizes)))
        return rows

    def profile(self):
        rows = [("batch", "shards", "ranks x threads", *STEP_PHASES)]
        for batch, shards, layout in self.cases:
            key = ("lockstep", batch, shards, *layout)
            rows.append((batch, shards, "{} x {}".format(*layout), *(
                f"{self.median(key, lambda s, p=phase: 1e3 * s['seconds'][p] / s['steps']):.2f}"
                for phase in STEP_PHASES)))
        return rows

    def show(self):
        print_table(f"Examples per second, medians of {len(self.rounds)} rounds", self.speeds())
        print_table("PyTorch", self.pytorch_speeds())
        print_table("Memory of the largest rank, MB", self.memory())
        print_table("A step of rank 0's first thread, ms", self.profile())


def print_table(title, rows):
    if len(rows) == 1:
        return  # a heading without anything
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    print(f"\n{title}")
    for row in rows:
        print("  " + "  ".join(f"{cell!s:>{width}}" for cell, width in zip(row, widths)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true",
                        help="short measurements: shows that all works, not how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement here")
    parser.add_argument("--gemm-bound", type=Path, metavar="PROGRAM",
                        default=ROOT / "build/release/tests/benchmarks/gemm_bound")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds takes a number from 1 up")
    if not arguments.gemm_bound.exists():
        parser.error(f"{arguments.gemm_bound} is not built; launch/test builds it")

    benchmark = Benchmark(arguments)
    if benchmark.python is None:
        print("PyTorch is missing (Debian's package is python3-torch): going on without it",
              file=sys.stderr)
    rounds = []
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        rounds.append(benchmark.round())
    if arguments.json:
        lines = [{"round": number, "measurement": key, **result}
                 for number, results in enumerate(rounds, 1) for key, result in results.items()]
        arguments.json.write_text(json.dumps(lines, indent=1) + "\n")
    Report(rounds).show()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How fast Lockstep is, beside its own kernels and beside PyTorch.

usage: tests/benchmarks/speed.py [--rounds N] [--quick] [--json FILE]

Trains the network of speed.textproto on two cores: in both precisions at batches 256 and 2048 with
2, 8, 16 and 64 shards, as 1 rank x 2 threads, and with 16 shards as 2 ranks x 1 thread.
Machines drift, so every round measures everything once, one after the other, and medians
over rounds are shown: speeds, ratios within a round, memory, and where a step's time goes.
Run it after `launch/test`, on a machine that does nothing else.
"""

import argparse
import itertools
import json
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

CORES = 2
PRECISIONS = ("FLOAT32", "BFLOAT16")
BATCHES = (256, 2048)
FEWEST_SHARDS = 2
# Shards, ranks, threads of each rank.
LAYOUTS = ((FEWEST_SHARDS, 1, 2), (8, 1, 2), (16, 1, 2), (64, 1, 2), (16, 2, 1))
CASES = tuple(itertools.product(PRECISIONS, BATCHES, LAYOUTS))
PYTORCH = ("1x1", "1x2", "ddp", "mpi")
STEP_PHASES = ("data", "forward", "backward", "exchange", "optimizer", "waiting")

LAYERS = (784, 1024, 1024, 10)  # of the job


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
        self.kernel_limit = arguments.kernel_limit
        self.python = python_with_pytorch()
        # Of one measurement: enough for a few seconds on two cores.
        self.examples = 8192 if arguments.quick else 131072
        self.limit_seconds = 0.2 if arguments.quick else 2
        self.pytorch_blocks = 1 if arguments.quick else 5

    def measure_limits(self):
        """The result of each precision."""
        lines = run([self.kernel_limit, "--layers", ",".join(map(str, LAYERS)), "--threads", CORES,
                     "--seconds", self.limit_seconds]).splitlines()
        return {result["precision"]: result for result in map(json.loads, lines)}

    def measure_pytorch(self, precision, batch, configuration):
        return json.loads(run([
            self.python, HERE / "pytorch_reference.py", "--batch", batch, "--precision", precision,
            "--configuration", configuration, "--examples", 8192,
            "--blocks", self.pytorch_blocks]))

    def measure_lockstep(self, precision, batch, layout):
        shards, ranks, threads = layout
        with tempfile.TemporaryDirectory() as run_dir:
            run([ROOT / "launch/local", "-n", ranks, "-t", threads, JOB, "--run-dir", run_dir,
                 *job_settings(precision, batch, shards),
                 "--set", f"training.steps={self.examples // batch}"])
            return json.loads((Path(run_dir) / "summary.json").read_text())

    def round(self):
        """Every measurement once, by a key that says what was measured."""
        results = {}

        def add(key, result):
            results[key] = result
            speed = result.get("examples_per_second")
            print(f"  {' '.join(map(str, key)):<36} "
                  f"{f'{speed:,.0f} examples/s' if speed else 'not available'}", file=sys.stderr)

        for precision, result in self.measure_limits().items():
            add(("limit", precision), result)
        for precision, batch in itertools.product(PRECISIONS, BATCHES):
            for configuration in PYTORCH if self.python else ():
                add(("pytorch", precision, batch, configuration),
                    self.measure_pytorch(precision, batch, configuration))
            for layout in LAYOUTS:
                add(("lockstep", precision, batch, layout),
                    self.measure_lockstep(precision, batch, layout))
        return results


def job_settings(precision, batch, shards):
    fields = {"precision": precision, "batch_size": batch, "shards": shards}
    return [part for field, value in fields.items()
            for part in ("--set", f"training.{field}={value}")]


def predicted_memory(precision, batch, layout):
    """Bytes of the largest rank, as `lockstep check` has it."""
    shards, ranks, threads = layout
    text = run([ROOT / "build/release/lockstep", "check", JOB,
                *job_settings(precision, batch, shards), "--ranks", ranks, "--threads", threads])
    total = next(line.split() for line in text.splitlines() if line.split()[:1] == ["total"])
    assert total[2] == "MiB", total
    return float(total[1]) * 2**20


class Report:
    def __init__(self, rounds):
        self.rounds = rounds

    def median(self, key, value):
        return statistics.median(value(results[key]) for results in self.rounds)

    def speed(self, key):
        return self.median(key, lambda result: result["examples_per_second"])

    def ratio(self, key, other):
        """The median of the ratios within each round."""
        return statistics.median(results[key]["examples_per_second"]
                                 / results[other]["examples_per_second"]
                                 for results in self.rounds)

    def best_pytorch(self, precision, batch):
        keys = [("pytorch", precision, batch, name) for name in PYTORCH]
        known = [key for key in keys if all("examples_per_second" in results.get(key, {})
                                            for results in self.rounds)]
        return max(known, key=self.speed, default=None)

    def speeds(self):
        rows = [(*CASE, "examples/s", "of the limit", "best PyTorch", "times PyTorch",
                 f"of {FEWEST_SHARDS} shards", "of FLOAT32")]
        for precision, batch, layout in CASES:
            key = ("lockstep", precision, batch, layout)
            pytorch = self.best_pytorch(precision, batch)
            rows.append((
                *case_cells(precision, batch, layout), f"{self.speed(key):,.0f}",
                f"{self.ratio(key, ('limit', precision)):.2f}",
                f"{self.speed(pytorch):,.0f} ({pytorch[3]})" if pytorch else "-",
                f"{self.ratio(key, pytorch):.2f}" if pytorch else "-",
                f"{self.ratio(key, ('lockstep', precision, batch, LAYOUTS[0])):.2f}",
                f"{self.ratio(key, ('lockstep', PRECISIONS[0], batch, layout)):.2f}"))
        return rows

    def limits(self):
        rows = [("precision", "kernels", "GFLOP/s", "examples/s")]
        for precision in PRECISIONS:
            key = ("limit", precision)
            rows.append((precision, self.rounds[0][key]["kernels"],
                         f"{self.median(key, lambda result: result['gflops']):.0f}",
                         f"{self.speed(key):,.0f}"))
        return rows

    def pytorch_speeds(self):
        rows = [("precision", "batch", "configuration", "examples/s")]
        for key, result in self.rounds[0].items():
            if key[0] == "pytorch":
                known = all("examples_per_second" in results[key] for results in self.rounds)
                rows.append((key[1], key[2], f"{key[3]}: {result['description']}",
                             f"{self.speed(key):,.0f}" if known else "not available"))
        return rows

    def memory(self):
        rows = [(*CASE, "measured", "predicted")]
        for precision, batch, layout in CASES:
            measured = max(results["lockstep", precision, batch, layout]["peak_memory_bytes"]
                           for results in self.rounds)
            sizes = (measured, predicted_memory(precision, batch, layout))
            rows.append((*case_cells(precision, batch, layout),
                         *(f"{size / 1e6:.1f}" for size in sizes)))
        return rows

    def profile(self):
        rows = [(*CASE, *STEP_PHASES)]
        for precision, batch, layout in CASES:
            key = ("lockstep", precision, batch, layout)
            rows.append((*case_cells(precision, batch, layout), *(
                f"{self.median(key, lambda s, p=phase: 1e3 * s['seconds'][p] / s['steps']):.2f}"
                for phase in STEP_PHASES)))
        return rows

    def show(self):
        print_table(f"Examples per second, medians of {len(self.rounds)} rounds", self.speeds())
        print_table(f"The kernels alone on {CORES} cores", self.limits())
        print_table("PyTorch", self.pytorch_speeds())
        print_table("Memory of the largest rank, MB", self.memory())
        print_table("A step of rank 0's first thread, ms", self.profile())


CASE = ("precision", "batch", "shards", "ranks x threads")


def case_cells(precision, batch, layout):
    return (precision, batch, layout[0], "{} x {}".format(*layout[1:]))


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
    parser.add_argument("--kernel-limit", type=Path, metavar="PROGRAM",
                        default=ROOT / "build/release/tests/benchmarks/kernel_limit")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds takes a number from 1 up")
    if not arguments.kernel_limit.exists():
        parser.error(f"{arguments.kernel_limit} is not built; launch/test builds it")

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

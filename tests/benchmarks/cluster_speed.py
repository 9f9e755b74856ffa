#!/usr/bin/env python3
"""How long the exchange between nodes takes beside the limit of their links, and beside the plan.

usage: tests/benchmarks/cluster_speed.py [--rate GBIT] [--nodes N ...] [--batch N ...] [--rounds N]
                                         [--precision FLOAT32|BFLOAT16] [--lockstep PROGRAM] [--json FILE]

Starts a virtual cluster (cluster/README.md; needs root), limits the link of every node, and trains the
network of speed.textproto with one thread on each node. The time of a step is that of a longer run
minus a shorter one, so that starting does not count; medians over rounds are shown. The limit is the
time in which the bytes of the busiest node, with the headers of Ethernet, IP and TCP, pass its link.
The plan is `lockstep plan` with the report of `lockstep doctor` on the same nodes. The nodes share the
cores of this machine, so more nodes than cores compute more slowly; doctor measures that.
Run it after `launch/test`, on a machine that does nothing else.
"""

import argparse
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
FRAME, PAYLOAD = 1514, 1448  # bytes of a full Ethernet frame, and of the data in it
SHORT, LONG = 5, 25  # steps


def run(command, folder):
    """What `command` prints in the shared folder; ends everything if it fails."""
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL,
                          cwd=folder if folder.exists() else folder.parent,
                          env=dict(os.environ, LOCKSTEP_CLUSTER=str(folder.parent)),
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}cluster_speed.py: ended with {done.returncode}: "
                 + " ".join(map(str, command)))
    return done.stdout


def cluster(command, *arguments, folder):
    return run([ROOT / "cluster" / command, *arguments], folder)


def fields(batch, shards, steps, exchange):
    values = {"training.batch_size": batch, "training.shards": shards, "training.steps": steps,
              "exchange.link_gigabits_per_second": exchange.rate,
              "exchange.precision": exchange.precision}
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]


def phases(folder, nodes, batch, shards, exchange):
    """Seconds of each phase in one step, on rank 0."""
    seconds = []
    for steps in (SHORT, LONG):
        directory = f"run-{steps}"
        shutil.rmtree(folder / directory, ignore_errors=True)
        cluster("mpirun", "-n", nodes, "./lockstep", "train", "speed.textproto", "--threads", 1,
                "--run-dir", directory, *fields(batch, shards, steps, exchange), folder=folder)
        seconds.append(json.loads((folder / directory / "summary.json").read_text())["seconds"])
    short, long = seconds
    return {name: (long[name] - short[name]) / (LONG - SHORT) for name in long}


def plan(folder, nodes, batch, shards, exchange):
    cluster("mpirun", "-n", nodes, "./lockstep", "doctor", "speed.textproto", "--threads", 1,
            "--json", "place.json", *fields(batch, shards, LONG, exchange), folder=folder)
    text = run(["./lockstep", "plan", "speed.textproto", "--nodes", nodes, "--threads", 1, "--doctor",
                "place.json", "--json", *fields(batch, shards, LONG, exchange)], folder)
    return json.loads(text)["rows"][0]


def measure(folder, nodes, batch, shards, arguments):
    planned = plan(folder, nodes, batch, shards, arguments)
    rounds = [phases(folder, nodes, batch, shards, arguments) for _ in range(arguments.rounds)]
    steps = ("data", "forward", "backward", "exchange", "optimizer", "waiting")
    limit = planned["sent_bytes_per_step"] * FRAME / PAYLOAD / (arguments.rate * 1e9 / 8)
    exchange = statistics.median(seconds["exchange"] for seconds in rounds)
    step = statistics.median(sum(seconds[name] for name in steps) for seconds in rounds)
    return {"nodes": nodes, "batch": batch, "shards": shards,
            "sent_bytes": planned["sent_bytes_per_step"], "limit_seconds": limit,
            "exchange_seconds": exchange, "exchange_over_limit": exchange / limit,
            "step_seconds": step, "planned_step_seconds": planned["step_seconds"],
            "planned_over_measured": planned["step_seconds"] / step}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rate", type=float, default=1, help="of every link, in Gbit/s")
    parser.add_argument("--nodes", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--batch", type=int, nargs="+", default=[256, 2048])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", default="FLOAT32", help="of the exchange")
    parser.add_argument("--lockstep", type=Path, default=ROOT / "build/release/lockstep")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    results = []
    with tempfile.TemporaryDirectory(suffix="-lockstep-cluster") as top:
        folder = Path(top) / "shared"
        cluster("up", "-n", max(arguments.nodes), folder=folder)
        try:
            shutil.copy(arguments.lockstep, folder / "lockstep")
            shutil.copy(HERE / "speed.textproto", folder)
            for node in range(1, max(arguments.nodes) + 1):
                cluster("link", f"n{node}", f"{round(arguments.rate * 1000)}mbit", folder=folder)
            print("nodes  batch  shards  sent MB  limit ms  exchange ms  / limit  step ms  "
                  "plan ms  plan / step")
            for nodes in arguments.nodes:
                for batch in arguments.batch:
                    row = measure(folder, nodes, batch, 16, arguments)
                    results.append(row)
                    print(f"{nodes:5}  {batch:5}  {row['shards']:6}  {row['sent_bytes'] / 1e6:7.1f}  "
                          f"{row['limit_seconds'] * 1e3:8.1f}  {row['exchange_seconds'] * 1e3:11.1f}  "
                          f"{row['exchange_over_limit']:7.2f}  {row['step_seconds'] * 1e3:7.1f}  "
                          f"{row['planned_step_seconds'] * 1e3:7.1f}  "
                          f"{row['planned_over_measured']:11.2f}", flush=True)
        finally:
            cluster("down", folder=folder)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()

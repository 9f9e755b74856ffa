#!/usr/bin/env python3
"""Time to the same dev error on two nodes: Lockstep and PyTorch's DistributedDataParallel.

usage: tests/benchmarks/time_to_error.py [--rate GBIT] [--epochs N] [--error FRACTION] [--rounds N]
                                         [--bits 32 16] [--lockstep PROGRAM] [--json FILE]

Starts a virtual cluster (cluster/README.md; needs root) of two nodes, limits their links, and trains
fashion-mlp's network with fashion-mlp's hyperparameters on one thread of each node: with Lockstep by
mpirun, and with PyTorch (Debian's python3-torch) over gloo. Each exchanges 32 bits of a number, and
then 16: Lockstep by exchange.precision, PyTorch by its hook fp16_compress_hook. Both take the same 55,000 images for
training and 5,000 for dev, and evaluate after every epoch. Shown is the time of training, without
loading and evaluation, up to the first epoch whose dev error is at most --error.
Run it after `launch/test`, on a machine that does nothing else.
"""

import argparse
import gzip
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
JOB = ROOT / "launch/jobs/fashion-mlp.textproto"
DATA = Path("/usr/share/datasets/fashion-mnist")
PYTHON = "/usr/bin/python3"
BATCH, DEV = 256, 5000


# ---- PyTorch, on one of the nodes

def images(name, offset, shape):
    import numpy
    with gzip.open(DATA / name) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset).reshape(shape)


def factor(step, steps_per_epoch, steps):
    """A warm-up of one epoch, then a cosine down to a hundredth, as in the job."""
    if step < steps_per_epoch:
        return (step + 1) / steps_per_epoch
    done = (step - steps_per_epoch) / max(1, steps - steps_per_epoch)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2


def train_with_pytorch(rank, address, epochs, bits):
    import torch
    import torch.distributed
    from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import fp16_compress_hook
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    torch.distributed.init_process_group("gloo", init_method=f"tcp://{address}:29500", rank=rank,
                                         world_size=2)
    x = torch.from_numpy(images("train-images-idx3-ubyte.gz", 16, (-1, 784)).copy()).float()
    y = torch.from_numpy(images("train-labels-idx1-ubyte.gz", 8, (-1,)).copy()).long()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(1))
    dev, rest = order[:DEV], order[DEV:]
    x = (x - x[rest].mean()) / x[rest].std()
    linear, relu, drop = torch.nn.Linear, torch.nn.ReLU, torch.nn.Dropout
    network = torch.nn.Sequential(drop(0.1), linear(784, 512), relu(), drop(0.3), linear(512, 256),
                                  relu(), drop(0.2), linear(256, 10))
    for layer in network:
        if isinstance(layer, linear):
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
    model = torch.nn.parallel.DistributedDataParallel(network, gradient_as_bucket_view=True)
    if bits == 16:
        model.register_comm_hook(None, fp16_compress_hook)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    cost = torch.nn.CrossEntropyLoss()
    steps_per_epoch = math.ceil(len(rest) / BATCH)
    seconds, step = 0.0, 0
    for epoch in range(epochs):
        shuffled = rest[torch.randperm(len(rest), generator=torch.Generator().manual_seed(epoch))]
        torch.distributed.barrier()
        start = time.perf_counter()
        for begin in range(0, len(rest), BATCH):
            rows = shuffled[begin:begin + BATCH][rank::2]
            for group in optimizer.param_groups:
                group["lr"] = 0.001 * factor(step, steps_per_epoch, epochs * steps_per_epoch)
            optimizer.zero_grad(set_to_none=True)
            cost(model(x[rows]), y[rows]).backward()
            optimizer.step()
            step += 1
        torch.distributed.barrier()
        seconds += time.perf_counter() - start
        if rank == 0:
            network.eval()
            with torch.no_grad():
                error = (network(x[dev]).argmax(1) != y[dev]).float().mean().item()
            network.train()
            print(json.dumps({"seconds": seconds, "dev_error": error}), flush=True)


# ---- the benchmark

def run(command, folder, **environment):
    """The processes' output; ends everything if a command fails."""
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL,
                          cwd=folder if folder.exists() else folder.parent,
                          env=dict(os.environ, LOCKSTEP_CLUSTER=str(folder.parent), **environment),
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}time_to_error.py: ended with {done.returncode}: "
                 + " ".join(map(str, command)))
    return done.stdout


def lockstep(folder, epochs, bits):
    """Seconds of training and dev error after each epoch."""
    shutil.rmtree(folder / "run", ignore_errors=True)
    run([ROOT / "cluster/mpirun", "-n", 2, "./lockstep", "train", JOB, "--threads", 1, "--run-dir",
         "run", "--set", f"training.epochs={epochs}", "--set", "early_stopping=none", "--set",
         "checkpointing.enabled=false", "--set",
         f"exchange.precision={'BFLOAT16' if bits == 16 else 'FLOAT32'}"], folder)
    lines = (folder / "run/metrics.jsonl").read_text().splitlines()
    return [{"seconds": line["seconds"], "dev_error": line["dev_error"]}
            for line in map(json.loads, lines)]


def pytorch(folder, epochs, bits):
    """The same."""
    processes = [subprocess.Popen(
        [ROOT / "cluster/on", f"n{rank + 1}", "env", "GLOO_SOCKET_IFNAME=eth0", "OMP_NUM_THREADS=1",
         "OPENBLAS_NUM_THREADS=1", PYTHON, HERE / "time_to_error.py", "--rank", str(rank), "--epochs",
         str(epochs), "--bits", str(bits)],
        env=dict(os.environ, LOCKSTEP_CLUSTER=str(folder.parent)), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True) for rank in (0, 1)]
    output = [process.communicate()[0] for process in processes]
    if any(process.returncode != 0 for process in processes):
        sys.exit("time_to_error.py: PyTorch has failed")
    return [json.loads(line) for line in output[0].splitlines()]


def time_to(error, curve):
    return next((point["seconds"] for point in curve if point["dev_error"] <= error), math.nan)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rate", type=float, default=1, help="of both links, in Gbit/s")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--error", type=float, default=0.115, help="the dev error to reach")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lockstep", type=Path, default=ROOT / "build/release/lockstep")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--bits", type=int, nargs="+", default=[32, 16], choices=[32, 16])
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rank is not None:
        train_with_pytorch(arguments.rank, "n1", arguments.epochs, arguments.bits[0])
        return

    results = []
    with tempfile.TemporaryDirectory(suffix="-lockstep-cluster") as top:
        folder = Path(top) / "shared"
        run([ROOT / "cluster/up", "-n", 2], folder)
        try:
            shutil.copy(arguments.lockstep, folder / "lockstep")
            for node in ("n1", "n2"):
                run([ROOT / "cluster/link", node, f"{round(arguments.rate * 1000)}mbit"], folder)
            for _ in range(arguments.rounds):
                row = {}
                trainers = [(f"{program.__name__} {bits}", program, bits)
                            for bits in arguments.bits for program in (lockstep, pytorch)]
                for name, train, bits in trainers:
                    curve = train(folder, arguments.epochs, bits)
                    row[name] = {"epoch_seconds": curve[-1]["seconds"] / len(curve),
                                 "seconds_to_error": time_to(arguments.error, curve),
                                 "least_dev_error": min(point["dev_error"] for point in curve)}
                    print(f"{name:11} {row[name]['epoch_seconds']:6.2f} s for an epoch, "
                          f"{row[name]['seconds_to_error']:6.1f} s to a dev error of "
                          f"{arguments.error:.2%}, least {row[name]['least_dev_error']:.2%}", flush=True)
                results.append(row)
        finally:
            run([ROOT / "cluster/down"], folder)
    for what in ("epoch_seconds", "seconds_to_error"):
        for bits in arguments.bits:
            ratio = statistics.median(
                row[f"lockstep {bits}"][what] / row[f"pytorch {bits}"][what] for row in results)
            print(f"{what}, {bits} bits: Lockstep takes {ratio:.2f} times as long as PyTorch")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()

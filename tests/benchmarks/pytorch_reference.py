#!/usr/bin/env python3
"""Examples per second of PyTorch on the network of speed.textproto.

usage: pytorch_reference.py [--batch N] [--precision FLOAT32|BFLOAT16] [--configuration NAME]...
                            [--examples N] [--blocks N]

784-1024-1024-10, ReLU, dropout 0.2, Adam, cross-entropy, on random data of the size of
Fashion-MNIST, normalized to floats beforehand; BFLOAT16 is autocast. Each configuration is started in processes
of its own and prints one JSON line. Uses whatever PyTorch and mpi4py this Python has,
installs nothing, and says so when one is missing ("available": false).
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

CONFIGURATIONS = {
    "1x1": "1 process, 1 thread",
    "1x2": "1 process, 2 threads",
    "ddp": "2 processes, DistributedDataParallel over gloo",
    "mpi": "2 processes, one flat MPI allreduce",
}
THREADS = {"1x1": 1, "1x2": 2, "ddp": 1, "mpi": 1}  # of each process
EXAMPLES, FEATURES, CLASSES = 60000, 784, 10


class Alone:
    """One process that has the whole batch to itself."""

    rank, size = 0, 1

    def wrap(self, model):
        return model

    def sum_gradients(self):
        pass

    def barrier(self):
        pass


class Gloo(Alone):
    """PyTorch's own data parallelism, which sums gradients during the backward pass."""

    def __init__(self, rank, size, meeting_point):
        import torch.distributed
        self.distributed, self.rank, self.size = torch.distributed, rank, size
        self.distributed.init_process_group("gloo", init_method=f"file://{meeting_point}",
                                            rank=rank, world_size=size)

    def wrap(self, model):
        import torch
        return torch.nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True)

    def barrier(self):
        self.distributed.barrier()


class FlatMpi(Alone):
    """All gradients are views of one vector, summed by one allreduce after the backward pass."""

    def __init__(self):
        from mpi4py import MPI
        self.mpi, self.comm = MPI, MPI.COMM_WORLD
        self.rank, self.size = self.comm.rank, self.comm.size

    def wrap(self, model):
        import torch
        parameters = list(model.parameters())
        self.flat = torch.zeros(sum(p.numel() for p in parameters))
        pieces = self.flat.split([p.numel() for p in parameters])
        for parameter, piece in zip(parameters, pieces):
            self.comm.Bcast(parameter.data.numpy())
            parameter.grad = piece.view_as(parameter)
        return model

    def sum_gradients(self):
        self.comm.Allreduce(self.mpi.IN_PLACE, self.flat.numpy())
        self.flat /= self.size

    def barrier(self):
        self.comm.Barrier()


def measure(team, arguments):
    """Examples per second over all processes, block by block."""
    import torch
    torch.set_flush_denormal(True)  # as Lockstep does
    torch.manual_seed(1)
    model = team.wrap(torch.nn.Sequential(
        torch.nn.Linear(FEATURES, 1024), torch.nn.ReLU(), torch.nn.Dropout(0.2),
        torch.nn.Linear(1024, 1024), torch.nn.ReLU(), torch.nn.Dropout(0.2),
        torch.nn.Linear(1024, CLASSES)))
    optimizer = torch.optim.Adam(model.parameters())
    cost = torch.nn.CrossEntropyLoss()

    own = EXAMPLES // team.size
    features = torch.randint(256, (own, FEATURES), dtype=torch.uint8).float().sub_(127).div_(74)
    labels = torch.randint(CLASSES, (own,))
    keep_gradients = isinstance(team, FlatMpi)

    in_bfloat16 = arguments.precision == "BFLOAT16"

    def step():
        rows = torch.randint(own, (arguments.batch // team.size,))
        optimizer.zero_grad(set_to_none=not keep_gradients)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=in_bfloat16):
            loss = cost(model(features[rows]), labels[rows])
        loss.backward()
        team.sum_gradients()
        optimizer.step()

    def examples_per_second(steps):
        team.barrier()
        start = time.perf_counter()
        for _ in range(steps):
            step()
        team.barrier()
        return steps * arguments.batch / (time.perf_counter() - start)

    examples_per_second(2)  # warms up
    steps = max(1, arguments.examples // arguments.batch)
    return [examples_per_second(steps) for _ in range(arguments.blocks)]


def blas_in_use():
    """The file behind libblas: a reference BLAS in place of OpenBLAS would be no reference."""
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "blas" in line}
    return sorted(os.path.basename(file) for file in files)


def take_part(name, team, arguments):
    """What each process of configuration `name` does."""
    speeds = measure(team, arguments)
    if team.rank == 0:
        import torch
        print_line(name, arguments, available=True,
                   examples_per_second=round(statistics.median(speeds)),
                   blocks=[round(speed) for speed in speeds],
                   torch=torch.__version__, blas=blas_in_use())


def take_part_in_gloo(rank, meeting_point, arguments):
    take_part("ddp", Gloo(rank, 2, meeting_point), arguments)


def run_here(name, arguments):
    """The body of what start() starts."""
    if name == "ddp":
        import torch.multiprocessing
        with tempfile.TemporaryDirectory() as folder:
            torch.multiprocessing.spawn(take_part_in_gloo, (folder + "/meet", arguments), nprocs=2)
    else:
        take_part(name, FlatMpi() if name == "mpi" else Alone(), arguments)


def print_line(name, arguments, **fields):
    print(json.dumps({"name": name, "description": CONFIGURATIONS[name], "batch": arguments.batch,
                      "precision": arguments.precision, **fields}), flush=True)


def start(name, arguments):
    """Starts the processes of configuration `name`; their rank 0 prints the line."""
    if name == "mpi" and importlib.util.find_spec("mpi4py") is None:
        print_line(name, arguments, available=False, reason="this Python has no mpi4py")
        return
    # Of PyTorch's own loops and of OpenBLAS, from the start: OpenBLAS looks once.
    environment = dict(os.environ, OMP_NUM_THREADS=str(THREADS[name]),
                       OPENBLAS_NUM_THREADS=str(THREADS[name]))
    if os.geteuid() == 0:
        environment.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    launcher = ["mpirun", "-n", "2", "--bind-to", "core"] if name == "mpi" else []
    done = subprocess.run(
        [*launcher, sys.executable, os.path.abspath(__file__), "--here", "--configuration", name,
         "--batch", str(arguments.batch), "--precision", arguments.precision, "--examples", str(arguments.examples),
         "--blocks", str(arguments.blocks)],
        env=environment, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        print_line(name, arguments, available=False, reason=f"ended with {done.returncode}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=256, help="over all processes")
    parser.add_argument("--precision", choices=("FLOAT32", "BFLOAT16"), default="FLOAT32")
    parser.add_argument("--configuration", action="append", choices=CONFIGURATIONS,
                        help="default: all of them, one after the other")
    parser.add_argument("--examples", type=int, default=8192, help="of each block")
    parser.add_argument("--blocks", type=int, default=5, help="whose median counts")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()

    if importlib.util.find_spec("torch") is None:
        print(json.dumps({"available": False, "reason": f"no PyTorch in {sys.executable}"}))
        return
    for name in arguments.configuration or CONFIGURATIONS:
        if arguments.here:
            run_here(name, arguments)
        else:
            start(name, arguments)


if __name__ == "__main__":
    main()

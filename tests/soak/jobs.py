"""The jobs of a soak: small ones that end within seconds, for what saves and resumes in different ways."""

import json
from dataclasses import dataclass
from typing import Callable

SPIRALS = """
name: "%s" seed: 3
data {
  train { synthetic { examples: 3000 two_spirals { turns: 1.5 noise: 0.05 } } }
  split { dev { count: 500 } test { count: 500 } }
}
network {
  layer { units: 32 activation: TANH keep_prob: 0.95 }
  layer { units: 32 activation: RELU keep_prob: 0.9 }
  output { units: 2 loss: SOFTMAX_CROSS_ENTROPY }
}
optimizer { adam { learning_rate: 0.01 } }
training { batch_size: 48 epochs: %d shards: 6 %s }
%s
"""

# 0.4 million parameters, so that a checkpoint has 5 MB.
LARGE = """
name: "large" seed: 3
data {
  train { synthetic { examples: 1500 teacher { features: 256 classes: 10 } } }
  split { dev { count: 200 } test { count: 200 } }
}
network {
  layer { units: 512 activation: RELU }
  layer { units: 512 activation: RELU }
  output { units: 10 loss: SOFTMAX_CROSS_ENTROPY }
}
optimizer { adam { learning_rate: 0.001 } }
training { batch_size: 48 epochs: 24 shards: 6 }
checkpointing { background_from_bytes: 1000000 }
"""

# The rate grows until the run diverges and rolls back, some times.
STEEP = """
name: "rollback" seed: 3
data {
  train { synthetic { examples: 3000 two_spirals { turns: 1.5 noise: 0.05 } } }
  split { dev { count: 500 } test { count: 500 } }
}
network { layer { units: 32 } layer { units: 32 } output { units: 2 } }
optimizer {
  gradient_descent { learning_rate: 0.01 }
  schedule { exponential { factor_per_epoch: 1.5 } }
}
training {
  batch_size: 48 epochs: 60 shards: 6
  on_nonfinite: ROLLBACK rollback { rate_factor: 0.1 limit: 100 }
}
evaluation { every_epochs: 3 }
checkpointing { every_steps: 17 background_from_bytes: 0 }
"""

SWEEP = """
name: "sweep" job: "trial.textproto" grid {}
parameter {
  name: "rate" path: "optimizer.adam.learning_rate" numbers { value: [0.001, 0.003, 0.01, 0.03] }
}
successive_halving { eta: 2 first_epochs: 4 }
"""

# Fields that say where and how fast a run was trained.
OF_THE_LAYOUT = {"seconds", "sessions", "examples_per_second", "peak_memory_bytes", "ranks", "threads",
                 "versions"}


@dataclass(frozen=True)
class Job:
    name: str
    command: str                # train, sweep or recipe
    files: dict                 # name: text; the first one is the argument of the command
    result: Callable            # (run directory) -> what must not depend on faults
    arguments: tuple = ()

    def file(self):
        return next(iter(self.files))


def without_layout(record):
    return {key: value for key, value in record.items() if key not in OF_THE_LAYOUT}


def of_training(run):
    """The summary, with its digest, and every evaluation."""
    evaluations = [without_layout(json.loads(line))
                   for line in (run / "metrics.jsonl").read_text().splitlines()]
    return {"summary": without_layout(json.loads((run / "summary.json").read_text())),
            "evaluations": {line["step"]: line for line in evaluations}}


def of_files(*names):
    return lambda run: {name: (run / name).read_text() for name in names}


def spirals(name, epochs, training="", more=""):
    return SPIRALS % (name, epochs, training, more)


JOBS = [
    Job("early-stopping", "train", {"job.textproto": spirals(
        "early-stopping", 150, more="early_stopping { metric: DEV_COST patience: 60 }")}, of_training),
    Job("bfloat16", "train", {"job.textproto": spirals(
        "bfloat16", 100, "precision: BFLOAT16", "exchange { precision: BFLOAT16 bucket_bytes: 4096 }")},
        of_training),
    Job("background", "train", {"job.textproto": spirals(
        "background", 100, more="checkpointing { every_steps: 7 background_from_bytes: 0 }")}, of_training),
    Job("rollback", "train", {"job.textproto": STEEP}, of_training),
    Job("large", "train", {"job.textproto": LARGE}, of_training),
    Job("sweep", "sweep", {"sweep.textproto": SWEEP, "trial.textproto": spirals("trial", 30)},
        of_files("sweep.txt", "sweep.csv", "sweep.json", "winner.textproto")),
    Job("recipe", "recipe", {"job.textproto": spirals("recipe", 25)},
        of_files("recipe.txt", "recipe.json"), ("--runs", "3")),
]

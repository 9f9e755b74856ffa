#!/usr/bin/env python3
"""What `lockstep recipe` reaches beside random search with as many runs, on the same splits.

usage: tests/benchmarks/recipe_against_search.py [--runs N] [--lockstep PROGRAM] [--out DIR]
                                                 [--threads N] [--only NAME] [TABLE ...]

The tables are public: Letter, Pima and Soybean of R's package mlbench (Debian's
r-cran-mlbench), Titanic, which comes with R, and Fashion-MNIST (dataset-fashion-mnist), of
which 5,000 examples are for training. Rscript writes the first four as CSV files. For each
table both begin with the same job: one small hidden layer. Random search draws layers, units,
learning rate, lambda, keep_prob, batch size, schedule and epochs. Results stay in --out;
whatever is there already is shown again and not trained again. The test errors of a row are
of the same examples, so `more than chance` is decided with Newcombe's interval, which is
wider than one for pairs would be.
"""

import argparse
import json
import math
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

EXPORT = """
library(mlbench)
save <- function(table, name) write.csv(table, name, row.names=FALSE, quote=FALSE, na="")
data(LetterRecognition); save(LetterRecognition, "letter.csv")
data(PimaIndiansDiabetes); save(PimaIndiansDiabetes, "pima.csv")
data(Soybean); save(Soybean, "soybean.csv")
counts <- as.data.frame(Titanic)
save(counts[rep(seq_len(nrow(counts)), counts$Freq), 1:4], "titanic.csv")
"""

FASHION = "/usr/share/datasets/fashion-mnist"
SPLIT = "split { dev { fraction: 0.2 } test { fraction: 0.2 } stratified: true }"


def csv(name, table):
    return f'train {{ csv {{ file: "{name}.csv" table {{ {table} }} }} }} {SPLIT}'


# For each table: its data, its classes, examples in a batch, epochs.
TABLES = {
    "letter": (csv("letter", 'column { name: "lettr" role: CLASS_NAME }'), 26, 64, 20),
    "pima": (csv("pima", 'column { name: "diabetes" role: CLASS_NAME }'), 2, 32, 30),
    "titanic": (
        csv(
            "titanic",
            'column { name: "Survived" role: CLASS_NAME } other_columns: CATEGORY',
        )
        + " max_copied_share: 1",  # a few categories make many equal rows
        2,
        32,
        30,
    ),
    "soybean": (
        csv(
            "soybean",
            'column { name: "Class" role: CLASS_NAME } other_columns: CATEGORY '
            "when_missing: TRAINING_MEAN",
        ),
        19,
        32,
        30,
    ),
    "fashion": (
        f'train {{ idx {{ features: "{FASHION}/train-images-idx3-ubyte.gz" '
        f'labels: "{FASHION}/train-labels-idx1-ubyte.gz" }} }} '
        "split { dev { count: 5000 } test { count: 50000 } stratified: true } "
        "normalization { standardize { per: ALL } }",
        10,
        64,
        20,
    ),
}

NETWORKS = "\n".join(
    f'alternative {{ name: "{layers} x {units}" '
    f'set: "network.layer=[{", ".join([f"{{units: {units}}}"] * layers)}]" }}'
    for layers in (1, 2)
    for units in (32, 128, 512)
)
SEARCH = f"parameter {{ name: \"layers\" alternatives {{ {NETWORKS} }} }}\n" + """
parameter { name: "keep_prob" path: "network.layer[*].keep_prob" range { min: 0.5 max: 1 } }
parameter { name: "rate" path: "optimizer.adam.learning_rate"
            range { min: 1e-4 max: 1e-2 scale: LOG } }
parameter { name: "lambda" path: "regularization.l2_lambda"
            range { min: 0.01 max: 10 scale: LOG } }
parameter { name: "batch" path: "training.batch_size" numbers { value: [32, 64, 128, 256] } }
parameter { name: "length" path: "training.epochs" numbers { value: [20, 40, 80] } }
parameter { name: "schedule" path: "optimizer.schedule"
            texts { value: ["{}", "{ cosine {} }"] } }
"""


def write_job(out, name):
    data, classes, batch, epochs = TABLES[name]
    text = f"""name: "{name}" seed: 1
data {{ {data} }}
network {{ layer {{ units: 16 activation: RELU }} output {{ units: {classes} }} }}
optimizer {{ adam {{}} }}
training {{ batch_size: {batch} shards: 4 epochs: {epochs} }}
checkpointing {{ every_epochs: 1000 }}
"""
    (out / f"{name}.textproto").write_text(text)


def lockstep(arguments, options):
    subprocess.run([options.lockstep, *arguments, "--threads", str(options.threads)],
                   cwd=options.out, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def recipe(name, options):
    directory = options.out / f"{name}-recipe"
    result = directory / "recipe.json"
    if not result.exists() or json.loads(result.read_text())["stop_reason"] in (None, "interrupted"):
        lockstep(["recipe", f"{name}.textproto", "--runs", str(options.runs), "--run-dir",
                  directory.name, "--resume", "auto"], options)
    found = json.loads(result.read_text())
    best = found["trials"][found["best"] - 1]
    return {"runs": len(found["trials"]), "dev": best["dev_error"],
            "test": found["test"]}


def search(name, options):
    directory = options.out / f"{name}-search"
    result = directory / "sweep.json"
    if not result.exists():
        (options.out / f"{name}-sweep.textproto").write_text(
            f'name: "{name}-search" job: "{name}.textproto" seed: 1 '
            f"random {{ trials: {options.runs} }}\n{SEARCH}")
        lockstep(["sweep", f"{name}-sweep.textproto", "--run-dir", directory.name,
                  "--resume", "auto"], options)
    found = json.loads(result.read_text())
    winner = found["winner"]
    return {"runs": options.runs, "dev": winner["dev_error"],
            "test": {"error": winner["test_error"], "examples": winner["test_examples"]}}


def wilson(p, n, z=1.959964):
    centre = (p * n + z * z / 2) / (n + z * z)
    half = z * math.sqrt(p * (1 - p) * n + z * z / 4) / (n + z * z)
    return centre - half, centre + half


def difference(first, second):
    """Newcombe's interval of second - first."""
    (a, n), (b, m) = [(e["error"], e["examples"]) for e in (first, second)]
    (a_low, a_high), (b_low, b_high) = wilson(a, n), wilson(b, m)
    return b - a - math.hypot(a_high - a, b - b_low), b - a + math.hypot(a - a_low, b_high - b)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=[], metavar="TABLE")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["recipe", "search"])
    parser.add_argument("--lockstep", type=Path, default=ROOT / "build/release/lockstep")
    parser.add_argument("--out", type=Path, default=Path("recipe-against-search"))
    options = parser.parse_args()
    options.out = options.out.resolve()
    options.lockstep = options.lockstep.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    if not (options.out / "titanic.csv").exists():
        subprocess.run(["Rscript", "-e", EXPORT], cwd=options.out, check=True)
    print("| table | recipe: runs | dev | test | random search: runs | dev | test |"
          " search - recipe, 95% |")
    print("|---|---|---|---|---|---|---|---|")
    percent = "{:.2f}%".format
    for name in options.tables or TABLES:
        write_job(options.out, name)
        blank = ["-", "-", "-"]
        ours = theirs = None
        if options.only != "search":
            ours = recipe(name, options)
        if options.only != "recipe":
            theirs = search(name, options)
        cells = [[r["runs"], percent(100 * r["dev"]), percent(100 * r["test"]["error"])]
                 if r else blank for r in (ours, theirs)]
        interval = "-"
        if ours and theirs:
            low, high = difference(ours["test"], theirs["test"])
            interval = f"{100 * low:.2f} to {100 * high:.2f} points"
        print("|", " | ".join(map(str, [name, *cells[0], *cells[1], interval])), "|", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What the job that `lockstep init` writes reaches, beside the defaults of scikit-learn and XGBoost.

usage: tests/benchmarks/first_guess.py [--splits N] [--lockstep PROGRAM] [--out DIR]
                                       [--threads N] [--set PATH=VALUE] [--alone] [TABLE ...]

The tables are public: Letter, Satellite, Vowel, Vehicle, Soybean, Pima and BostonHousing of R's package mlbench
(Debian's r-cran-mlbench), Titanic, which comes with R, biopsy of MASS (r-cran-mass), diamonds of
ggplot2 (r-cran-ggplot2) and ticdata of kernlab (r-cran-kernlab). XGBoost is python3-xgboost. Rscript writes them as CSV files. A fifth of the rows, another one for each
split, is for testing; every model gets the same other rows, of which Lockstep takes its dev part.
The job is changed in one place: without a test part, because the test rows are in a file of their
own. The other models get standardized numbers, with means for missing ones, and one-hot categories.
The table shows the mean over the splits of the error in percent or, for diamonds and boston, of the root mean
square error, with the standard deviation between splits, and Lockstep's seconds for one training.
For ticdata, whose rare class is 6% of the rows, it is the balanced error: the mean over the classes of the share
of their rows that are decided wrongly. There Lockstep, which also stops by the balanced accuracy, the linear model and the forest weigh the classes.
`--set` changes a field of the jobs, to try another guess. `--alone` leaves the other models out.
"""

import argparse
import csv
import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import numpy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction import DictVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler
from xgboost import XGBClassifier, XGBRegressor

ROOT = Path(__file__).resolve().parents[2]

EXPORT = """
save <- function(table, name) write.csv(table, name, row.names=FALSE, quote=FALSE, na="")
library(mlbench)
data(LetterRecognition); save(LetterRecognition, "letter.csv")
data(PimaIndiansDiabetes); save(PimaIndiansDiabetes, "pima.csv")
data(Soybean); save(Soybean, "soybean.csv")
data(Satellite); save(Satellite, "satellite.csv")
data(Vowel); save(Vowel, "vowel.csv")
data(Vehicle); save(Vehicle, "vehicle.csv")
data(BostonHousing); save(BostonHousing, "boston.csv")
counts <- as.data.frame(Titanic)
save(counts[rep(seq_len(nrow(counts)), counts$Freq), 1:4], "titanic.csv")
save(MASS::biopsy, "biopsy.csv")
save(ggplot2::diamonds, "diamonds.csv")
data(ticdata, package="kernlab"); write.csv(ticdata, "ticdata.csv", row.names=FALSE, na="")
"""

# For each table: the target, and the columns that are not inputs.
TABLES = {
    "letter": ("lettr", []),
    "soybean": ("Class", []),
    "pima": ("diabetes", []),
    "titanic": ("Survived", []),
    "biopsy": ("class", ["ID"]),
    "diamonds": ("price", []),
    "satellite": ("classes", []),
    "vowel": ("Class", []),
    "vehicle": ("Class", []),
    "boston": ("medv", []),
    "ticdata": ("CARAVAN", []),
}
WEIGHED = {"ticdata"}  # their classes count the same, however rare they are


class NamedXGBClassifier(XGBClassifier):
    """XGBoost's classifier, which knows numbers alone, for names of classes."""

    def fit(self, X, y):
        self.names = LabelEncoder().fit(y)
        return super().fit(X, self.names.transform(y))

    def predict(self, X):
        return self.names.inverse_transform(super().predict(X))


CLASSIFIERS = {"MLP": MLPClassifier, "linear": LogisticRegression, "forest": RandomForestClassifier,
               "XGBoost": NamedXGBClassifier}
REGRESSORS = {"MLP": MLPRegressor, "linear": LinearRegression, "forest": RandomForestRegressor,
              "XGBoost": XGBRegressor}


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_table(path):
    """The rows of a file; columns of numbers as floats, with nan for missing ones."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for column in rows[0]:
        if all(row[column] == "" or is_number(row[column]) for row in rows):
            for row in rows:
                row[column] = float(row[column] or "nan")
    return rows


def write_table(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        for row in rows:
            writer.writerow({key: "" if value != value else value for key, value in row.items()})


def split(name, number, out):
    """Writes the rows for training and for testing; returns them."""
    rows = read_table(out / f"{name}.csv")
    order = numpy.random.RandomState(number).permutation(len(rows))
    parts = numpy.split(order, [len(rows) // 5])
    tested, trained = ([rows[i] for i in part] for part in parts)
    write_table(out / f"{name}-{number}.csv", trained)
    write_table(out / f"{name}-{number}-test.csv", tested)
    return trained, tested


def loss(name, tested, found):
    """The error in percent, balanced where classes are weighed, or, for numbers, the root mean square error."""
    expected = [row[TABLES[name][0]] for row in tested]
    if name in WEIGHED:
        return 100 * statistics.mean(
            statistics.mean(a != b for a, b in zip(expected, found) if a == of)
            for of in set(expected))
    if isinstance(expected[0], str):
        return 100 * statistics.mean(a != b for a, b in zip(expected, found))
    return statistics.mean((a - float(b)) ** 2 for a, b in zip(expected, found)) ** 0.5


def lockstep_loss(name, number, tested, options):
    """Lockstep's loss on the rows for testing, and the seconds of its training."""
    target = TABLES[name][0]
    job = f"{name}-{number}.textproto"

    def call(*arguments):
        return subprocess.run([options.lockstep, *arguments], cwd=options.out, check=True,
                              capture_output=True, text=True).stdout

    call("init", f"{name}-{number}.csv", "--target", target, "--force")
    changes = ["--set", "data.split.test=none"]
    if name in WEIGHED:
        changes += ["--set", "training.class_weights={balanced: true}",
                    "--set", "early_stopping.metric=BALANCED_ACCURACY"]
    for change in options.set:
        changes += ["--set", change]
    run = f"run-{name}-{number}"
    shutil.rmtree(options.out / run, ignore_errors=True)
    begin = time.monotonic()
    call("train", job, "--run-dir", run, "--threads", str(options.threads), *changes)
    seconds = time.monotonic() - begin
    predictions = csv.DictReader(call("predict", run, f"{name}-{number}-test.csv",
                                      "--unknown-category", "all_zero").splitlines())
    return loss(name, tested, [row[target] for row in predictions]), seconds


def other_losses(name, number, trained, tested, out):
    """The loss of each model; from a file, if an earlier call wrote one."""
    file = out / f"{name}-{number}-others.json"
    if file.exists():
        return json.loads(file.read_text())
    target, others = TABLES[name]

    def inputs(rows):
        return [{key: value for key, value in row.items()
                 if key != target and key not in others and value != ""} for row in rows]

    losses = {}
    models = CLASSIFIERS if isinstance(trained[0][target], str) else REGRESSORS
    for title, model in models.items():
        weights = name in WEIGHED and title in ("linear", "forest")
        made = model(**({} if title == "linear" else {"random_state": 1}),
                     **({"class_weight": "balanced"} if weights else {}))
        pipeline = make_pipeline(DictVectorizer(sparse=False), SimpleImputer(), StandardScaler(),
                                 made)
        pipeline.fit(inputs(trained), [row[target] for row in trained])
        losses[title] = loss(name, tested, pipeline.predict(inputs(tested)))
    file.write_text(json.dumps(losses))
    return losses


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--lockstep", type=Path, default=ROOT / "build/release/lockstep")
    parser.add_argument("--out", type=Path, default=Path("first-guess"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("tables", nargs="*", default=list(TABLES))
    options = parser.parse_args()
    options.lockstep = options.lockstep.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    if not (options.out / "ticdata.csv").exists():
        subprocess.run(["Rscript", "-e", EXPORT], cwd=options.out, check=True)
    columns = ["Lockstep", *([] if options.alone else CLASSIFIERS)]
    print("| table | " + " | ".join(columns) + " | seconds |")
    print("| --- " * (len(columns) + 2) + "|")
    for name in options.tables:
        found = {column: [] for column in columns}
        seconds = []
        for number in range(options.splits):
            trained, tested = split(name, number, options.out)
            of_split, took = lockstep_loss(name, number, tested, options)
            found["Lockstep"].append(of_split)
            seconds.append(took)
            if not options.alone:
                for title, value in other_losses(name, number, trained, tested,
                                                 options.out).items():
                    found[title].append(value)
        cells = []
        for values in found.values():
            spread = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
            cells.append(f"{statistics.mean(values):.1f}{spread}")
        print(f"| {name} | " + " | ".join(cells) + f" | {statistics.mean(seconds):.0f} |", flush=True)


if __name__ == "__main__":
    main()

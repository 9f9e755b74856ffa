#!/usr/bin/env python3
"""Golden values of the metrics of predictions, computed by scikit-learn (Debian's python3-sklearn).

Run by hand, not by the tests:  python3 tests/golden/make_metrics.py
It writes metrics.txt, in the form that make_golden.py describes: for each problem the
predictions and labels, both floats, and what scikit-learn makes of them. Means over
classes or units and the calibration error (Guo et al., 2017, 15 bins) are computed here.
"""

from pathlib import Path

import numpy as np
from sklearn import metrics

HERE = Path(__file__).resolve().parent
EXAMPLES = 200
BINS = 15


def mean_of(function, truth, scores):
    """Over the columns that have both kinds of examples."""
    return np.mean([function(truth[:, c], scores[:, c]) for c in range(truth.shape[1])
                    if truth[:, c].min() != truth[:, c].max()])


def calibration_error(confidence, right):
    bins = np.minimum((confidence.astype(float) * BINS).astype(int), BINS - 1)
    return sum(abs(confidence[bins == b].astype(float).mean() - right[bins == b].mean())
               * (bins == b).mean() for b in range(BINS) if (bins == b).any())


def yes_or_no(random):
    """Probabilities are multiples of 1/16, so that there are many ties, and 1/2 is a decision of no."""
    truth = (random.random(EXAMPLES) < 0.3).astype(int)
    values = np.round((0.3 * truth + 0.7 * random.random(EXAMPLES)) * 16) / 16
    decided = values > 0.5
    confidence = np.where(decided, values, 1 - values)
    return values[:, None], truth[:, None], {
        "macro_f1": metrics.f1_score(truth, decided, average="macro"),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, decided),
        "roc_auc": metrics.roc_auc_score(truth, values),
        "average_precision": metrics.average_precision_score(truth, values),
        "calibration_error": calibration_error(confidence, decided == truth)}


def classes(random):
    """The last of five classes has no example, but some decisions."""
    truth = random.integers(0, 4, EXAMPLES)
    values = random.random((EXAMPLES, 5)) + 0.05
    values[np.arange(EXAMPLES), truth] += 0.5
    values = (values / values.sum(axis=1, keepdims=True)).astype(np.float32)
    decided = values.argmax(axis=1)
    one_hot = np.eye(5)[truth]
    return values, truth[:, None], {
        "macro_f1": metrics.f1_score(truth, decided, average="macro"),
        "balanced_accuracy": np.mean([(decided[truth == c] == c).mean() for c in range(4)]),
        "roc_auc": mean_of(metrics.roc_auc_score, one_hot, values),
        "average_precision": mean_of(metrics.average_precision_score, one_hot, values),
        "calibration_error": calibration_error(values.max(axis=1), decided == truth)}


def several_labels(random):
    truth = (random.random((EXAMPLES, 3)) < [0.5, 0.2, 0.05]).astype(int)
    values = (0.4 * truth + 0.6 * random.random(truth.shape)).astype(np.float32)
    decided = values > 0.5
    confidence = np.where(decided, values.astype(float), 1 - values.astype(float)).ravel()
    return values, truth, {
        "macro_f1": metrics.f1_score(truth, decided, average="macro"),
        "roc_auc": mean_of(metrics.roc_auc_score, truth, values),
        "average_precision": mean_of(metrics.average_precision_score, truth, values),
        "calibration_error": calibration_error(confidence, (decided == truth).ravel())}


def targets(random):
    truth = random.normal([100, -3], [40, 0.5], (EXAMPLES, 2)).astype(np.float32)
    values = (truth + random.normal([2, 0], [10, 0.2], truth.shape)).astype(np.float32)
    truth, values = truth.astype(float), values.astype(float)
    return values, truth, {
        "rmse": metrics.mean_squared_error(truth, values, squared=False),
        "mae": metrics.mean_absolute_error(truth, values),
        "r2": metrics.r2_score(truth, values)}


def write(file, name, array):
    array = np.atleast_2d(array)
    file.write(f"{name} {array.shape[0]} {array.shape[1]}\n")
    for row in array:
        file.write(" ".join(f"{value:.17g}" for value in row) + "\n")


def main():
    with open(HERE / "metrics.txt", "w") as file:
        for number, problem in enumerate([yes_or_no, classes, several_labels, targets]):
            values, labels, results = problem(np.random.default_rng(number))
            write(file, problem.__name__ + ".values", values)
            write(file, problem.__name__ + ".labels", labels)
            for name, result in results.items():
                write(file, f"{problem.__name__}.{name}", result)


if __name__ == "__main__":
    main()

"""Runs the exported model of a table with NumPy, node by node as ONNX defines them, and
compares it with what `lockstep predict` wrote: check_onnx_table.py MODEL INPUT PREDICTIONS

The input becomes features as the model's metadata say ("color=red" is 1 where the column
color is red); the field NA is missing, so NaN. Ends with 0 and one line when onnx's checker
takes the model, every class is the same and no number differs by more than 1e-4.
"""
import csv
import json
import sys

import numpy as np
import onnx
from onnx import numpy_helper


def read(path):
    with open(path, newline="") as file:
        header, *rows = list(csv.reader(file))
    return header, [dict(zip(header, row)) for row in rows]


def feature(row, name):
    if name in row:
        return np.nan if row[name] == "NA" else float(row[name])
    column, category = name.split("=", 1)
    return np.nan if row[column] == "NA" else float(row[column] == category)


def gemm(x, weight, bias):
    return x @ weight.T + bias


def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


OPERATIONS = {"IsNaN": np.isnan, "Where": np.where, "Sub": np.subtract, "Div": np.divide,
              "Gemm": gemm, "Relu": lambda x: np.maximum(x, 0), "Softmax": softmax}


def main(model_path, input_path, predictions_path):
    model = onnx.load(model_path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    names, classes = json.loads(metadata["features"]), json.loads(metadata["classes"])
    _, rows = read(input_path)
    values = {constant.name: numpy_helper.to_array(constant)
              for constant in model.graph.initializer}
    values["input"] = np.array([[feature(row, name) for name in names] for row in rows],
                               np.float32)
    for node in model.graph.node:
        values[node.output[0]] = OPERATIONS[node.op_type](*(values[name] for name in node.input))
    got = values["output"]

    header, predictions = read(predictions_path)
    (label,) = json.loads(metadata["labels"])
    assert header == ["example", "line", label] + ["p_" + name for name in classes], header
    assert len(predictions) == len(rows)
    want = np.array([[float(row["p_" + name]) for name in classes] for row in predictions])
    difference = np.abs(got - want).max()
    assert difference <= 1e-4, f"numbers differ by {difference}"
    assert [row[label] for row in predictions] == [classes[k] for k in got.argmax(axis=1)]
    print(f"{len(rows)} rows agree")


if __name__ == "__main__":
    main(*sys.argv[1:])

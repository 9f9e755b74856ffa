"""Runs the exported model of a table with NumPy, node by node as ONNX defines them, and
compares it with what `lockstep predict` wrote: check_onnx_table.py MODEL INPUT PREDICTIONS

The input becomes features as the model's metadata say: "columns" has the inputs in order, and a
column with categories becomes a feature for each, 1 where it is; the field NA is missing, so NaN.
Ends with 0 and one line when onnx's checker takes the model, its texts name the columns, every
class is the same and no number differs by more than 1e-4.
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


def features(row, columns):
    values = []
    for column in columns:
        field = row[column["name"]]
        missing = field == "NA"
        if "order" in column:
            values.append(np.nan if missing else float(column["order"].index(field)))
        elif "categories" not in column:
            values.append(np.nan if missing else float(field))
        for category in column.get("categories", []):
            values.append(np.nan if missing else float(field == category))
        if "has_rare" in column:
            values.append(np.nan if missing else float(field not in column["categories"]))
        if "missing_indicator" in column:
            values.append(float(missing))
    return values


def feature_names(columns):
    names = []
    for column in columns:
        name = column["name"]
        if "categories" in column:
            names += [f"{name}={category}" for category in column["categories"]]
        else:
            names.append(name)
        names += [f"{name} is rare"] * ("has_rare" in column)
        names += [f"{name} is missing"] * ("missing_indicator" in column)
    return names


def gemm(x, weight, bias):
    return x @ weight.T + bias


def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


OPERATIONS = {"IsNaN": np.isnan, "Where": np.where, "Sub": np.subtract, "Div": np.divide,
              "Gemm": gemm, "Relu": lambda x: np.maximum(x, 0), "Softmax": softmax,
              "ArgMax": lambda x: x.argmax(axis=1)[:, None], "Sign": np.sign,
              "Mul": np.multiply, "Add": np.add, "Sqrt": np.sqrt, "Cast": lambda x: x.astype(np.int64)}


def main(model_path, input_path, predictions_path):
    model = onnx.load(model_path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    names, classes = json.loads(metadata["features"]), json.loads(metadata["classes"])
    _, rows = read(input_path)
    values = {constant.name: numpy_helper.to_array(constant)
              for constant in model.graph.initializer}
    columns = json.loads(metadata["columns"])
    assert feature_names(columns) == names, columns
    values["input"] = np.array([features(row, columns) for row in rows], np.float32)
    (given,) = model.graph.input
    assert json.dumps(names, separators=(",", ":"), ensure_ascii=False) in given.doc_string
    fills = np.array(json.loads(metadata["fill_values"]), np.float32)
    assert np.array_equal(fills, values["input.fill_value"]), fills
    assert [value.name for value in model.graph.output] == ["label", "output"]
    outputs = json.loads(metadata["outputs"])
    assert outputs == ["p_" + name for name in classes], outputs
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
    assert [row[label] for row in predictions] == [classes[k] for k in values["label"][:, 0]]
    print(f"{len(rows)} rows agree")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Runs an exported model that answers yes or no for each of several labels with OpenCV, and compares
its answers with those of `lockstep predict --format npy --probabilities none`:
check_onnx_units.py MODEL TABLE ANSWERS

The columns of the CSV file TABLE that the model takes are numbers. Ends with 0 and one line when all
answers are the same.
"""
import csv
import json
import sys

import cv2
import numpy as np
import onnx


def main(model_path, table_path, answers_path):
    model = onnx.load(model_path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    label, output = model.graph.output
    assert (label.name, output.name) == ("label", "output")
    assert metadata["labels"] in label.doc_string, label.doc_string
    assert metadata["outputs"] in output.doc_string, output.doc_string
    with open(table_path, newline="") as file:
        rows = [[float(row[name]) for name in json.loads(metadata["features"])]
                for row in csv.DictReader(file)]
    network = cv2.dnn.readNetFromONNX(model_path)
    network.setInput(np.array(rows, np.float32))
    got = network.forward("label")
    want = np.load(answers_path)
    assert want.shape == (len(rows), len(json.loads(metadata["labels"]))), want.shape
    assert np.array_equal(got, want), (got, want)
    print(f"{len(rows)} rows agree")


if __name__ == "__main__":
    main(*sys.argv[1:])

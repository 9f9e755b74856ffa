"""Runs an exported model on IDX images with OpenCV and compares it with the
table that `lockstep predict` wrote: check_onnx.py MODEL IMAGES TABLE

Ends with 0 and one line when onnx's checker takes the model, every class is the
same and no number differs by more than 1e-4.
"""
import csv
import gzip
import struct
import sys

import cv2
import numpy as np
import onnx


def read_images(path):
    content = open(path, "rb").read()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    n, height, width = struct.unpack(">III", content[4:16])
    return np.frombuffer(content, np.uint8, offset=16).reshape(n, height * width)


def main(model_path, images_path, table_path):
    onnx.checker.check_model(onnx.load(model_path), full_check=True)
    images = read_images(images_path)
    network = cv2.dnn.readNetFromONNX(model_path)
    network.setInput(images.astype(np.float32))
    got = network.forward()  # the output that stands last
    network.setInput(images.astype(np.float32))
    named = network.forward("output")
    assert np.array_equal(got, named)

    with open(table_path, newline="") as file:
        header, *rows = list(csv.reader(file))
    assert [int(row[0]) for row in rows] == list(range(len(images))), "one row for each image"
    first = 2 if header[1] == "class" else 1
    want = np.array([row[first:] for row in rows], np.float64)
    assert got.shape == want.shape, (got.shape, want.shape)
    difference = np.abs(got - want).max()
    assert difference <= 1e-4, f"numbers differ by {difference}"
    if first == 2:
        classes = np.array([int(row[1]) for row in rows])
        network.setInput(images.astype(np.float32))
        label = network.forward("label").astype(np.int64)
        assert label.shape == (len(rows), 1), label.shape
        wrong = np.flatnonzero(label[:, 0] != classes)
        assert len(wrong) == 0, f"classes of {len(wrong)} images differ, such as {wrong[:5]}"
    print(f"{len(images)} images agree, largest difference {difference:.2g}")


if __name__ == "__main__":
    main(*sys.argv[1:])

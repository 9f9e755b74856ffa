"""Computes the predictions of an exported NPZ file with NumPy, and compares them with those that
`lockstep predict --format npy` wrote: check_npz.py MODEL FEATURES PREDICTIONS

FEATURES is an NPY file [N, I], in which NaN is missing. Ends with 0 and one line when NumPy reads
the file without pickle and no number differs by more than 1e-5.
"""
import math
import sys

import numpy as np

ACTIVATIONS = {"LINEAR": lambda z: z,
               "RELU": lambda z: np.maximum(z, 0),
               "LEAKY_RELU": lambda z: np.where(z > 0, z, np.float32(0.01) * z),
               "SIGMOID": lambda z: 1 / (1 + np.exp(-z)),
               "TANH": np.tanh,
               "ELU": lambda z: np.where(z > 0, z, np.expm1(z)),
               "GELU": lambda z: z * (1 + np.vectorize(math.erf)(z / math.sqrt(2))) / 2,
               "SILU": lambda z: z / (1 + np.exp(-z))}


def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


OUTPUTS = {"SOFTMAX_CROSS_ENTROPY": softmax,
           "LOGISTIC": ACTIVATIONS["SIGMOID"],
           "SQUARED_ERROR": ACTIVATIONS["LINEAR"],
           "ABSOLUTE_ERROR": ACTIVATIONS["LINEAR"],
           "HUBER": ACTIVATIONS["LINEAR"]}


def predict(model, x):
    if "input.fill_value" in model:
        x = np.where(np.isnan(x), model["input.fill_value"], x)
    if "input.mean" in model:
        x = (x - model["input.mean"]) / model["input.deviation"]
    if "input.clip" in model:
        x = x / np.sqrt(1 + (x / model["input.clip"]) ** 2)
    for layer, activation in enumerate(model["activations"], start=1):
        x = x @ model[f"layer{layer}.weight"].T + model[f"layer{layer}.bias"]
        x = ACTIVATIONS[activation](x)
    x = OUTPUTS[model["loss"][0]](x)
    if "target.mean" in model:
        x = x * model["target.deviation"] + model["target.mean"]
    return x


def main(model_path, features_path, predictions_path):
    with np.load(model_path, allow_pickle=False) as file:
        model = dict(file)
    x = np.load(features_path, allow_pickle=False)
    want = np.load(predictions_path, allow_pickle=False)
    got = predict(model, x.astype(np.float32))
    assert got.shape == want.shape == (len(x), len(model["outputs"])), (got.shape, want.shape)
    difference = np.abs(got - want).max()
    assert difference <= 1e-5 * max(1, np.abs(want).max()), f"numbers differ by {difference}"
    names = {name: model[name].tolist() for name in
             ("features", "labels", "classes", "outputs", "job") if name in model}
    print(f"{len(x)} rows agree: {names}")


if __name__ == "__main__":
    main(*sys.argv[1:])

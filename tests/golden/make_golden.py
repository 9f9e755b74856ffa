#!/usr/bin/env python3
"""Golden values for the C++ tests, computed by NumPy in float64 from the formulas.

Run by hand, not by the tests:  python3 tests/golden/make_golden.py
It draws problem.txt (with --draw, or when there is none), reads it back, and writes
golden.txt. Both hold arrays as  name rows columns  and then the values, row by row,
each with 17 digits. The problem's values are floats, so that float and double start
from the same numbers.

Nothing here follows the C++ code; the sources are
  J, L2, gradient descent          lecture 1.4: J = 1/m sum L + lambda/2m sum ||W||_F^2
  L1                               lecture 1.4: + lambda/2m sum |w|; its slope at 0 is 0
  softmax, logistic, squared error L = -log p_y,  -sum t log s(z) + (1-t) log(1-s(z)),
                                   1/2 sum (z - t)^2
  absolute error, Huber            sum |z - t|,  Huber 1964 with delta = HUBER_DELTA
  momentum                         v = beta v + (1-beta) g,  w -= alpha v
  Nesterov                         Sutskever et al., 2013, on that velocity
  RMSprop                          Hinton, Coursera lecture 6e
  Adam                             Kingma and Ba, 2015, algorithm 1
"""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SIZES = [7, 5, 4, 3]  # tanh, ReLU, output
ROWS = 12
STEPS = 10
HUBER_DELTA = 1
SETTINGS = {
    "l2_lambda": 0.3,
    "l1_lambda": 0.2,
    "gradient_descent.learning_rate": 0.5,
    "momentum.learning_rate": 0.5,
    "momentum.beta": 0.9,
    "nesterov.learning_rate": 0.5,
    "nesterov.beta": 0.9,
    "rmsprop.learning_rate": 0.01,
    "rmsprop.beta": 0.9,
    "rmsprop.epsilon": 1e-8,
    "adam.learning_rate": 0.02,
    "adam.beta1": 0.9,
    "adam.beta2": 0.999,
    "adam.epsilon": 1e-8,
    "adamw.learning_rate": 0.02,
    "adamw.beta1": 0.9,
    "adamw.beta2": 0.999,
    "adamw.epsilon": 1e-8,
    "adamw.weight_decay": 0.3,
    "clipped.learning_rate": 0.5,
    "clipped.max_norm": 0.1,
}


def write_arrays(path, arrays):
    with open(path, "w", encoding="ascii") as file:
        for name, array in arrays.items():
            array = np.atleast_2d(np.asarray(array, dtype=np.float64))
            file.write(f"{name} {array.shape[0]} {array.shape[1]}\n")
            for row in array:
                file.write(" ".join(f"{value:.17g}" for value in row) + "\n")


def read_arrays(path):
    words = iter(path.read_text(encoding="ascii").split())
    arrays = {}
    for name in words:
        rows, columns = int(next(words)), int(next(words))
        values = [float(next(words)) for _ in range(rows * columns)]
        arrays[name] = np.array(values).reshape(rows, columns)
    return arrays


def draw_problem():
    rng = np.random.default_rng(20170801)

    def floats(values):
        return np.asarray(values, dtype=np.float32).astype(np.float64)

    problem = {"inputs": floats(rng.normal(size=(ROWS, SIZES[0])))}
    for layer, (i, o) in enumerate(zip(SIZES, SIZES[1:]), start=1):
        problem[f"layer{layer}.weight"] = floats(rng.normal(size=(o, i)) / np.sqrt(i))
        problem[f"layer{layer}.bias"] = floats(0.1 * rng.normal(size=(o, 1)))
    problem["class_numbers"] = rng.integers(SIZES[-1], size=(ROWS, 1))
    problem["unit_targets"] = rng.integers(2, size=(ROWS, SIZES[-1]))
    problem["real_targets"] = floats(rng.normal(size=(ROWS, SIZES[-1])))
    problem.update(SETTINGS)
    return problem


def loss_and_slope(loss, z, target):
    """Mean loss of the rows and its derivative with respect to z."""
    if loss == "softmax":
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return -np.sum(target * np.log(p)) / len(z), (p - target) / len(z)
    if loss == "logistic":
        s = 1 / (1 + np.exp(-z))
        total = -np.sum(target * np.log(s) + (1 - target) * np.log(1 - s))
        return total / len(z), (s - target) / len(z)
    d = z - target
    if loss == "absolute_error":
        return np.sum(np.abs(d)) / len(z), np.sign(d) / len(z)
    if loss == "huber":
        losses = np.where(np.abs(d) <= HUBER_DELTA, d**2 / 2,
                          HUBER_DELTA * (np.abs(d) - HUBER_DELTA / 2))
        return np.sum(losses) / len(z), np.clip(d, -HUBER_DELTA, HUBER_DELTA) / len(z)
    return np.sum(d**2) / 2 / len(z), d / len(z)


def cost_and_gradient(theta, x, target, loss, l2, l1=(0, 0, 0), penalize_biases=False):
    """J and its gradient; theta = [W1, b1, W2, b2, W3, b3], b as columns.

    l2 and l1 are the lambdas of the three layers.
    """
    w1, b1, w2, b2, w3, b3 = theta
    a1 = np.tanh(x @ w1.T + b1.T)
    z2 = a1 @ w2.T + b2.T
    a2 = np.maximum(z2, 0)
    mean_loss, d3 = loss_and_slope(loss, a2 @ w3.T + b3.T, target)
    d2 = (d3 @ w3) * (z2 > 0)
    d1 = (d2 @ w2) * (1 - a1**2)
    gradient = [d1.T @ x, d1.sum(axis=0)[:, None], d2.T @ a1, d2.sum(axis=0)[:, None],
                d3.T @ a2, d3.sum(axis=0)[:, None]]
    penalized = range(6) if penalize_biases else range(0, 6, 2)
    m = len(x)
    penalty = sum(l2[i // 2] * np.linalg.norm(theta[i]) ** 2 / (2 * m)
                  + l1[i // 2] * np.abs(theta[i]).sum() / (2 * m) for i in penalized)
    for i in penalized:
        slope = l2[i // 2] / m * theta[i] + l1[i // 2] / (2 * m) * np.sign(theta[i])
        gradient[i] = gradient[i] + slope
    return mean_loss + penalty, gradient


def flat(tensors):
    return np.concatenate([tensor.ravel() for tensor in tensors])


def tensors_like(theta, vector):
    ends = np.cumsum([tensor.size for tensor in theta])[:-1]
    return [part.reshape(tensor.shape) for part, tensor in zip(np.split(vector, ends), theta)]


def descend(start, gradient, step_of):
    """Cost before each step and after the last, and the final weights."""
    w = flat(start)
    state = {}
    costs = []
    for t in range(1, STEPS + 1):
        j, g = gradient(tensors_like(start, w))
        costs.append(j)
        w = w - step_of(state, flat(g), t, w)
    costs.append(gradient(tensors_like(start, w))[0])
    return np.array(costs), w


def optimizers(setting, is_weight):
    def gradient_descent(_, g, *__):
        return setting("gradient_descent.learning_rate") * g

    def momentum(state, g, *_):
        beta = setting("momentum.beta")
        state["v"] = beta * state.get("v", 0) + (1 - beta) * g
        return setting("momentum.learning_rate") * state["v"]

    def nesterov(state, g, *_):
        beta = setting("nesterov.beta")
        state["v"] = beta * state.get("v", 0) + (1 - beta) * g
        return setting("nesterov.learning_rate") * (beta * state["v"] + (1 - beta) * g)

    def rmsprop(state, g, *_):
        beta = setting("rmsprop.beta")
        state["s"] = beta * state.get("s", 0) + (1 - beta) * g**2
        root = np.sqrt(state["s"])
        return setting("rmsprop.learning_rate") * g / (root + setting("rmsprop.epsilon"))

    def adam(state, g, t, _, name="adam"):
        beta1, beta2 = setting(f"{name}.beta1"), setting(f"{name}.beta2")
        state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
        state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
        m_hat = state["m"] / (1 - beta1**t)
        v_hat = state["v"] / (1 - beta2**t)
        rate, epsilon = setting(f"{name}.learning_rate"), setting(f"{name}.epsilon")
        return rate * m_hat / (np.sqrt(v_hat) + epsilon)

    def adamw(state, g, t, w):
        decay = setting("adamw.learning_rate") * setting("adamw.weight_decay") * w * is_weight
        return decay + adam(state, g, t, w, "adamw")

    def clipped(_, g, *__):  # gradient descent on a gradient of bounded norm
        norm = np.sqrt(np.sum(g**2))
        factor = min(1.0, setting("clipped.max_norm") / norm)
        return setting("clipped.learning_rate") * factor * g

    return [gradient_descent, momentum, nesterov, rmsprop, adam, adamw, clipped]


def main():
    problem_file = HERE / "problem.txt"
    if "--draw" in sys.argv or not problem_file.exists():
        write_arrays(problem_file, draw_problem())
    problem = read_arrays(problem_file)

    def setting(name):
        return problem[name].item()

    x = problem["inputs"]
    none, l2, l1 = [0.0] * 3, [setting("l2_lambda")] * 3, [setting("l1_lambda")] * 3
    of_layers = [l2[0], 0.0, 2 * l2[0]], [0.0, l1[0], 3 * l1[0]]
    theta = [problem[f"layer{layer}.{kind}"] for layer in (1, 2, 3) for kind in ("weight", "bias")]
    is_weight = flat([np.full(tensor.shape, tensor.ndim == 2 and tensor.shape[1] > 1)
                      for tensor in theta])
    one_hot = np.eye(SIZES[-1])[problem["class_numbers"].astype(int).ravel()]
    first_output = theta[:4] + [theta[4][:1], theta[5][:1]]  # a network of one output

    golden = {}
    for name, loss, weights, target in [
        ("softmax", "softmax", theta, one_hot),
        ("logistic_class_number", "logistic", theta, one_hot),
        ("logistic_unit_targets", "logistic", theta, problem["unit_targets"]),
        ("logistic_one_unit", "logistic", first_output, problem["unit_targets"][:, :1]),
        ("squared_error_class_number", "squared_error", theta, one_hot),
        ("squared_error_real_targets", "squared_error", theta, problem["real_targets"]),
        ("squared_error_one_unit", "squared_error", first_output, problem["real_targets"][:, :1]),
        ("absolute_error_real_targets", "absolute_error", theta, problem["real_targets"]),
        ("huber_real_targets", "huber", theta, problem["real_targets"]),
    ]:
        for suffix, lambdas, biases in [("", (none, none), False), (".l2", (l2, none), False),
                                        (".l2_with_biases", (l2, none), True),
                                        (".l1", (none, l1), False), (".l2_l1", (l2, l1), False),
                                        (".l2_l1_of_layers", of_layers, True)]:
            j, g = cost_and_gradient(weights, x, target, loss, *lambdas, biases)
            golden[f"{name}{suffix}.cost"] = j
            golden[f"{name}{suffix}.gradient"] = flat(g)

    for step_of in optimizers(setting, is_weight):
        costs, weights = descend(
            theta, lambda w: cost_and_gradient(w, x, one_hot, "softmax", l2), step_of)
        golden[f"{step_of.__name__}.costs"] = costs
        golden[f"{step_of.__name__}.weights"] = weights
    write_arrays(HERE / "golden.txt", golden)


if __name__ == "__main__":
    main()

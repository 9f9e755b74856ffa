"""Ends that the documentation promises after a fault, by code and message. Nothing else is let pass."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class End:
    code: int
    text: str
    page: str       # where it is promised


# Refusals after damage to checkpoints.
REFUSALS = [
    End(65, "no valid checkpoint in", "docs/checkpoint-format.md#the-directory"),
    End(65, "the best checkpoint that step-", "docs/checkpoint-format.md#the-directory"),
    End(2, "has the results of a run, but no checkpoint from which it could be resumed",
        "docs/commands.md#resuming"),
]

# Open MPI's daemon, and what has started it: they may stay on a host that is cut off (docs/limits.md#running).
STAY_WHERE_CUT_OFF = ("orted", "sh", "nsenter")

# Instead of its test error, when the only checkpoints of a recipe's best run were removed.
UNTESTED = "      not tested, because no checkpoint of it is there; train best.textproto to test it"

# Ends before a rank has started, when a host is lost in these seconds.
UNSTARTED = [
    End(2, "does not answer over ", "docs/cluster.md#messages-of-launchhosts"),
    End(1, "ORTE was unable to reliably start one or more daemons", "docs/cluster.md#a-lost-host"),
]


def are_checkpoints(damaged):
    return any(what.endswith("checkpoint") for what in damaged)


def refusal(code, output, damaged):
    """The text of the refusal; None unless it is one of the list and checkpoints were damaged before."""
    if not are_checkpoints(damaged):
        return None
    return text_of(REFUSALS, code, output)


def unstarted(code, output):
    """The text by which launch/hosts or mpirun says that a host is lost."""
    return text_of(UNSTARTED, code, output)


def text_of(ends, code, output):
    return next((end.text for end in ends if end.code == code and end.text in output), None)


def untested(recipe):
    """The files of a recipe, the JSON read, when no checkpoint of its best run is left to be tested."""
    lines = [UNTESTED if line.startswith("      test error ") else line for line in recipe["recipe.txt"].splitlines()]
    return {"recipe.txt": "\n".join(lines) + "\n", "recipe.json": {**json.loads(recipe["recipe.json"]), "test": None}}


def without_advice(diagnosis):
    return {name: value for name, value in (diagnosis or {}).items() if name not in ("notes", "recipe")}


def difference(expected, result, damaged):
    """What the result of a run has lost or changed; None when it is whole. Evaluations may be missing,
    but not different, when metrics.jsonl was damaged; then the diagnosis has other notes, and advice
    that concludes nothing from the curve."""
    if "evaluations" not in expected:
        if are_checkpoints(damaged) and UNTESTED in result.get("recipe.txt", ""):
            expected, result = untested(expected), dict(result, **{"recipe.json": json.loads(result["recipe.json"])})
        return next((f"{name} differs" for name in expected if result[name] != expected[name]), None)
    lost = bool(set(expected["evaluations"]) - set(result["evaluations"])) and "metrics.jsonl" in damaged
    for name, value in expected["summary"].items():
        found = result["summary"].get(name)
        if lost and name == "diagnosis":
            value, found = without_advice(value), without_advice(found)
        if found != value:
            return f"summary.json: {name}: {found} instead of {value}"
    for step, line in result["evaluations"].items():
        if expected["evaluations"].get(step) != line:
            return f"metrics.jsonl: step {step}: {line} instead of {expected['evaluations'].get(step)}"
    missing = sorted(set(expected["evaluations"]) - set(result["evaluations"]))
    if missing and "metrics.jsonl" not in damaged:
        return f"metrics.jsonl: no evaluations of the steps {missing}"
    return None

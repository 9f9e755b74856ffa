"""Refusals that the documentation promises after damage, by code and message. Nothing else is let pass."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    code: int
    text: str
    page: str       # where it is promised


REFUSALS = [
    Refusal(65, "no valid checkpoint in", "docs/checkpoint-format.md#the-directory"),
    Refusal(65, "the best checkpoint that step-", "docs/checkpoint-format.md#the-directory"),
    Refusal(2, "has the results of a run without checkpoints, which cannot be resumed",
            "docs/commands.md#resuming"),
]


def refusal(code, output, damaged):
    """The text of the refusal; None unless it is one of the list and checkpoints were damaged before."""
    if not any(what.endswith("checkpoint") for what in damaged):
        return None
    return next((one.text for one in REFUSALS if one.code == code and one.text in output), None)


def difference(expected, result, damaged):
    """What the result of a run has lost or changed; None when it is whole. Evaluations may be missing,
    but not different, when metrics.jsonl was damaged."""
    if "evaluations" not in expected:
        return next((f"{name} differs" for name in expected if result[name] != expected[name]), None)
    for name, value in expected["summary"].items():
        if result["summary"].get(name) != value:
            return f"summary.json: {name}: {result['summary'].get(name)} instead of {value}"
    for step, line in result["evaluations"].items():
        if expected["evaluations"].get(step) != line:
            return f"metrics.jsonl: step {step}: {line} instead of {expected['evaluations'].get(step)}"
    missing = sorted(set(expected["evaluations"]) - set(result["evaluations"]))
    if missing and "metrics.jsonl" not in damaged:
        return f"metrics.jsonl: no evaluations of the steps {missing}"
    return None

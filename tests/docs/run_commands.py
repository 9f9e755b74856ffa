"""Runs the commands that the documentation shows: run_commands.py ROOT PROGRAM

A block of shell commands begins with one of these lines:

    ```sh run             the commands are run
    ```sh skip: REASON    they are not, and the reason says why

All blocks with `run`, those of README.md first and then those of docs/ by name, are run in
one temporary folder with PROGRAM as `lockstep`. So a page may use what the README has made.
A block fails when one of its commands fails. Commands in any other block are an error, so
that none is forgotten.
"""
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FENCE = re.compile(r"( *)(```+)(.*)$")
COMMAND = re.compile(
    r"\s*(\$ )?(sudo |timeout \S+ )?(\./)?"
    r"((lockstep|build/\w+/lockstep|\.ci/run|sbatch|mpirun|srun|cmake|ctest|clang-\w+)(\s|$)|"
    r"(launch|tests/benchmarks)/\w)")
SECONDS = 120  # for one block
# One process alone: MPI need not look for networks and other processes, which takes most
# of the time of a short command.
ALONE = {"OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self"}


def blocks(text):
    """(line number, info string or None when indented, lines) of every code block."""
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        match = FENCE.match(lines[i])
        if match:
            start, indent, info = i + 1, len(match.group(1)), match.group(3).strip()
            body = []
            i += 1
            while i < len(lines) and not lines[i].strip().startswith(match.group(2)):
                body.append(lines[i][indent:])
                i += 1
            yield start, info, body
        elif lines[i].startswith("    ") and (i == 0 or not lines[i - 1].strip()):
            start, body = i + 1, []
            while i < len(lines) and lines[i].startswith("    "):
                body.append(lines[i])
                i += 1
            yield start, None, body
            continue
        i += 1


def sort(name, text):
    """The blocks to run, the reasons of those that are not, and what is wrong."""
    to_run, skipped, wrong = [], [], []
    for number, info, body in blocks(text):
        where = f"{name}:{number}"
        words = (info or "").split()
        if words[:1] in (["sh"], ["bash"], ["shell"], ["console"]):
            reason = re.fullmatch(r"sh skip: (\S.*)", info)
            if info == "sh run":
                to_run.append((where, "\n".join(body)))
            elif reason:
                skipped.append(f"{where}: {reason.group(1)}")
            else:
                wrong.append(f"{where}: a block of commands is marked `sh run` or "
                             f"`sh skip: REASON`, not `{info}`")
        elif any(COMMAND.match(line) for line in body):
            wrong.append(f"{where}: commands outside of a block marked `sh run` or "
                         "`sh skip: REASON`")
    return to_run, skipped, wrong


def pages(root):
    for name in ("README.md", "CONTRIBUTING.md"):
        if (root / name).exists():
            yield root / name
    yield from sorted((root / "docs").rglob("*.md"))


def run(where, script, folder, environment):
    """Whether the block succeeds; says what it printed when it does not."""
    began = time.monotonic()
    try:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder,
                              env=environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS)
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as error:
        code, output = f"none within {SECONDS} s", str(error.stdout or "")
    if code == 0:
        print(f"{where}: ran in {time.monotonic() - began:.1f} s")
        return True
    print(f"{where}: exit code {code}\n{script}\n---- printed:\n{output[-4000:]}")
    return False


def check(root, program):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        bin_folder = Path(folder) / "bin"
        bin_folder.mkdir()
        (bin_folder / "lockstep").symlink_to(program)
        work = Path(folder) / "work"
        work.mkdir()
        environment = dict(os.environ, **ALONE, PATH=f"{bin_folder}:{os.environ['PATH']}",
                           LC_ALL="C.UTF-8", HOME=folder)
        for page in pages(root):
            to_run, skipped, wrong = sort(str(page.relative_to(root)),
                                          page.read_text(encoding="utf-8"))
            failed += len(wrong)
            for line in wrong + [f"not run: {line}" for line in skipped]:
                print(line)
            for where, script in to_run:
                failed += not run(where, script, work, environment)
    return failed


def self_test():
    text = ("```sh run\nlockstep check a\n```\n```sh skip: needs a cluster\nsbatch x\n```\n"
            "```sh\necho\n```\n```text\nlockstep: [rank 3] says\nname: 1\n```\n"
            "\n    launch/test\n\n    name: 1\n```\nlockstep check a\n```\n- item\n\n  ```sh run\n"
            "  true\n  ```\n```sh skip:\nfalse\n```\n")
    to_run, skipped, wrong = sort("p", text)
    got = ([where for where, _ in to_run], to_run[1][1], skipped,
           [line.split(": ")[0] for line in wrong])
    wanted = (["p:1", "p:23"], "true", ["p:4: needs a cluster"], ["p:7", "p:15", "p:18", "p:26"])
    if got != wanted:
        sys.exit(f"got {got}, wanted {wanted}")
    with tempfile.TemporaryDirectory() as folder:
        if not run("good", "true | true", folder, os.environ):
            sys.exit("a block that succeeds is taken for one that fails")
        for script in ("false\ntrue", "false | true", "echo $unset"):
            if run("bad", script, folder, os.environ):
                sys.exit(f"a block that fails is taken for one that succeeds: {script}")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    sys.exit(min(check(Path(sys.argv[1]), sys.argv[2]), 1))


main()

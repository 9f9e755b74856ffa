"""What happens to the files of a run between two attempts."""

from dataclasses import dataclass


def cut(path, place):
    data = path.read_bytes()
    path.write_bytes(data[:int(len(data) * place)])


def flip(path, place):
    data = bytearray(path.read_bytes())
    if data:
        data[int(len(data) * place)] ^= 1
    path.write_bytes(data)


def remove(path, place):
    path.unlink()


def cut_last_line(path, place):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + (lines[-1][:int(len(lines[-1]) * place)] if lines else b""))


@dataclass(frozen=True)
class Damage:
    kind: str       # how
    what: str       # a key of FILES
    place: float    # in [0, 1): where in the file, and in which run of a sweep

    def __str__(self):
        return f"{self.what}: {self.kind} ({self.place:.3f})"


def newest(run):
    return sorted(run.glob("ckpt/step-*.ckpt"))[-1:]


FILES = {
    "newest checkpoint": newest,
    "another checkpoint": lambda run: sorted(run.glob("ckpt/step-*.ckpt"))[:-1][-1:],
    "ckpt/latest": lambda run: list(run.glob("ckpt/latest")),
    "ckpt/best": lambda run: list(run.glob("ckpt/best")),
    "metrics.jsonl": lambda run: list(run.glob("metrics.jsonl")),
}
WAYS = {"cut": cut, "byte flipped": flip, "removed": remove}


def draw(random):
    what = random.choices(list(FILES), [5, 2, 2, 1, 2])[0]
    kind = "last line cut" if what == "metrics.jsonl" else random.choice(list(WAYS))
    return Damage(kind, what, random.random())


def runs_in(directory):
    """The directory of a run, or those of the runs of a sweep or recipe."""
    if (directory / "ckpt").is_dir():
        return [directory]
    return sorted(path.parent for path in directory.rglob("ckpt") if path.is_dir())


def apply(damage, directory):
    """Returns the file that was damaged; None when there is none of its kind."""
    runs = runs_in(directory)
    if not runs:
        return None
    files = FILES[damage.what](runs[int(damage.place * len(runs))])
    for path in files:
        (cut_last_line if damage.kind == "last line cut" else WAYS[damage.kind])(path, damage.place)
    return files[0] if files else None

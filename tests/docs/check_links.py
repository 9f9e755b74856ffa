"""Checks the links of the documentation: check_links.py ROOT

Every relative link in README.md, CONTRIBUTING.md, CHANGELOG.md, cluster/README.md and
docs/**/*.md must lead to a file or folder that exists, and its anchor to a heading of that page. Addresses with a
scheme (https://...) are not looked at. A path in backquotes that begins with a folder of the project, of src/ or of
tests/ must exist there, too, with or without its ending; the changelog may name what was removed.
"""
import re
import sys
import tempfile
from pathlib import Path

LINK = re.compile(r"\[[^\]\[]*(?:\[[^\]]*\][^\]\[]*)?\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
PATH = re.compile(r"`((\w+)/[\w./-]*)`")
FENCE = re.compile(r"\s*(```+|~~~+)")


def prose(text):
    """Numbered lines outside of code blocks."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if fence:
            if match and match.group(1).startswith(fence):
                fence = None
        elif match:
            fence = match.group(1)
        else:
            yield number, line


def anchors(text):
    """As forges make them: lower case, no punctuation, '-' for blanks, -1, -2 for repeats."""
    found = set()
    for _, line in prose(text):
        match = HEADING.match(line)
        if not match:
            continue
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(2))
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        unique, n = slug, 0
        while unique in found:
            n += 1
            unique = f"{slug}-{n}"
        found.add(unique)
    return found


def pages(root):
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "cluster/README.md"):
        if (root / name).exists():
            yield root / name
    yield from sorted((root / "docs").rglob("*.md"))


def lost_paths(root, line):
    """The paths in backquotes of a line that lead nowhere."""
    for path, folder in PATH.findall(line):
        places = [top for top in (root, root / "src", root / "tests") if (top / folder).is_dir()]
        if folder in ("build", "runs") or not places:
            continue
        if not any((top / path).exists() or any(top.glob(path + ".*")) for top in places):
            yield path


def problems(root):
    count = 0
    known = {}
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for number, line in prose(text):
            if page.name != "CHANGELOG.md":
                for path in lost_paths(root, line):
                    yield f"{page.relative_to(root)}:{number}: {path} leads to no file"
            for target in LINK.findall(re.sub(r"`[^`]*`", "``", line)):
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                count += 1
                name, _, anchor = target.partition("#")
                place = (page.parent / name).resolve() if name else page.resolve()
                where = f"{page.relative_to(root)}:{number}"
                if not place.exists():
                    yield f"{where}: {target} leads to no file"
                elif not str(place).startswith(str(root.resolve())):
                    yield f"{where}: {target} leads out of the project"
                elif anchor and place.suffix == ".md":
                    if place not in known:
                        known[place] = anchors(place.read_text(encoding="utf-8"))
                    if anchor not in known[place]:
                        yield f"{where}: {target} leads to no heading"
    print(f"{count} links looked at")


def self_test():
    """The checker finds each kind of fault, and only those."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docs").mkdir()
        (root / "src" / "nn").mkdir(parents=True)
        (root / "src" / "nn" / "dense.h").touch()
        (root / "README.md").write_text(
            "# A `b` c, d\n[good](#a-b-c-d) [good](docs/a.md#two-1) [good](docs)\n"
            "[`code`](docs/a.md) [web](https://example.org/none)\n"
            "```text\n[in code](nowhere.md)\n# no heading\n```\n"
            "[bad](nowhere.md) [bad](#no-heading)\n[`bad`](docs/a.md#three) `[code](none)`\n"
            "`src/nn/dense.h` `nn/dense` `src/nn/` `src/nn/<kind>.h` `runs/it` `else/where`\n"
            "`src/nn/sparse.h` `nn/sparse`\n")
        (root / "CHANGELOG.md").write_text("`src/nn/removed.h`\n")
        (root / "docs" / "a.md").write_text("## Two\n## Two\n[up](../README.md) [bad](README.md)\n")
        found = [line.split(" leads")[0] for line in problems(root)]
        wanted = ["README.md:8: nowhere.md", "README.md:8: #no-heading",
                  "README.md:9: docs/a.md#three", "README.md:11: src/nn/sparse.h",
                  "README.md:11: nn/sparse", "docs/a.md:3: README.md"]
        if found != wanted:
            sys.exit(f"found {found}, wanted {wanted}")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    found = list(problems(Path(sys.argv[1])))
    print("\n".join(found))
    sys.exit(bool(found))


main()

"""What a soak has counted, and its table."""

from collections import Counter

# Each of these is a fault of Lockstep, or of what this soak takes for promised.
UNEXPECTED = ["lost bits", "unexpected exit codes", "hangs", "processes left"]


class Tally:
    def __init__(self):
        self.counts = Counter()
        self.longest_end = 0.0

    def add(self, group, name):
        self.counts[group, name] += 1

    def total(self, group, name=None):
        return sum(count for (one, other), count in self.counts.items()
                   if one == group and name in (None, other))

    def unexpected(self):
        return self.total("unexpected")

    def table(self):
        lines = []
        groups = dict.fromkeys(group for group, _ in sorted(self.counts) if group != "unexpected")
        for group in groups:
            lines.append(f"{group:<44}{self.total(group):>7}")
            lines += [f"  {name:<42}{count:>7}"
                      for (one, name), count in sorted(self.counts.items()) if one == group]
        lines.append(f"{'seconds until all processes were gone, at most':<46}{self.longest_end:>5.1f}")
        lines += [f"{name:<44}{self.total('unexpected', name):>7}" for name in UNEXPECTED]
        return "\n".join(lines)

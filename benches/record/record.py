#!/usr/bin/env python3
"""Turns what criterion printed before and after a change into a table.

    for bench in steps formats names rules alerts permits; do
      cargo bench -p palisander-benches --bench $bench -- --noplot >> before.txt   # on the older commit
    done                                                                          # the same on the newer one: after.txt
    python3 benches/record/record.py before.txt after.txt > benches/record/NAME.csv

One row a case: the middle of criterion's three times in nanoseconds, and after / before. A case that only one of the two
commits has leaves the other column empty.
"""

import csv
import re
import sys

UNITS = {"ps": 1e-3, "ns": 1.0, "µs": 1e3, "us": 1e3, "ms": 1e6, "s": 1e9}
TIME = re.compile(r"^(?P<name>\S.*?)?\s*time:\s+\[[\d.]+ \S+ (?P<middle>[\d.]+) (?P<unit>\S+) ")


def times(path):
    """Case → nanoseconds. A long name stands on a line of its own, above its time."""
    found, name = {}, None
    for line in open(path, encoding="utf-8"):
        line = line.rstrip()
        measured = TIME.match(line)
        if measured:
            case = (measured["name"] or name).strip()
            found[case] = float(measured["middle"]) * UNITS[measured["unit"]]
        elif line and not line.startswith((" ", "Benchmarking", "Found", "Running")):
            name = line
    return found


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    before, after = times(sys.argv[1]), times(sys.argv[2])
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["case", "before_ns", "after_ns", "after_over_before"])
    for case in sorted(before | after):
        was, is_now = before.get(case), after.get(case)
        ratio = f"{is_now / was:.2f}" if was and is_now else ""
        rows.writerow([case, *(f"{t:.0f}" if t is not None else "" for t in (was, is_now)), ratio])


if __name__ == "__main__":
    main()

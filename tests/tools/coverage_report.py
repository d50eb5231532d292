#!/usr/bin/python3
"""
Which lines the unit and golden tests reach: builds the flavour `coverage`, runs its tests and fuzz corpora, and asks gcov.

    coverage_report.py [--least=PERCENT LAYER…] [--missing=LAYER]

Prints each layer's share of lines that ran, and with --missing the lines of a layer that did not. Exit status 1 when a
named layer has less than --least.
"""

import argparse
import collections
import glob
import json
import os
import subprocess
import sys

from suites import FUZZ, UNIT, Flavour, make, programs
from tally import Tally


def gcov(objects):
    """{source: {line: how often it ran}}; a line may stand in several functions (inline ones, macros)."""
    lines = collections.defaultdict(dict)
    for folder in sorted({os.path.dirname(path) for path in objects}):
        names = glob.glob(folder + "/*.gcda")
        if not names:  # nothing of it was linked into a test
            continue
        out = subprocess.run(["gcov", "--json-format", "--stdout", *names], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=True, text=True).stdout
        for document in filter(None, out.splitlines()):
            for file in json.loads(document)["files"]:
                for line in file["lines"]:
                    known = lines[file["file"]]
                    known[line["line_number"]] = known.get(line["line_number"], 0) + line["count"]
    return lines


def layer_of(source):
    parts = os.path.normpath(source).split(os.sep)
    return parts[1] if parts[0] in ("src", "include") and len(parts) == 3 else None


def run_tests(flavour):
    """False when something does not build or fails: the figures would be of something else."""
    for path in glob.glob(flavour.folder + "/obj/**/*.gcda", recursive=True):
        os.remove(path)
    status, output = make(flavour, [path for _, path in flavour.programs(UNIT + FUZZ)], False)
    if status:
        print(output, file=sys.stderr)
        return False
    tally = Tally()
    programs(tally, flavour)
    return tally.finish() == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", type=float, default=0)
    parser.add_argument("--missing")
    parser.add_argument("layers", nargs="*")
    arguments = parser.parse_args()
    flavour = Flavour("coverage")
    if not run_tests(flavour):
        return 1
    lines = gcov(glob.glob(flavour.folder + "/obj/src/**/*.gcno", recursive=True))
    ran, all_of = collections.Counter(), collections.Counter()
    for source, counts in sorted(lines.items()):
        layer = layer_of(source)
        ran[layer] += sum(1 for n in counts.values() if n)
        all_of[layer] += len(counts)
        if layer == arguments.missing:
            for number in sorted(n for n, count in counts.items() if not count):
                print(f"{source}:{number}")
    few = []
    for layer in sorted(filter(None, all_of)):
        percent = 100 * ran[layer] / all_of[layer]
        print(f"{layer:10} {ran[layer]:6} of {all_of[layer]:6} lines  {percent:5.1f} %")
        if layer in arguments.layers and percent < arguments.least:
            few.append(layer)
    for layer in few:
        print(f"{layer}: fewer than {arguments.least:g} %", file=sys.stderr)
    return 1 if few else 0


if __name__ == "__main__":
    sys.exit(main())

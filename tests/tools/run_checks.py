#!/usr/bin/python3
"""
Runs the checks, counts every single test, and ends with one line: N passed, N failed, N skipped.

    run_checks.py all | style | unit | integration

A suite that does not build, crashes, hangs or ends early is a failure, whatever it printed before. Only failures print
their output. The exit status is 0 exactly when nothing failed.
"""

import os
import sys

import check_layers
import check_style
from suites import RELEASE_ONLY, Flavour, Queue, build, integration, programs
from tally import Tally


def style(tally):
    for name, check in check_style.CHECKS + check_layers.CHECKS:
        problems = check()
        tally.test(name, "failed" if problems else "passed", "\n".join(problems))


def everything(tally):
    """One queue for both flavours: the second is built while the tests of the first wait for what they wait for."""
    tally.section("style and layers")
    style(tally)
    release, sanitized, queue = Flavour(""), Flavour("asan"), Queue()
    tally.section(release.name)
    build(tally, release)
    queue.add(programs(tally, release) + integration(tally, release))
    build(tally, sanitized, behind=True)
    tally.section(f"{sanitized.name}, without {', '.join(sorted(RELEASE_ONLY))}")
    queue.add(programs(tally, sanitized) + integration(tally, sanitized))
    queue.finish()


def one_flavour(suite):
    def run(tally):
        flavour, queue = Flavour(os.environ.get("SAN", "")), Queue()
        tally.section(flavour.name)
        build(tally, flavour)
        queue.add(suite(tally, flavour))
        queue.finish()
    return run


COMMANDS = {"all": everything, "style": style, "unit": one_flavour(programs), "integration": one_flavour(integration)}


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    tally = Tally()
    try:
        COMMANDS[sys.argv[1]](tally)
    except KeyboardInterrupt:
        tally.test("interrupted", "failed")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())

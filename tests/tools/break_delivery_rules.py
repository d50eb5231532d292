#!/usr/bin/env python3
"""Breaks each of the five delivery rules in a copy of the code and demands that the simulation notices.

A simulation that passes proves something only if it fails where the code is wrong. Each row below takes one rule out;
`make mutants` builds the simulation with it and fails where no seed breaks.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = "build/release/tests/unit/service/test_simulation"

# rule, file, what stands there, what stands there instead
RULES = [
    ("lease: a leased pair that is made due at once may be claimed", "src/store/memory_queue.c",
     "\tif (!leased(p, t->now))\n\t\tunlease", "\tif (at <= t->now || !leased(p, t->now))\n\t\tunlease"),
    ("outlive: a holder sends although its lease has run out", "src/incident/delivery.c",
     "return now_mono + timeout_ms < lease_end_mono;", "return now_mono >= 0 || lease_end_mono + timeout_ms > 0;"),
    ("maybe: an attempt is not on record before it is sent", "src/incident/delivery.c",
     "\t\tg->maybe = true;", "\t\tg->maybe = g->maybe || g->echo;"),
    ("generations: a reopening reuses the provider's key", "src/incident/episode.c",
     "\tinc->generation++;", "\tinc->generation += inc->generation == 0;"),
    ("echo: an attempt of unknown outcome is resolved only once", "src/incident/delivery.c",
     "\t\tg->echo = true;", "\t\tg->echo = false;"),
]


def build_and_run(tree):
    subprocess.run(["make", "-s", "-j2", TEST], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    return subprocess.run([tree / TEST], cwd=tree, env={"SEEDS": "30000"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main():
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        for name in ("src", "include", "tests"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "Makefile", tree)
        whole = build_and_run(tree)
        if whole.returncode:
            print(whole.stdout + "the simulation fails with all rules in force")
            return 1
        for rule, name, stands, instead in RULES:
            path = tree / name
            text = path.read_text()
            if stands not in text:
                print(f"{name} no longer says {stands!r}: adapt this script to the code")
                return 1
            path.write_text(text.replace(stands, instead))
            run = build_and_run(tree)
            path.write_text(text)
            told = [line for line in run.stdout.splitlines() if line.startswith("seed ")]
            print(f"{'noticed' if run.returncode else 'NOT NOTICED'}: {rule}: {told[0] if told else ''}")
            unnoticed += run.returncode == 0
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""
Faults by the hundred, and a table of what became of every alert that was answered 200. Exit status 1 on any violation.

    run.py            (make chaos; KIND, CHAOS_FAULTS, … may be given to make too)

Knobs, all from the environment:
    KIND                 one kind, or several with commas; default: all
    CHAOS_FAULTS         of each kind, default 100
    CHAOS_RATE           alerts a second, default 50
    CHAOS_SECONDS        how long Redis is away, and Sentinel fails over, in the two scenarios; default 300
    CHAOS_JOBS           kinds that run side by side, default 2
    SEED                 of the alerts and the faults; printed
    ON_REDIS_FAILURE     local (default) or reject
    CHAOS_KEEP           a folder where logs and violations of failed kinds go; default: beside the temporary files
"""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# pylint: disable=wrong-import-position
from chaos.escalation import Escalation  # noqa: E402
from chaos.faults import KINDS  # noqa: E402
from chaos.history import History  # noqa: E402
from chaos.run_kind import RATE, Result, Run  # noqa: E402
from chaos.scenarios import SCENARIOS, RedisAway, SentinelPair  # noqa: E402
from chaos.story import told_in_full  # noqa: E402
from harness import BIN  # noqa: E402

ALL = {**KINDS, Escalation.name: Escalation, **SCENARIOS}
FAILOVER_EVERY = 20  # seconds
STORIES = 10  # of incidents that something went wrong with


@dataclasses.dataclass(frozen=True)
class Knobs:
    faults: int
    rate: float
    seconds: float
    jobs: int
    seed: str
    on_redis_failure: str
    keep: str

    @staticmethod
    def read(env):
        return Knobs(int(env.get("CHAOS_FAULTS", 100)), float(env.get("CHAOS_RATE", RATE)),
                     float(env.get("CHAOS_SECONDS", 300)), int(env.get("CHAOS_JOBS", 2)),
                     env.get("SEED") or str(int(time.time())), env.get("ON_REDIS_FAILURE") or "local",
                     env.get("CHAOS_KEEP") or tempfile.mkdtemp(prefix="runbookd-chaos-"))


def run_one(name, knobs):
    kind, faults, hold = ALL[name], knobs.faults, None
    if kind is RedisAway:
        faults, hold = 1, (knobs.seconds, knobs.seconds)
    elif kind is SentinelPair:
        faults = max(1, round(knobs.seconds / FAILOVER_EVERY))
    if why := kind.missing():
        return Result(name, kind.what, skipped=why)
    folder = tempfile.mkdtemp(prefix=f"runbookd-chaos-{name}-")
    try:
        setup = dataclasses.replace(kind.setup, on_redis_failure=knobs.on_redis_failure)
        result = Run(kind, folder, faults, knobs.seed, knobs.rate, setup, hold)()
    except Exception:  # one kind that cannot go on does not end the others; the table says so
        result = Result(name, kind.what, history=History())
        result.verdict.others.append(traceback.format_exc())
    keep_findings(result, folder, knobs.keep)
    result.history = None
    shutil.rmtree(folder, ignore_errors=True)
    return result


def keep_findings(result, folder, keep):
    if result.clean:
        return
    own = os.path.join(keep, result.kind)
    os.makedirs(own, exist_ok=True)
    with open(os.path.join(own, "violations"), "w", encoding="utf-8") as f:
        f.write("\n".join(told_in_full(result.verdict, result.history, STORIES)) + "\n")
    for log in os.listdir(folder):
        if log.endswith(".log"):
            shutil.copy(os.path.join(folder, log), own)


# ---- what is printed ----

COLUMNS = ("kind", "faults", "acked", "lost", "out of order", "zombie", "duplicated (same key)")


def row(result):
    v = result.verdict
    more = [f"{len(others(result))} other violations"] if others(result) else []
    what = "; ".join([result.what, *result.notes, *more])
    if result.skipped:
        return [f"{what}: skipped, {result.skipped}"] + ["-"] * 6
    return [what, *map(str, (result.faults, v.acked, len(v.lost), len(v.out_of_order), len(v.zombie), v.duplicated))]


def table(results):
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---|" + "---:|" * (len(COLUMNS) - 1)
    for result in results:
        yield "| " + " | ".join(row(result)) + " |"


def version_of(*command):
    if not shutil.which(command[0]):
        return f"{os.path.basename(command[0])} is not installed"
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    name = os.path.basename(command[0])
    found = re.search(r"\d+\.\d+[\w.+-]*", done.stdout)
    return f"{name} {found[0]}" if found else name


def versions():
    return ", ".join([version_of(os.path.join(BIN, "runbookd"), "--version"), version_of("redis-server", "--version"),
                      version_of("prometheus-alertmanager", "--version")])


def others(result):
    """What the table has no column for."""
    v = result.verdict
    return [f"doubled: {k}: {why}" for k, why in v.doubled.items()] + v.others


def main():
    names = [n for n in re.split(r"[,\s]+", os.environ.get("KIND", "")) if n] or list(ALL)
    unknown = [n for n in names if n not in ALL]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    knobs = Knobs.read(os.environ)
    print(f"{versions()}; SEED={knobs.seed}, {knobs.rate:g} alerts/s, on_redis_failure: {knobs.on_redis_failure}", flush=True)
    with ProcessPoolExecutor(min(knobs.jobs, len(names))) as pool:
        running = [pool.submit(run_one, name, knobs) for name in names]
        results = []
        for job in running:
            results.append(job.result())
            tell(results[-1])
    print("\n" + "\n".join(table(results)))
    bad = [r for r in results if not r.clean]
    if bad:
        print(f"\nviolations in {', '.join(r.kind for r in bad)}: see {knobs.keep}", file=sys.stderr)
    return 1 if bad else 0


def tell(result):
    how = f"skipped, {result.skipped}" if result.skipped else "ok" if result.clean else "VIOLATIONS"
    print(f"{result.kind}: {how} ({result.seconds:.0f} s)", *("\n  " + line for line in others(result)[:20]), flush=True)


if __name__ == "__main__":
    sys.exit(main())

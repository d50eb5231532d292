#!/usr/bin/python3
"""
What an alert costs Redis: scripts and commands it runs, instructions and CPU of redis-server, for alerts that page, repeat and
resolve, each its own page to a sink that answers at once. Redis syncs before it answers (appendfsync always).

Commands are counted by Redis itself, which also says how long it was in each. Instructions are counted by callgrind in a second
run; they do not depend on how busy the machine is, and the kernel's (fsync, sockets) are not among them.

    bench_redis.py [--batches=64,1] [--alerts=1024] [--functions=N]
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "integration"))
sys.dont_write_bytecode = True

from bench_beside import DEADLINE, Ours, closed_loop, cpu_seconds, requests  # noqa: E402
from bench_cost import spent  # noqa: E402
from harness import now, wait_until  # noqa: E402
from sink import Sink  # noqa: E402

SCRIPT = ("evalsha", "eval")
AROUND = ("info", "config", "ping", "role", "select", "auth", "hello", "client")


def commandstats(redis):
    """{command: (calls, microseconds)}"""
    out = {}
    for line in redis.ask("INFO", "commandstats").splitlines():
        found = re.match(r"cmdstat_([^:]+):calls=(\d+),usec=(\d+)", line)
        if found and not found[1].startswith(AROUND):
            out[found[1]] = (int(found[2]), int(found[3]))
    return out


class Side:
    """runbookd and its Redis, which may run under callgrind."""

    def __init__(self, folder, sink, counted):
        self.who, self.profile = Ours(folder, sink, "redis", timeout="30s" if counted else "500ms"), None
        if counted:
            self.profile = folder + "/profile"
            self.wrap(folder + "/bin")
        self.dumps = 0
        self.who.start()
        self.pid = self.who.parts["redis-server"]

    def wrap(self, folder):
        os.makedirs(folder)
        real = shutil.which("redis-server")
        with open(folder + "/redis-server", "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nexec valgrind -q --tool=callgrind --callgrind-out-file={self.profile} {real} "$@"\n')
        os.chmod(folder + "/redis-server", 0o755)
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]

    def unwrap(self):
        if self.profile:
            os.environ["PATH"] = os.environ["PATH"].partition(os.pathsep)[2]

    def dump(self):
        self.dumps += 1
        subprocess.run(["callgrind_control", "--dump", str(self.pid)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return wait_until(lambda: glob.glob(f"{self.profile}.{self.dumps}"), 60, "the profile")[0]

    def settle(self):
        before = None
        while before is None or cpu_seconds(self.pid) - before > 0.02:
            before = cpu_seconds(self.pid)
            time.sleep(0.7)  # sleep: a span over which its CPU time is compared; what is written behind comes within it


class Work:
    """(verb, how to do it once, how often) in the order in which one leads to the next."""

    def __init__(self, side, sink, batch, count):
        self.port, self.sink, self.batch, self.count = side.who.port, sink, batch, count
        self.starts, self.told = now() - 60, 0

    def page(self):
        work = requests(Ours, self.told, self.count, self.batch, self.starts)
        self.told += self.count
        closed_loop(self.port, work)
        wait_until(lambda: self.sink.count() == self.told, DEADLINE, "the sink")

    def repeat(self):
        closed_loop(self.port, requests(Ours, self.told - self.count, self.count, self.batch, self.starts))


def measured(side, count, run):
    side.settle()
    if side.profile:
        side.dump()
    before, cpu = commandstats(side.who.redis), cpu_seconds(side.pid)
    run()
    side.settle()
    after, cpu = commandstats(side.who.redis), cpu_seconds(side.pid) - cpu
    commands = {c: tuple((n - o) / count for n, o in zip(after[c], before.get(c, (0, 0)))) for c in after}
    return {c: v for c, v in commands.items() if v[0] > 0}, cpu / count * 1e6, spent(side.dump()) if side.profile else None


def show(batch, verb, count, result, functions):
    commands, cpu, instructions = result
    scripts = sum(n for c, (n, _) in commands.items() if c in SCRIPT)
    inside = {c: v for c, v in commands.items() if c not in SCRIPT}
    busy = sum(us for c, (_, us) in commands.items() if c in SCRIPT)
    words = ", ".join(f"{c} {n:.2f}" for c, (n, _) in sorted(inside.items(), key=lambda i: -i[1][0]))
    many = f"{sum(instructions[0].values()) / count / 1000:,.0f}" if instructions else ""
    print(f"| {verb} | {batch} | {scripts:.2f} | {sum(n for n, _ in inside.values()):.1f} | {many} | {cpu:,.0f} | {busy:,.0f} | {words} |",
          flush=True)
    for name, cost in instructions[1].most_common(functions) if instructions else ():
        print(f"    {cost / count:10,.0f}  {name}", flush=True)


def run(batch, count, counted, functions):
    folder, sink = tempfile.mkdtemp(), Sink()
    try:
        side = Side(folder, sink, counted)
        try:
            work = Work(side, sink, batch, count)
            work.page()
            for verb, what in (("paged", work.page), ("repeated", work.repeat)):
                show(batch, verb, count, measured(side, count, what), functions)
        finally:
            side.who.stop()
            side.unwrap()
    finally:
        sink.stop()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", default="64,1", help="alerts in a webhook; divides --alerts")
    parser.add_argument("--alerts", type=int, default=1024)
    parser.add_argument("--functions", type=int, default=0, help="the dearest functions of redis-server under each row")
    parser.add_argument("--only", choices=("cpu", "instructions"), help="one of the two runs")
    options = parser.parse_args()
    if not shutil.which("redis-server"):
        sys.exit("bench_redis: redis-server is not installed")
    print("| alert | a webhook | scripts | commands in them | thousand instructions | CPU µs | of it in scripts | commands |\n"
          "|---|---:|---:|---:|---:|---:|---:|---|", flush=True)
    for batch in map(int, options.batches.split(",")):
        if options.only != "instructions":
            run(batch, options.alerts, False, 0)
        if options.only != "cpu" and shutil.which("valgrind"):
            run(batch, options.alerts, True, options.functions)


if __name__ == "__main__":
    main()

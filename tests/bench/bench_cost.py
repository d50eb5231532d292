#!/usr/bin/python3
"""
What an alert costs: instructions of the real runbookd under callgrind, split by library, for alerts that page, repeat and
resolve, by themselves and many to a webhook, over each store.

A profile is zeroed when what came before has settled and dumped when the work itself has, so start-up counts for nothing.
Instructions do not depend on how busy the machine is; the kernel's (fsync, sockets) are not among them.

    bench_cost.py [--stores=sqlite,redis] [--batches=1,64] [--alerts=256] [--functions=N] [--keep=FOLDER]
    bench_cost.py --write           the counts that tests/integration/test_cost.py compares with, into cost.json
"""

import argparse
import glob
import http.client
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "integration"))
sys.dont_write_bytecode = True

from harness import BIN, House, Recorder, Redis, Runbookd, alert, body, now, settings, wait_until  # noqa: E402

PARTS = {"runbookd": "ours", "libjansson": "jansson", "libc.so": "libc", "libsqlite3": "sqlite3", "libpcre2": "pcre2",
         "libevent": "libevent", "libcurl": "curl", "libhiredis": "hiredis"}
COLUMNS = ("all", *PARTS.values(), "other")
WARM = 64  # alerts before the first count, whose first calls are looked up by the dynamic linker and whose caches are empty
DEADLINE = 600
REFERENCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cost.json")
CHECKED = {"stores": "sqlite", "batches": "1,64", "alerts": 64}  # less than a minute of a machine that is not busy
IDLE_SECONDS = 3


# ---- the work ----

def one_alert(i, status, starts):
    return alert("DiskFillsUp" if i % 2 else "QueueGrows", status=status, starts=starts, severity="critical",
                 namespace=f"payments-{i % 7}", job="node-exporter", instance=f"10.1.{i // 250}.{i % 250}:9100",
                 device=f"/dev/sd{i}", cluster="north",
                 annotations={"summary": f"Something of machine {i} needs a person",
                              "description": "It has been growing for an hour and will be full within two."})


def rules():
    """Ten, of which the last but one takes every alert: each by itself."""
    out = [{"name": f"owner-{n}", "matchers": [f'namespace=~"payments-{n}"'], "owner": f"crew-{n}", "continue": True}
           for n in range(8)]
    out.append({"name": "each-by-itself", "matchers": ['alertname=~"Disk.+|Queue.+"'], "severity": "P1", "group_by": ["..."],
                "runbook": "test/{{labels.alertname}}.md"})
    return out + [{"name": "the-rest", "matchers": ['alertname=~".+"'], "severity": "P3"}]


class Sender:
    """One keep-alive connection, as Alertmanager has it; a body is a group, which is stated as a whole."""

    def __init__(self, url, batch):
        self.batch, self.starts = batch, now() - 60
        self.connection = http.client.HTTPConnection(url.partition("//")[2], timeout=DEADLINE)

    def post(self, first, count, status):
        for at in range(first, first + count, self.batch):
            alerts = [one_alert(i, status, self.starts) for i in range(at, at + self.batch)]
            group = alerts[0]["labels"] if self.batch == 1 else {"cluster": "north", "part": str(at)}
            self.connection.request("POST", "/api/v1/webhook", json.dumps(body(*alerts, group=group)),
                                    {"Content-Type": "application/json", "User-Agent": "Alertmanager/0.25.0"})
            reply = self.connection.getresponse()
            text = reply.read()
            assert reply.status == 200, text


# ---- counting ----

class Profiled(Runbookd):
    """The daemon under callgrind; its profile is written when it is asked for."""

    def launch(self, listen="127.0.0.1:0"):
        folder = self.house.folder
        os.makedirs(folder + "/bin", exist_ok=True)
        with open(folder + "/bin/runbookd", "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\nexec valgrind -q --tool=callgrind --callgrind-out-file="$PROFILE" "$PROFILED" "$@"\n')
        os.chmod(folder + "/bin/runbookd", 0o755)
        self.folder, self.profile = folder + "/bin", folder + "/profile"
        self.env = {"PROFILE": self.profile, "PROFILED": os.path.join(BIN, "runbookd")}
        self.dumps = 0
        return super().launch(listen)

    def cpu_ticks(self):
        with open(f"/proc/{self.process.child.pid}/stat", encoding="utf-8") as f:
            fields = f.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def settle(self):
        """Until it does nothing but wait."""
        before = None
        while before is None or self.cpu_ticks() - before > 2:
            before = self.cpu_ticks()
            time.sleep(0.7)  # sleep: a span over which its CPU time is compared; writes that are held back come within it

    def dump(self):
        """The file with what was executed since the last one."""
        self.dumps += 1
        subprocess.run(["callgrind_control", "--dump", str(self.process.child.pid)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return wait_until(lambda: glob.glob(f"{self.profile}.{self.dumps}"), 60, "the profile")[0]


OBJECT = re.compile(r"ob=(\(\d+\))(?: (.*))?$")
FUNCTION = re.compile(r"fn=(\(\d+\))(?: (.*))?$")


def spent(path):
    """({object: instructions}, {function: instructions}) executed there itself, not in what it called."""
    names, objects, functions = {}, Counter(), Counter()
    here, function, call = "", "", False
    for line in open(path, encoding="utf-8", errors="replace"):
        line = line.rstrip("\n")
        for pattern, kind in ((OBJECT, "o"), (FUNCTION, "f")):
            found = pattern.match(line.removeprefix("c"))
            if found:
                name = names.setdefault(kind + found[1], found[2])
                if line.startswith("c"):
                    break
                if kind == "o":
                    here = name
                else:
                    function = name
                break
        else:
            if line.startswith("calls="):
                call = True
            elif line and (line[0].isdigit() or line[0] in "+-*"):
                cost = int(line.split()[-1]) if not call else 0
                call = False
                objects[here] += cost
                functions[f"{os.path.basename(here)}:{function}"] += cost
    return objects, functions


def by_part(objects):
    out = Counter()
    for path, cost in objects.items():
        name = os.path.basename(path)
        out[next((part for start, part in PARTS.items() if name.startswith(start)), "other")] += cost
    out["all"] = sum(objects.values())
    return out


# ---- the table ----

class Bench:
    def __init__(self, options):
        self.options = options

    def row(self, store, verb, batch, dump, _):
        objects, functions = spent(dump)
        parts = by_part(objects)
        cells = " | ".join(f"{parts[c] / self.options.alerts / 1000:,.1f}" for c in COLUMNS)
        print(f"| {store} | {verb} | {batch} | {cells} |", flush=True)
        for name, cost in functions.most_common(self.options.functions):
            print(f"    {cost / self.options.alerts:10,.0f}  {name}", flush=True)

    @staticmethod
    def idle_rate(daemon):
        """Instructions a second of a daemon that nobody asks for anything."""
        daemon.settle()
        daemon.dump()
        began = time.monotonic()
        time.sleep(IDLE_SECONDS)  # sleep: a span over which its instructions are counted
        return sum(spent(daemon.dump())[0].values()) / (time.monotonic() - began)

    def verbs(self, store, batch, daemon, sink):
        count, sender = self.options.alerts, Sender(daemon.url, batch)
        for status in ("firing", "firing", "resolved"):
            sender.post(count, WARM, status)
            wait_until(lambda s=status: len(sink.keys("trigger" if s == "firing" else "resolve")) == WARM, DEADLINE, "the sink")
        self.idle = self.idle_rate(daemon)
        for verb, status, action in (("paged", "firing", "trigger"), ("repeated", "firing", None), ("resolved", "resolved", "resolve")):
            daemon.settle()
            daemon.dump()
            began = time.monotonic()
            sender.post(0, count, status)
            if action:
                wait_until(lambda a=action: len(sink.keys(a)) == WARM + count, DEADLINE, "the sink")
            daemon.settle()
            dump = daemon.dump()
            if self.options.keep:
                shutil.copy(dump, f"{self.options.keep}/{store}-{verb}-{batch}")
            self.row(store, verb, batch, dump, time.monotonic() - began)

    def run(self, store, batch):
        folder, sink, redis = tempfile.mkdtemp(), Recorder(), None
        try:
            keep = {"sqlite": {"path": "runbookd.db"}}
            if store == "redis":
                redis = Redis(folder + "/redis").start()
                keep["redis"] = {"address": redis.address, "prefix": "cost", "timeout": "5s"}
            config = settings(sink, keep, dedup={"late_grace": "3m"}, delivery={"lease": "60s", "timeout": "30s"})
            daemon = Profiled(House(folder + "/house", config, rules()))
            try:
                daemon.start()
                self.verbs(store, batch, daemon, sink)
            finally:
                daemon.process.kill()
        finally:
            sink.stop()
            if redis:
                redis.stop()
            shutil.rmtree(folder)


# ---- what is compared ----

def made_of():
    """What the counts depend on beside the code: they are compared only where this is the same."""
    with open(os.path.join(BIN, "runbookd"), "rb") as f:
        compiler = re.search(rb"(GCC: \([^)]*\) [0-9.]+|clang version [0-9.]+)", f.read())
    return {"compiler": compiler[1].decode() if compiler else "", "libc": platform.libc_ver()[1],
            "sqlite": sqlite3.sqlite_version, "machine": platform.machine()}


class Checked(Bench):
    """Counts alone, less what the daemon does by itself in that time: a busy machine takes longer for the same work."""

    def __init__(self):
        super().__init__(argparse.Namespace(keep=None, functions=0, alerts=CHECKED["alerts"]))
        self.counts = {}

    def row(self, store, verb, batch, dump, seconds):
        spent_alone = self.idle * seconds
        total = sum(spent(dump)[0].values())
        self.counts[f"{store} {verb} {batch}"] = round((total - spent_alone) / self.options.alerts)


def checked_counts():
    checked = Checked()
    for batch in CHECKED["batches"].split(","):
        checked.run(CHECKED["stores"], int(batch))
    return checked.counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", default="sqlite,redis" if shutil.which("redis-server") else "sqlite")
    parser.add_argument("--batches", default="1,64", help="alerts in a webhook; divides --alerts")
    parser.add_argument("--alerts", type=int, default=256)
    parser.add_argument("--keep", help="a folder for the profiles, for callgrind_annotate")
    parser.add_argument("--functions", type=int, default=0, help="the dearest functions under each row")
    parser.add_argument("--write", action="store_true", help="the counts that are compared with, into cost.json")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("bench_cost: valgrind is not installed")
    if options.write:
        with open(REFERENCE, "w", encoding="utf-8") as f:
            json.dump({"made_of": made_of(), "instructions": checked_counts()}, f, indent=1)
            f.write("\n")
        return
    print("Thousands of instructions per alert\n")
    print("| store | alert | a webhook | " + " | ".join(COLUMNS) + " |\n|---|---|---:|" + "---:|" * len(COLUMNS), flush=True)
    for store in options.stores.split(","):
        for batch in options.batches.split(","):
            Bench(options).run(store, int(batch))


if __name__ == "__main__":
    main()

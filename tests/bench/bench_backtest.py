#!/usr/bin/python3
"""
What a backtest of a month costs: CPU seconds (of all its processes, user and system: the machine may be busy), seconds and resident
memory, for a month of made-up services, once as the decision journal and once as saved webhook bodies,
plain and with a sweep of five values.

    bench_backtest.py [--alerts=1000000] [--forms=journal,bodies] [--keep=FOLDER]
"""

import argparse
import datetime
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "integration"))
sys.dont_write_bytecode = True

from harness import BIN, House  # noqa: E402

BEGIN = 1790812800  # 2026-10-01T00:00:00Z
DAYS = 30
SERVICES, KINDS, INSTANCES = 25, 8, 5  # a group is a kind of a service: 200 groups of up to 5 alerts
SWEEP = "page_after=0s,1m,5m,15m,30m"
RULES = [{"name": f"owner-{n}", "matchers": [f'namespace=~"made-up-{n}"'], "owner": f"crew-{n}", "continue": True}
         for n in range(8)]
RULES += [{"name": "every-kind", "matchers": ['alertname=~"Kind(?P<which>[0-9])Trouble"'], "severity": "P1",
           "summary": "kind {{which}} on {{labels.service}}"},
          {"name": "the-rest", "matchers": ['alertname=~".+"'], "severity": "P3"}]


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Group:
    """One group of Alertmanager's: its bodies state all that fire, and what has ended since the last one."""

    def __init__(self, n):
        self.kind, self.service = n % KINDS, n // KINDS
        self.labels = {"alertname": f"Kind{self.kind}Trouble", "service": f"service-{self.service}"}
        self.key = '{}:{alertname="%(alertname)s", service="%(service)s"}' % self.labels
        self.firing = {}  # instance: since

    def alert(self, instance, status, since, ends):
        labels = {**self.labels, "instance": f"10.0.{self.service}.{instance}:9100", "job": "node-exporter", "severity": "critical",
                  "namespace": f"made-up-{self.service % 8}", "cluster": "north"}
        annotations = {"summary": f"Something of machine {instance} needs a person",
                       "description": "It has been growing for an hour and will be full within two."}
        mark = hashlib.blake2b(json.dumps(labels, sort_keys=True).encode(), digest_size=8).hexdigest()
        return {"status": status, "labels": labels, "annotations": annotations, "startsAt": iso(since),
                "endsAt": iso(ends) if status == "resolved" else "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.example.com/graph?g0.expr=up", "fingerprint": mark}

    def body(self, at, dice):
        """Some begin, some end; now and then nothing is different: a repeat."""
        ended = {}
        turn = dice.random()
        if turn < 0.45:
            for instance in dice.sample(range(INSTANCES), dice.randint(1, 3)):
                self.firing.setdefault(instance, at)
        elif turn < 0.7:
            for instance in list(self.firing)[:dice.randint(1, 4)]:
                ended[instance] = self.firing.pop(instance)
        alerts = [self.alert(i, "resolved", since, at) for i, since in ended.items()]
        alerts += [self.alert(i, "firing", since, 0) for i, since in self.firing.items()]
        return {"version": "4", "groupKey": self.key, "truncatedAlerts": 0, "status": "firing" if self.firing else "resolved",
                "receiver": "runbookd", "groupLabels": self.labels, "commonLabels": self.labels, "commonAnnotations": {},
                "externalURL": "http://alertmanager.example.com", "alerts": alerts}


def bodies(count):
    """(time, body) in the order of time, until so many alerts have come."""
    dice = random.Random(14)
    groups = [Group(n) for n in range(SERVICES * KINDS)]
    made, at, step = 0, float(BEGIN), DAYS * 86400 / (count / 2.6)
    while made < count:
        at += dice.random() * 2 * step
        body = dice.choice(groups).body(int(at), dice)
        made += len(body["alerts"])
        if body["alerts"]:
            yield int(at), body


def write_bodies(f, count):
    for at, body in bodies(count):
        f.write(json.dumps({"at": iso(at), "source": "north", "body": body}, separators=(",", ":")) + "\n")


def write_journal(f, count):
    """The lines that the daemon writes, with verdicts that say nothing: it would have to be run for them."""
    for n, (at, body) in enumerate(bodies(count)):
        head = {"event": "decided"}
        tail = {"body": f"{n:032x}", "alerts": len(body["alerts"]), "truncated": 0, "receiver": "runbookd",
                "group_key": body["groupKey"], "group_labels": body["groupLabels"], "notification_reason": "",
                "severity": "P1", "owner": "crew-1", "runbook": None, "receivers": ["oncall"]}
        key = hashlib.blake2b(body["groupKey"].encode(), digest_size=16).hexdigest()
        for a in body["alerts"]:
            f.write(json.dumps({**head, "fingerprint": a["fingerprint"], "key": key, "rule": "every-kind", "verdict": "", "reason": "",
                                "at": iso(at), "source": "north", "status": a["status"], "labels": a["labels"],
                                "annotations": a["annotations"], "starts_at": a["startsAt"],
                                "ends_at": a["endsAt"] if a["status"] == "resolved" else None,
                                "generator_url": a["generatorURL"], **tail}, separators=(",", ":")) + "\n")


FORMS = {"journal": write_journal, "bodies": write_bodies}


def make_history(form, count, path):
    with open(path, "w", encoding="utf-8") as f:
        FORMS[form](f, count)
    return path


# ---- measuring ----

def measured(command):
    """(CPU seconds of all its processes, seconds, MB resident of the largest, the report)"""
    with tempfile.TemporaryFile() as out:
        begun = time.monotonic()
        child = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        assert child.returncode == 0, command
        out.seek(0)
        return used.ru_utime + used.ru_stime, seconds, used.ru_maxrss / 1024, json.load(out)


def command_of(house, path, *more):
    return [os.path.join(BIN, "runbookctl"), "--config.file", house.file, "-o", "json", "backtest", "--journal", path, *more]


def make_house(folder):
    """Timing as it is by default."""
    return House(folder, {"rule_files": ["rules/*.yml"], "store": {"sqlite": {"path": "unused.db"}}, "defaults": {"receivers": ["oncall"]},
                          "receivers": [{"name": "oncall", "pagerduty": {"routing_key": "unused"}}]}, rules=RULES)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=1_000_000)
    parser.add_argument("--forms", default="journal,bodies")
    parser.add_argument("--keep", help="a folder for the histories, which are used again")
    args = parser.parse_args()
    folder = args.keep or tempfile.mkdtemp(prefix="bench-backtest-")
    os.makedirs(folder, exist_ok=True)
    house = make_house(folder)
    print("| | CPU s | s | MB | alerts | pages |\n|---|---:|---:|---:|---:|---:|")
    for form in args.forms.split(","):
        path = os.path.join(folder, f"{form}-{args.alerts}.jsonl")
        if not os.path.exists(path):
            make_history(form, args.alerts, path)
        for title, flags in ((form, ()), (form + ", a sweep of five", ("--sweep", SWEEP))):
            cpu, seconds, resident, report = measured(command_of(house, path, *flags))
            print(f"| {title} | {cpu:.1f} | {seconds:.1f} | {resident:.0f} | {report['alerts']:,} | {report['after']['pages']:,} |",
                  flush=True)


if __name__ == "__main__":
    main()

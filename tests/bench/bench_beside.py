#!/usr/bin/python3
"""
What an alert costs beside a real Alertmanager, in one run: both get the same alerts, every alert is its own page, and a sink
answers at once. CPU of the processes (user and system), pages a second in a closed loop of four connections, and how long a
page takes from the webhook to the sink at a steady rate. They take turns, and of the rounds the medians are shown; the
machine's own word, two measured fdatasyncs, stands below.

    bench_beside.py [--stores=sqlite,redis] [--rounds=5] [--alerts=1024] [--rate=500] [--seconds=4]
    bench_beside.py --memory=20000,100000       resident memory with so many open incidents, SQLite
"""

import argparse
import json
import os
import re
import selectors
import shutil
import socket
import sys
import tempfile
import time
from statistics import median

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "integration"))
sys.dont_write_bytecode = True

from bench_cost import one_alert, rules  # noqa: E402
from harness import Alertmanager, House, Redis, Runbookd, body, now, settings, wait_until  # noqa: E402
from sink import Sink  # noqa: E402

CONNECTIONS = 4
DEADLINE = 600
TICK = os.sysconf("SC_CLK_TCK")


# ---- who takes the alerts ----

def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1]) / 1024


class Beside:
    """Alertmanager: alerts in, a webhook for each group of one."""

    name, path = "Alertmanager", "/api/v2/alerts"

    def __init__(self, folder, sink):
        route = {"group_wait": "10ms", "group_interval": "5m", "repeat_interval": "4h"}
        self.program = Alertmanager(folder, sink.url, route=route)

    def start(self):
        self.program.start()
        self.port, self.parts = self.program.port, {"cpu": self.program.process.child.pid}
        return self

    def stop(self):
        self.program.process.kill()

    @staticmethod
    def text(alerts):
        fields = ("labels", "annotations", "startsAt", "generatorURL")
        return json.dumps([{f: a[f] for f in fields if f in a} for a in alerts])


class Ours:
    path = "/api/v1/webhook"

    def __init__(self, folder, sink, store, timeout="500ms"):
        self.name, self.redis = store, None
        keep = {"sqlite": {"path": "runbookd.db"}}
        if store == "redis":
            self.redis = Redis(folder + "/redis")
            keep["redis"] = {"address": self.redis.address, "prefix": "beside", "timeout": timeout}
        config = settings(sink, keep, dedup={"late_grace": "3m"}, delivery={"lease": "60s", "timeout": "30s"})
        self.program = Runbookd(House(folder + "/house", config, rules()))

    def start(self):
        if self.redis:
            self.redis.start()
        self.program.start()
        self.port, self.parts = int(self.program.url.rpartition(":")[2]), {"cpu": self.program.process.child.pid}
        if self.redis:
            self.parts["redis-server"] = self.redis.process.child.pid
        return self

    def stop(self):
        self.program.process.kill()
        if self.redis:
            self.redis.stop()

    @staticmethod
    def text(alerts):
        group = alerts[0]["labels"] if len(alerts) == 1 else {"cluster": "north", "part": alerts[0]["labels"]["device"]}
        return json.dumps(body(*alerts, group=group))


# ---- the load ----

def requests(who, first, count, batch, starts):
    """[(index of the last alert, bytes)]"""
    out = []
    for at in range(first, first + count, batch):
        text = who.text([one_alert(i, "firing", starts) for i in range(at, at + batch)]).encode()
        head = f"POST {who.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        out.append((at + batch - 1, head.encode() + text))
    return out


class Connection:
    """Keep-alive; one request at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""

    def send(self, text):
        self.got = b""
        self.socket.sendall(text)

    def answered(self):
        self.got += self.socket.recv(1 << 20)
        assert self.got, "the connection was closed"
        head, end, rest = self.got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not end or len(rest) < int(length[1] if length else 0):
            return False
        assert head.split()[1] == b"200", self.got[:300]
        return True


def closed_loop(port, work):
    selector, left = selectors.DefaultSelector(), iter(work)
    busy = 0
    for _ in range(CONNECTIONS):
        connection, nxt = Connection(port), next(left, None)
        if nxt:
            connection.send(nxt[1])
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            busy += 1
    while busy:
        for key, _ in selector.select(DEADLINE):
            if not key.data.answered():
                continue
            nxt = next(left, None)
            if nxt:
                key.data.send(nxt[1])
            else:
                selector.unregister(key.fileobj)
                busy -= 1


def steady(port, work, rate):
    """{index: when it was sent}; one that is late is sent at once."""
    free, sent, began = [Connection(port) for _ in range(CONNECTIONS)], {}, time.monotonic()
    selector = selectors.DefaultSelector()
    for n, (index, text) in enumerate(work):
        while True:
            wait = began + n / rate - time.monotonic()
            if wait <= 0 and free:
                break
            for key, _ in selector.select(max(wait, 0) if free else 1):
                if key.data.answered():
                    selector.unregister(key.fileobj)
                    free.append(key.data)
        connection = free.pop()
        sent[index] = time.monotonic()
        connection.send(text)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    return sent


# ---- a round ----

class Round:
    def __init__(self, who, sink, options):
        self.who, self.sink, self.options = who, sink, options
        self.next, self.starts, self.out = 0, now() - 60, {}

    def cpu(self):
        return {part: cpu_seconds(pid) for part, pid in self.who.parts.items()}

    def settle(self):
        before = None
        while before is None or sum(self.cpu().values()) - before > 0.02:
            before = sum(self.cpu().values())
            time.sleep(0.4)  # sleep: a span over which its CPU time is compared

    def spend(self, what, count, run):
        """CPU microseconds of each part for one alert."""
        self.settle()
        before, began = self.cpu(), time.monotonic()
        run()
        took = time.monotonic() - began
        self.settle()
        for part, seconds in self.cpu().items():
            self.out[what, part] = (seconds - before[part]) / count * 1e6
        return took

    def pages(self, batch):
        count = self.options.alerts
        work = requests(self.who, self.next, count, batch, self.starts)
        self.next += count

        def run():
            closed_loop(self.who.port, work)
            wait_until(lambda: self.sink.count() == self.next, DEADLINE, "the sink")
        self.out[f"paged {batch}", "pages a second"] = count / self.spend(f"paged {batch}", count, run)
        self.spend(f"repeated {batch}", count, lambda: closed_loop(self.who.port, work))

    def latency(self):
        rate, count = self.options.rate, self.options.rate * self.options.seconds
        work = requests(self.who, self.next, count, 1, self.starts)
        self.next += count
        sent = {}

        def run():
            sent.update(steady(self.who.port, work, rate))
            wait_until(lambda: self.sink.count() == self.next, DEADLINE, "the sink")
        self.spend(f"at {rate} a second", count, run)
        times = self.sink.times()
        took = sorted((times[i] - at) * 1000 for i, at in sent.items())
        self.out[f"at {rate} a second", "p50 ms"] = took[len(took) // 2]
        self.out[f"at {rate} a second", "p99 ms"] = took[len(took) * 99 // 100]

    def run(self):
        for batch in (64, 1):
            self.pages(batch)
        self.latency()
        return self.out


def one_round(make, options):
    folder, sink = tempfile.mkdtemp(), Sink()
    try:
        who = make(folder, sink).start()
        try:
            return who.name, Round(who, sink, options).run()
        finally:
            who.stop()
    finally:
        sink.stop()
        shutil.rmtree(folder)


# ---- memory ----

def at_rest(pid):
    """Until it has given back what it needed for a moment: see src/app/server_memory.c."""
    before = None
    while before is None or abs(resident_mb(pid) - before) > 0.2:
        before = resident_mb(pid)
        time.sleep(5)  # sleep: a span over which its memory is compared


def memory(counts):
    folder, sink = tempfile.mkdtemp(), Sink()
    who = Ours(folder, sink, "sqlite").start()
    try:
        print("| open incidents | resident MB |\n|---:|---:|", flush=True)
        done, starts = 0, now() - 60
        for count in counts:
            for at in range(done, count, 4096):
                closed_loop(who.port, requests(who, at, min(4096, count - at) // 64 * 64, 64, starts))
            done = count // 64 * 64
            wait_until(lambda: sink.count() >= done // 4096 * 4096, DEADLINE, "the sink")
            at_rest(who.parts["cpu"])
            print(f"| {done:,} | {resident_mb(who.parts['cpu']):.1f} |", flush=True)
    finally:
        who.stop()
        sink.stop()
        shutil.rmtree(folder)


# ---- the table ----

def fdatasync_ms():
    with tempfile.NamedTemporaryFile(dir=".") as f:
        took = []
        for _ in range(200):
            f.write(b"x" * 4096)
            f.flush()
            began = time.monotonic()
            os.fdatasync(f.fileno())
            took.append((time.monotonic() - began) * 1000)
    return median(took)


def show(results):
    names = list(results)
    rows = list(dict.fromkeys(row for rounds in results.values() for one in rounds for row in one))
    print("| | " + " | ".join(names) + " |\n|---|" + "---:|" * len(names))
    for row in sorted(rows):
        cells = []
        for name in names:
            values = [one[row] for one in results[name] if row in one]
            cells.append(f"{median(values):,.2f}" if values else "")
        unit = {"cpu": "CPU µs an alert", "redis-server": "CPU µs of redis-server"}.get(row[1], row[1])
        print(f"| {row[0]}: {unit} | " + " | ".join(cells) + " |")
    print(f"\nfdatasync of 4 KiB here: {fdatasync_ms():.2f} ms (median)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", default="sqlite,redis" if shutil.which("redis-server") else "sqlite")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alerts", type=int, default=1024, help="in each part of a round; a multiple of 64")
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--memory", help="measure memory only, with so many open incidents")
    options = parser.parse_args()
    if options.memory:
        memory([int(n) for n in options.memory.split(",")])
        return
    makers = [Beside] if shutil.which("prometheus-alertmanager") else []
    makers += [lambda folder, sink, s=s: Ours(folder, sink, s) for s in options.stores.split(",")]
    results = {}
    for _ in range(options.rounds):
        for make in makers:
            name, out = one_round(make, options)
            results.setdefault(name, []).append(out)
    show(results)


if __name__ == "__main__":
    main()

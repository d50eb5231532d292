#!/usr/bin/python3
"""
One body with many alerts, each a page of its own: how long until it is answered, how much memory runbookd needs for it as a
multiple of the body, how long other clients wait meanwhile, and how fast the pages go out then. For each store.

    bench_body.py [--stores=sqlite,redis] [--alerts=100000] [--pages=SECONDS]    how long to watch the pages: 60; 0: until all are out
"""

import argparse
import http.client
import json
import shutil
import tempfile
import threading
import time

from bench_beside import DEADLINE, Ours, resident_mb
from harness import body, now
from sink import Sink


def text_of(count):
    alerts = [{"status": "firing", "labels": {"alertname": "QueueGrows", "device": f"/dev/sd{i}"},
               "startsAt": "2026-01-01T00:00:00Z"} for i in range(count)]
    return json.dumps(body(*alerts, group={"cluster": "north"}), separators=(",", ":")).encode()


class Others:
    """A client that asks for something small, over and over, and how much memory there is."""

    def __init__(self, port, pid):
        self.port, self.pid, self.ended = port, pid, threading.Event()
        self.longest, self.asked, self.most = 0.0, 0, resident_mb(pid)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        while not self.ended.wait(0.02):
            began = time.monotonic()
            connection.request("GET", "/-/healthy")
            assert connection.getresponse().read() is not None
            self.longest = max(self.longest, time.monotonic() - began)
            self.asked += 1
            self.most = max(self.most, resident_mb(self.pid))

    def end(self):
        self.ended.set()
        self.thread.join()
        return self


def send(port, text):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    began = time.monotonic()
    connection.request("POST", Ours.path, text, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    said = reply.read()
    assert reply.status == 200, said[:300]
    return time.monotonic() - began


def watch_pages(sink, count, seconds):
    """(pages that came, seconds)"""
    began = time.monotonic()
    while sink.count() < count and (not seconds or time.monotonic() - began < seconds):
        time.sleep(0.2)  # sleep: how often is looked
    return sink.count(), time.monotonic() - began


def measure(store, options):
    folder, sink = tempfile.mkdtemp(), Sink()
    try:
        who = Ours(folder, sink, store).start()
        pid = who.parts["cpu"]
        try:
            idle, text = resident_mb(pid), text_of(options.alerts)
            others = Others(who.port, pid)
            took = send(who.port, text)
            answered = others.end()
            others = Others(who.port, pid)
            before = sink.count()
            came, seconds = watch_pages(sink, options.alerts, options.pages)
            others.end()
            size, most = len(text) / 2 ** 20, max(answered.most, others.most)
            print(f"| {store} | {options.alerts:,} in {size:.1f} MB | {took:.1f} | {most:.0f} ({(most - idle) / size:.1f}) | "
                  f"{answered.longest * 1000:.0f} | {others.longest * 1000:.0f} | {came:,} | "
                  f"{(came - before) / max(seconds, 0.01):,.0f} |", flush=True)
        finally:
            who.stop()
    finally:
        sink.stop()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", default="sqlite,redis" if shutil.which("redis-server") else "sqlite")
    parser.add_argument("--alerts", type=int, default=100000)
    parser.add_argument("--pages", type=int, default=60, help="seconds to watch the pages; 0: until all are out")
    options = parser.parse_args()
    print("| store | alerts | answered after s | most MB (bodies above idle) | longest wait of others ms | … while pages go | pages | a second |\n"
          "|---|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for store in options.stores.split(","):
        measure(store, options)


if __name__ == "__main__":
    main()

"""backtest on what a real Prometheus has recorded: the same pages as the webhooks that it would have sent."""

import json
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import BIN, Ctl, alert, body, call, get_json, now, wait_until
from harness.process import Process, lasting_port
from test_backtest import RULES, rows, saved


@pytest.fixture
def ctl(local_house, tmp_path):
    return Ctl(local_house(rules=RULES), folder=tmp_path)


# The installed one (2.42 in Debian 12), and what `make deps-check` unpacks of a later release (3.5 and later).
PROMETHEUS = {"installed": os.environ.get("PROMETHEUS_BIN") or shutil.which("prometheus"),
              "newest": shutil.which(os.path.join(BIN, "..", "..", "peers", "prometheus", "usr", "bin", "prometheus"))}


class Gauges(BaseHTTPRequestHandler):
    """What a Prometheus scrapes: the value of each gauge as the test sets it."""
    values = {}

    def do_GET(self):
        text = "".join(f'broken{{host="{host}"}} {value}\n' for host, value in self.values.items()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


@pytest.fixture
def gauges():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gauges)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Gauges.values = {"a": 0, "b": 0}
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=sorted(PROMETHEUS))
def prometheus(request, tmp_path, gauges):
    program = PROMETHEUS[request.param]
    if not program:
        pytest.skip(f"no {request.param} prometheus")
    folder = tmp_path / "prometheus"
    folder.mkdir()
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": [
        {"alert": "Broken", "expr": "broken > 0", "labels": {"team": "shop"}}]}]}))
    (folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "t", "static_configs": [{"targets": [f"127.0.0.1:{gauges.server_port}"]}]}]}))
    running = RunningPrometheus(program, folder)
    running.start()
    yield running
    running.process.stop()


class RunningPrometheus:
    def __init__(self, program, folder):
        self.program, self.folder, self.port, self.process = program, folder, lasting_port(), None
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = Process([self.program, f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data",
                                f"--web.listen-address=127.0.0.1:{self.port}"])
        wait_until(lambda: self.answers("/-/ready"), 60, "Prometheus is ready")

    def answers(self, path):
        try:
            return call(self.url + path)[0] == 200
        except OSError:
            return False

    def ask(self, query):
        return get_json(f"{self.url}/api/v1/query?query={query}")[1]["data"]["result"]

    def firing(self):
        return {s["metric"]["host"] for s in self.ask("ALERTS%7Balertstate=%22firing%22%7D")}


def set_gauge(prometheus, host, value):
    """Returns about when its alert began or ended: Prometheus' own time of the evaluation that saw it."""
    Gauges.values[host] = value
    wait_until(lambda: (host in prometheus.firing()) == bool(value), 60, f"{host} is {value}")
    return now()


def test_what_a_prometheus_recorded_pages_as_its_webhooks_would_have(ctl, prometheus, tmp_path):
    begin, webhooks = now(), []

    def change(host, value):
        at = set_gauge(prometheus, host, value)
        webhooks.append((at, host, value))

    change("a", 1)
    change("b", 1)
    change("a", 0)
    prometheus.process.stop()  # b fires on
    prometheus.start()
    wait_until(lambda: prometheus.firing() == {"b"}, 60, "b fires on")
    change("a", 1)
    change("b", 0)
    change("a", 0)
    wait_until(lambda: now() > webhooks[-1][0] + 3, 10, "a few evaluations without alerts")
    since = f"{int(now() - begin) + 5}s"
    asked = ctl.json("backtest", "--prometheus", prometheus.url, "--since", since, "--step", "1s")
    started, lines = {}, []
    for at, host, value in webhooks:
        started[host] = at if value else started[host]
        a = alert("Broken", status="firing" if value else "resolved", starts=started[host], ends=at, host=host, team="shop")
        lines.append(saved(at, {**body(a, group={"alertname": "Broken"}), "truncatedAlerts": 1}))
    (tmp_path / "webhooks.jsonl").write_text("".join(lines))
    told = ctl.json("backtest", "--journal", str(tmp_path / "webhooks.jsonl"))
    assert asked["before"]["pages"] == told["before"]["pages"] == 3  # a, b, and a again
    assert rows(asked, "rule") == rows(told, "rule") == {"shop": (3, 3)}
    moved = ctl.json("backtest", "--prometheus", prometheus.url, "--since", since, "--step", "1s", "--set", "page_after=1s")
    assert moved["changes"]["removed"] == 0

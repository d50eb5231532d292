"""runbookd and runbookctl: a folder with a configuration, and the programs that read it."""

import copy
import json
import os
import re
import subprocess

from .http import call, get_json, post_json
from .process import Process
from .waiting import wait_until

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
BIN = os.environ.get("RUNBOOKD_BIN_DIR", os.path.join(REPOSITORY, "build/release/bin"))
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|SUMMARY: \w*Sanitizer")
SERIES = re.compile(r'^runbookd_(\w+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

RULES = [{"name": "everything", "matchers": ['alertname=~".+"'], "runbook": "test/{{labels.alertname}}.md",
          "severity": "P1", "owner": "crew", "group_by": ["..."]}]


def merge(base, over):
    out = copy.deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merge(out[key], value) if both else value
    return out


def settings(recorder, store, **over):
    """A configuration with one receiver that is the recorder; JSON is YAML."""
    return merge({
        "rule_files": ["rules/*.yml"],
        "catalog": {"base_url": "https://wiki.test/runbooks/"},
        "store": store,
        "dedup": {"late_grace": "2s", "flap": {"changes": 0}},
        "delivery": {"lease": "4s", "timeout": "2s"},
        "defaults": {"receivers": ["oncall"]},
        "receivers": [{"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url},
                       "rate_limit": {"per_second": 0}}],
    }, over)


class House:
    """A folder with runbookd.yml and rules/."""

    def __init__(self, folder, config, rules=None):
        self.folder = str(folder)
        os.makedirs(os.path.join(self.folder, "rules"), exist_ok=True)
        self.file = os.path.join(self.folder, "runbookd.yml")
        self.write("runbookd.yml", config)
        self.rules(RULES if rules is None else rules)

    def write(self, name, value):
        text = value if isinstance(value, str) else json.dumps(value, indent=1)
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(text)

    def rules(self, rules, name="10-test.yml"):
        self.write(f"rules/{name}", rules if isinstance(rules, str) else {"rules": rules})


class Runbookd:
    def __init__(self, house, args=(), env=None, folder=BIN):
        self.house, self.args, self.env, self.folder = house, args, env, folder
        self.expected_errors = []
        self.process, self.url = None, None

    def launch(self, listen="127.0.0.1:0"):
        self.url = None
        self.process = Process([os.path.join(self.folder, "runbookd"), f"--config.file={self.house.file}",
                                f"--web.listen-address={listen}", *self.args], env=self.env)
        return self

    def start(self, listen="127.0.0.1:0"):
        self.launch(listen)
        wait_until(self.listening, 30, "Listening on")
        wait_until(self.ready, 30, "/-/ready")
        return self

    def listening(self):
        found = re.search(r'msg="Listening on" address=(\S+)', self.process.log())
        if found:
            self.url = f"http://{found[1]}"
        assert found or self.process.running, f"it has ended:\n{self.process.log()}"
        return found

    def ready(self):
        return call(self.url + "/-/ready")[0] == 200

    # ---- what users do ----

    def webhook(self, value, source=""):
        """(status, JSON)"""
        return post_json(self.url + "/api/v1/webhook" + (f"/{source}" if source else ""), value)

    def send(self, value, source=""):
        """The decisions of a webhook that must be answered 200."""
        status, reply = self.webhook(value, source)
        assert status == 200, reply
        return reply["data"]["decisions"]

    def api(self, path):
        status, reply = get_json(self.url + "/api/v1/" + path)
        assert status == 200, reply
        return reply["data"]

    def reload(self):
        return post_json(self.url + "/-/reload", b"")

    def metrics(self):
        """{(name, {label: value} as a frozenset of pairs): number}"""
        out = {}
        for line in call(self.url + "/metrics")[2].decode().splitlines():
            found = SERIES.match(line)
            if found:
                out[found[1], frozenset(LABEL.findall(found[2] or ""))] = float(found[3])
        return out

    def metric(self, name, **labels):
        return self.metrics().get((name, frozenset(labels.items())))

    def sum(self, name):
        return sum(value for (n, _), value in self.metrics().items() if n == name)

    # ---- the end ----

    def kill(self):
        """As kill -9 and a power cut do."""
        self.process.kill()

    def check_nothing_vanished(self):
        """DESIGN promise 2: received equals the sum over verdict and reason."""
        assert self.sum("alerts_received_total") == self.sum("alerts_decided_total")

    def problems(self):
        for line in self.process.lines:
            if SANITIZER.search(line):
                return [self.process.log()]
        if not self.process.running and not self.process.ended_on_purpose:
            return [f"it has died, status {self.process.child.returncode}:\n{self.process.log()}"]
        return [line for line in self.process.lines if "level=error" in line
                and not any(re.search(expected, line) for expected in self.expected_errors)]

    def finish(self):
        if self.process and self.process.running:
            if self.url:
                self.check_nothing_vanished()
            status = self.process.stop(12)
            assert status == 0, f"exit status {status} after SIGTERM:\n{self.process.log()}"
        problems = self.problems() if self.process else []
        assert not problems, "\n".join(problems)


class Ctl:
    """runbookctl against one daemon, or none."""

    def __init__(self, house=None, daemon=None, folder=None):
        self.house, self.daemon = house, daemon
        self.env = {k: v for k, v in os.environ.items() if k not in ("RUNBOOKD_URL", "XDG_CONFIG_HOME")}
        if folder:
            self.env["HOME"] = str(folder)
        if daemon:
            self.env["RUNBOOKD_URL"] = daemon.url

    def run(self, *args, stdin="", status=0):
        """What it printed on stdout; stderr is kept in .errors. status None: whatever it was."""
        config = [f"--config.file={self.house.file}"] if self.house else []
        done = subprocess.run([os.path.join(BIN, "runbookctl"), *config, *args], env=self.env, input=stdin, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.errors = done.stderr
        assert not SANITIZER.search(done.stderr), done.stderr
        assert status in (None, done.returncode), f"exit status {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *args, **options):
        return json.loads(self.run(*args, "-o", "json", **options))

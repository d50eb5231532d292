"""
The README's way from an existing Alertmanager to the first page: its commands and its snippet are read from it and run, in
the order in which they stand there.
"""

import os
import re
import stat
import subprocess
import time

import pytest

from harness import BIN, call, get_json, now, stamp, wait_until
from harness.daemon import REPOSITORY
from harness.process import Process, free_port
from harness.waiting import SLACK

THERE = """\
global:
  resolve_timeout: 5m
route:
  receiver: pager
  group_by: [alertname, cluster]
  group_wait: 1s
  group_interval: 5m
  repeat_interval: 4h
  routes:
{routes}
receivers:
  - name: pager
    pagerduty_configs:
      - routing_key: 0123456789abcdef0123456789abcdef
        url: {url}
{receivers}
"""
TEAM = """\
    - matchers: ['team="{name}"', 'severity=~"critical|warning"']
      receiver: {name}
      routes:
        - {{matchers: ['severity="warning"'], group_by: [alertname, job], receiver: pager}}
"""
TEAMS = [f"team-{i}" for i in range(12)]


def chapter():
    with open(os.path.join(REPOSITORY, "README.md"), encoding="utf-8") as f:
        return re.search(r"^## Five minutes.*?(?=^## )", f.read(), re.M | re.S)[0]


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", chapter(), re.M | re.S)


def commands():
    return [block.splitlines() for block in blocks("sh")]


def alertmanager_yml(url):
    """As somebody has it today: a hundred lines."""
    routes = "".join(TEAM.format(name=name) for name in TEAMS)
    receivers = "".join(f"  - name: {name}\n    pagerduty_configs:\n      - {{routing_key: {'1' * 32}, url: '{url}'}}\n"
                        for name in TEAMS)
    return THERE.format(routes=routes.rstrip(), receivers=receivers.rstrip(), url=url)


def with_snippet(text, port):
    """What the README says to add, where it says to add it: routes before all others, one behind them, its receiver."""
    snippet, = blocks("yaml")
    first, last, receiver = re.fullmatch(r"route:\n  routes:\n(.*)(    - {receiver: pager} .*)receivers:\n(.*)", snippet, re.S).groups()
    receiver = receiver.replace("127.0.0.1:9195", f"127.0.0.1:{port}")
    return text.replace("  routes:\n", "  routes:\n" + first, 1).replace("receivers:\n", last + "receivers:\n" + receiver, 1)


def test_the_snippet_keeps_who_was_told(tmp_path):
    """Beside the pager you have: for no alert is anybody told less than before."""
    before, after = tmp_path / "before.yml", tmp_path / "after.yml"
    before.write_text(alertmanager_yml("https://pager.example.com/"))
    after.write_text(with_snippet(before.read_text(), 9195))
    for words in (["alertname=Down"], ["alertname=Down", "team=team-3", "severity=critical"], ["alertname=Watchdog"],
                  ["team=team-1", "severity=warning"]):
        told = [set(subprocess.run(["amtool", "config", "routes", "test", f"--config.file={file}", *words], stdout=subprocess.PIPE,
                                   text=True, check=True, timeout=60).stdout.strip().split(",")) for file in (before, after)]
        assert told[1] == told[0] | {"runbookd"}, words


class Shell:
    """One interactive shell for all commands, with job control: `cd` and `%1` mean there what they mean to people."""

    def __init__(self, folder, env):
        self.log = open(os.path.join(folder, "shell.log"), "w+b")
        self.child = subprocess.Popen(["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log,
                                      cwd=folder, env=env, start_new_session=True)
        self.child.stdin.write(b"set -m\n")
        self.count = 0

    def text(self):
        return os.pread(self.log.fileno(), 1 << 20, 0).decode(errors="replace")

    def run(self, line):
        """What it printed; it must exit 0."""
        self.count += 1
        before = len(self.text())
        self.child.stdin.write(f"{line}\necho \"ended-{self.count} $?\"\n".encode())
        self.child.stdin.flush()
        ended = wait_until(lambda: re.search(rf"ended-{self.count} (\d+)", self.text()), 60, line)
        out = self.text()[before:ended.start()]
        assert ended[1] == "0", f"{line}\n{out}"
        return out

    def end(self):
        """Its jobs have process groups of their own: it ends them itself."""
        self.child.stdin.write(b"kill $(jobs -p)\nwait\nexit\n")
        self.child.stdin.close()
        try:
            self.child.wait(30 * SLACK)
        finally:
            self.child.kill()
        self.log.close()


def program(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


class Machine:
    """An Alertmanager that runs with its alertmanager.yml, and who sits before it."""

    def __init__(self, folder, recorder):
        self.folder, self.port, self.am_port = str(folder), free_port(), free_port()
        self.file = os.path.join(self.folder, "alertmanager.yml")
        self.write(alertmanager_yml(recorder.url))
        self.alertmanager = Process(["prometheus-alertmanager", f"--config.file={self.file}", f"--storage.path={self.folder}/am",
                                     f"--web.listen-address=127.0.0.1:{self.am_port}", "--cluster.listen-address="])
        wait_until(lambda: self.answers(self.am_port), 30, "Alertmanager is ready")
        bin_folder = os.path.join(self.folder, "bin")
        os.mkdir(bin_folder)
        # The programs are those under test: that what would install them can be made is all that is asked of make here.
        program(bin_folder, "make", f'exec /usr/bin/make -C "{REPOSITORY}" -n "$@" >/dev/null\n')
        program(bin_folder, "sudo", 'exec "$@"\n')
        program(bin_folder, "systemctl", f'test "$*" = "reload prometheus-alertmanager" && kill -HUP {self.alertmanager.child.pid}\n')
        program(bin_folder, "runbookd", f'exec "{BIN}/runbookd" --web.listen-address=127.0.0.1:{self.port} "$@"\n')
        self.shell = Shell(self.folder, dict(os.environ, PATH=f"{bin_folder}:{BIN}:{os.environ['PATH']}", HOME=self.folder,
                                             RUNBOOKD_URL=f"http://127.0.0.1:{self.port}"))

    def write(self, text):
        with open(self.file, "w", encoding="utf-8") as f:
            f.write(text)

    def run(self, line):
        return self.shell.run(line.replace("/etc/prometheus/alertmanager.yml", self.file))

    @staticmethod
    def answers(port):
        try:
            return call(f"http://127.0.0.1:{port}/-/ready")[0] == 200
        except OSError:
            return False

    def fire(self, **labels):
        body = f'[{{"labels": {labels!r}, "startsAt": "{stamp(now())}"}}]'.replace("'", '"').encode()
        status = call(f"http://127.0.0.1:{self.am_port}/api/v2/alerts", "POST", body, {"Content-Type": "application/json"})[0]
        assert status == 200

    def api(self, path):
        return get_json(f"http://127.0.0.1:{self.port}/api/v1/{path}")[1]["data"]

    def end(self):
        self.shell.end()
        self.alertmanager.stop()


@pytest.fixture
def machine(tmp_path, recorder):
    m = Machine(tmp_path, recorder)
    yield m
    m.end()


def test_the_readme_leads_to_the_first_page(machine, recorder):
    begin, then = commands()
    assert len(begin) + len(then) <= 10
    assert len(alertmanager_yml("").splitlines()) >= 90
    started = time.monotonic()

    for line in begin:
        out = machine.run(line)
        assert "FAILED" not in out, out
    wait_until(lambda: machine.answers(machine.port), 30, "runbookd is ready")
    with open(machine.file, encoding="utf-8") as f:
        machine.write(with_snippet(f.read(), machine.port))

    check, reload, listing, send, page = then
    out = machine.run(check)
    assert "FAILED" not in out and "error" not in out and "Watchdog" not in out, out
    machine.run(reload)
    wait_until(lambda: machine.alertmanager.log().count("Completed loading of configuration file") > 1, 30, "it has the new file")
    machine.fire(alertname="DiskFull", team="team-3", severity="critical", instance="db-1")
    wait_until(lambda: machine.api("incidents")["incidents"], 30, "the first incident")
    assert "DiskFull" in machine.run(listing)
    assert "DiskFull" in call(f"http://127.0.0.1:{machine.port}/api/v1/incidents")[2].decode()

    assert machine.api("status")["mode"] == "observe"
    paged = len(recorder.triggers())  # by Alertmanager itself, which still pages
    machine.run(send)
    wait_until(lambda: machine.api("status")["mode"] == "send", 30, "mode: send")
    machine.run(page)
    wait_until(lambda: any("FirstPage" in str(r.body) for r in recorder.triggers()), 30, "the first page")
    assert len(recorder.triggers()) > paged
    assert time.monotonic() - started < 300


def test_every_runbookctl_that_the_readme_names_is_there(tmp_path):
    """Commands in code, flags of them included, are known to the program."""
    with open(os.path.join(REPOSITORY, "README.md"), encoding="utf-8") as f:
        text = f.read()
    named = set(re.findall(r"`runbookctl ([a-z]+)", text)) | set(re.findall(r"^runbookctl ([a-z]+)", text, re.M))
    topics = set(re.findall(r"`(?:runbookctl )?help ([a-z]+)`", text))
    assert len(named) > 12 and len(topics) > 12
    for word in named | topics:
        done = subprocess.run([os.path.join(BIN, "runbookctl"), "help", word], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              check=False, text=True)
        assert done.returncode == 0, done.stderr


def test_the_readmes_pictures_are_there_and_small():
    with open(os.path.join(REPOSITORY, "README.md"), encoding="utf-8") as f:
        named = set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", f.read()))
    folder = "tests/pictures"
    assert named == {f"{folder}/{name}" for name in os.listdir(os.path.join(REPOSITORY, folder))} and len(named) > 2
    sizes = []
    for name in named:
        with open(os.path.join(REPOSITORY, name), "rb") as f:
            picture = f.read()
        assert picture.startswith(b"\x89PNG\r\n"), name
        sizes.append(len(picture))
    assert sum(sizes) < 300_000


def test_the_readme_is_short():
    with open(os.path.join(REPOSITORY, "README.md"), encoding="utf-8") as f:
        lines = f.read().splitlines()
    assert len(lines) < 250
    assert [line for line in lines if len(line) > 110] == []

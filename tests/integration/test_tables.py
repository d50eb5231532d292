"""Tables: on a terminal of 80 columns none is wider, and in a pipe nothing is cut, whatever the names are like."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import unicodedata

import pytest

from harness import BIN, alert, body
from test_pages import post

LONG = "the-very-long-name-that-somebody-gave-to-a-thing-of-which-there-were-many-already-in-the-"  # 88 letters
RULES = [
    {"name": LONG + "rule", "matchers": ['alertname=~"A.*"'], "runbook": f"{LONG}page.md", "severity": "P1", "owner": LONG + "owner",
     "escalation": LONG + "steps", "group_by": ["..."]},
]
CATALOG = {
    "owners": [{"name": LONG + "owner", "contact": "#" + LONG + "channel", "escalation": LONG + "steps"}],
    "severities": [{"name": "P1", "description": LONG + "description", "response": "30m"}],
    "escalations": [{"name": LONG + "steps", "steps": [{"after": "15m", "notify": [LONG + "role"]}]}],
    "contacts": [{"role": LONG + "role", "method": "phone", "address": "+1 555 0100"}],
    "schedules": [{"name": LONG + "rota", "rotation": {"people": ["ada"], "start": "2026-01-05T09:00", "every": "7d"}}],
    "people": [{"name": "ada", "contact": "@ada"}],
}
DEFINITIONS = {"groups": [{"name": "g", "rules": [{"alert": "A" + LONG, "expr": "up == 0", "labels": {"team": LONG}}]}]}


@pytest.fixture
def furnished(local_house, start):
    """The daemon and the words that every command line begins with, after something has happened."""
    house = local_house(RULES, delivery={"mode": "observe"}, catalog={"runbooks": "runbooks", "base_url": "", "files": ["catalog.yml"]},
                        shadow_rule_files=["shadow/*.yml"], journal={"path": "journal"})
    house.write("catalog.yml", CATALOG)
    os.makedirs(os.path.join(house.folder, "runbooks"), exist_ok=True)
    os.makedirs(os.path.join(house.folder, "shadow"), exist_ok=True)
    house.write(f"runbooks/{LONG}page.md", f"# A page of {LONG}\n\n## Mitigation\n\nDo {LONG}.\n")
    house.write("shadow/one.yml", {"rules": [{"name": LONG + "shadow", "matchers": ['alertname=~"A.*"'], "severity": "P1", "owner": "x"}]})
    house.write("definitions.yml", DEFINITIONS)
    daemon = start(house)
    key = daemon.send(body(alert("A" + LONG, team=LONG, annotations={"summary": f"It is {LONG} again"})))[0]["key"]
    post(daemon, f"/incidents/{key}/ack", {"by": "Ada", "note": LONG})
    house.write("alert.json", body(alert("A" + LONG, team=LONG)))
    return daemon, house, key


def command(daemon, house, words):
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "XDG_CONFIG_HOME")}
    environment.update(HOME=house.folder, RUNBOOKD_URL=daemon.url, TERM="xterm")
    return [os.path.join(BIN, "runbookctl"), f"--config.file={house.file}", *words], environment


def on_terminal(daemon, house, words):
    """What it prints on a terminal of 80 columns."""
    words, environment = command(daemon, house, words)
    try:
        screen, end = pty.openpty()
    except OSError:
        pytest.skip("there are no pseudo terminals here")
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=end, stderr=subprocess.DEVNULL)
    os.close(end)
    seen = b""
    while True:
        try:
            more = os.read(screen, 65536)
        except OSError:  # its last holder has gone
            break
        if not more:
            break
        seen += more
    os.close(screen)
    process.wait(60)
    return seen.decode().replace("\r\n", "\n")


def in_pipe(daemon, house, words):
    words, environment = command(daemon, house, words)
    return subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, timeout=60, check=False).stdout


# The words of a command, and a long one that must be whole in a pipe.
TABLES = [
    ("catalog severities", LONG + "description"), ("catalog runbooks", LONG + "page.md"), ("catalog owners", LONG + "owner"),
    ("catalog contacts", LONG + "role"), ("catalog escalations", LONG + "role"), ("catalog policies", ""),
    ("coverage --rules=definitions.yml", LONG + "page.md"), ("oncall", LONG + "rota"), ("oncall --until=2027-01-01", LONG + "rota"),
    ("explain alertname=A", LONG + "owner"), ("explain --all alertname=B", LONG + "rule"), ("backtest --since=1d", ""),
    ("incidents list", LONG + "owner"), ("incidents list --state=acknowledged", LONG), ("incidents show KEY", LONG + "owner"),
    ("noise", LONG), ("noise --by=rule", LONG + "rule"), ("noise --by=owner", LONG + "owner"), ("noise --by=severity", "P1"),
    ("noise --by=receiver", ""), ("noise --heat", ""), ("status", ""), ("receivers", ""), ("send alert.json", LONG + "rule"),
    ("shadow", LONG), ("store", ""), ("why alertname=~A.*", LONG), ("postmortems", ""), ("diff --rules=shadow/*.yml", ""),
]


def test_tables_fit_a_terminal_and_are_whole_in_a_pipe(furnished):
    daemon, house, key = furnished
    wide, cut = [], []
    for words, whole in TABLES:
        given = [word.replace("KEY", key) for word in words.split()]
        given = [os.path.join(house.folder, w) if w == "alert.json" else w.replace("--rules=", f"--rules={house.folder}/") for w in given]
        shown, piped = on_terminal(daemon, house, given), in_pipe(daemon, house, given)
        assert shown.strip() and piped.strip(), words
        wide += [(words, len(line), line) for line in shown.splitlines() if len(line) > 80]
        if whole not in piped or "…" in piped:
            cut.append((words, piped))
    assert not wide, "\n".join(map(str, wide))
    assert not cut, "\n".join(f"{words}:\n{piped}" for words, piped in cut)


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_wide_characters_fit_a_terminal_too(furnished):
    daemon, house, _ = furnished
    text = "甲板に水が入っている、弁を閉めて航海士を呼ぶこと。" * 8
    name = "Ａ浸水" * 20
    key = daemon.send(body(alert("A" + name, deck=text, annotations={"summary": text}), group={"alertname": "A" + name}))[0]["key"]
    post(daemon, f"/incidents/{key}/ack", {"by": text[:60], "note": text})
    for words in (["incidents", "show", key], ["incidents", "list"], ["why", "alertname=~A.*"], ["noise"]):
        shown = on_terminal(daemon, house, words)
        assert any(columns(c) == 2 for c in shown), words
        wide = [(columns(line), line) for line in shown.splitlines() if columns(line) > 80]
        assert not wide, (words, wide)


def test_results_of_rule_tests_fit_a_terminal(furnished):
    daemon, house, _ = furnished
    house.write("long_test.yml", {"tests": [{"name": LONG + "test", "alert": {"labels": {"alertname": "A"}}, "expect": {"rule": expected}}
                                            for expected in (LONG + "rule", "other")]})
    shown = on_terminal(daemon, house, ["test", f"{house.folder}/long_test.yml"])
    assert "PASS" in shown and "FAIL" in shown, shown
    assert not [line for line in shown.splitlines() if len(line) > 80], shown


def test_the_cursor_of_a_list_can_be_taken_whole(furnished):
    daemon, house, _ = furnished
    daemon.send(body(*(alert(f"A{n}") for n in range(130)), group={}))
    listed = ["incidents", "list", "--limit=110"]
    piped = in_pipe(daemon, house, listed).splitlines()[-1]
    cursor = piped.removeprefix("more: --cursor='").removesuffix("'")
    shown = on_terminal(daemon, house, listed).splitlines()
    assert shown[-2:] == ["more, with --cursor and", cursor] and len(cursor) <= 80, shown
    assert len(in_pipe(daemon, house, listed + [f"--cursor={cursor}"]).splitlines()) == 1 + 131 - 110

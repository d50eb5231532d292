"""Whoever can reach the daemon is no friend: framing, floods, idle and slow clients, browsers, files that are none."""

import json
import os
import re
import resource
import signal
import socket
import threading
import time
import urllib.parse

import pytest

from harness import BIN, Ctl, Runbookd, alert, body, call, get_json, post_json, wait_until
from harness.web import Authority

PATH = "/api/v1/webhook"
BODY = json.dumps(body(alert("Framed"))).encode()
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


def connect(daemon):
    parts = urllib.parse.urlsplit(daemon.url)
    return socket.create_connection((parts.hostname, parts.port), 30)


def read_all(s):
    out = b""
    try:
        while True:
            data = s.recv(65536)
            if not data:
                return out
            out += data
    except ConnectionResetError:
        return out


def exchange(daemon, raw):
    """Status codes of all answers until the daemon closes; a request that asks to close follows, so it always does."""
    with connect(daemon) as s:
        s.sendall(raw)
        said = read_all(s)
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d\d\d) ", said)]


def head(*lines, target=PATH, method="POST", version="HTTP/1.1", host="Host: h"):
    first = f"{method} {target} {version}".encode()
    return b"\r\n".join([first, *([host.encode()] if host else []), *[x if isinstance(x, bytes) else x.encode() for x in lines]]) \
        + b"\r\n\r\n"


TE, CL, END = "Transfer-Encoding: chunked", f"Content-Length: {len(BODY)}", head("Connection: close", target="/-/healthy", method="GET")
GET = {"method": "GET", "target": "/-/healthy"}
PROBES = [
    # taken, and what follows is a request of its own
    (head(CL) + BODY + END, [200, 200]), (head(TE) + CHUNKED + END, [200, 200]),
    (head("transfer-encoding:\tChunked ") + CHUNKED + END, [200, 200]),
    (head(TE) + CHUNKED.replace(b"\r\n", b";x=\"y\"\r\n", 1) + END, [200, 200]),
    (head(TE) + CHUNKED[:-2] + b"Note: fine\r\n\r\n" + END, [200, 200]),
    (b"\r\n" + head(CL) + BODY + END, [200, 200]), (head(**GET) + END, [200, 200]),
    (head(host="Host: [::1]:80", **GET) + END, [200, 200]), (head(host="Host:", **GET) + END, [200, 200]),
    (head(**{**GET, "target": "http://other/-/healthy"}) + END, [200, 200]),
    (head(**{**GET, "target": "/%2d/healthy?x=%zz"}) + END, [200, 200]),
    (head("Connection: close", **GET) + END, [200]), (head(version="HTTP/1.0", host=None, **GET) + END, [200]),
    (head("Expect: 100-continue", CL) + BODY + END, [200, 200]),
    # other readers could take these for something else: refused, and nothing behind them is read
    (head(CL, CL) + BODY + END, [400]), (head(CL, TE) + CHUNKED + END, [400]), (head(TE, TE) + CHUNKED + END, [400]),
    (head("Content-Length: +5") + b"hello" + END, [400]), (head("Content-Length: -1") + END, [400]),
    (head("Content-Length: 0x5") + b"hello" + END, [400]), (head("Content-Length: 5, 5") + b"hello" + END, [400]),
    (head("Content-Length: 5 5") + b"hello" + END, [400]), (head("Content-Length:") + END, [400]),
    (head("Content-Length: 99999999999999999999") + END, [400]), (head("Content-Length: \r5") + b"hello" + END, [400]),
    (head(b"Content-Length: 5\x0b") + b"hello" + END, [400]), (head("Content-Length : 5") + b"hello" + END, [400]),
    (head(" Content-Length: 5") + b"hello" + END, [400]), (head("X: y", " Content-Length: 5") + b"hello" + END, [400]),
    (head("Transfer-Encoding: chunked\r") + CHUNKED + END, [400]), (head("Transfer-Encoding: xchunked") + CHUNKED + END, [400]),
    (head("Transfer-Encoding: gzip, chunked") + CHUNKED + END, [400]), (head("Transfer-Encoding:") + CHUNKED + END, [400]),
    (head("Transfer-Encoding: identity") + END, [400]), (head(TE, version="HTTP/1.0") + CHUNKED + END, [400]),
    (head(TE) + b"0x5\r\nhello\r\n0\r\n\r\n" + END, [400]), (head(TE) + b"5 \r\nhello\r\n0\r\n\r\n" + END, [400]),
    (head(TE) + b"-5\r\nhello\r\n0\r\n\r\n" + END, [400]), (head(TE) + b"5\nhello\r\n0\r\n\r\n" + END, [400]),
    (head(TE) + b"5\r\nhello0\r\n\r\n" + END, [400]), (head(TE) + b"5;a\rb\r\nhello\r\n0\r\n\r\n" + END, [400]),
    (head(TE) + b"5;\0\r\nhello\r\n0\r\n\r\n" + END, [400]), (head(TE) + b"\r\n" + END, [400]),
    (head(TE) + b"fffffffffffffffff\r\nhello" + END, [400]), (head(TE) + b"ffffffff\r\nhello" + END, [413]),
    (head(TE) + CHUNKED[:-2] + b"none\r\n\r\n" + END, [400]), (head(TE) + CHUNKED[:-2] + b"A: \0\r\n\r\n" + END, [400]),
    (head(TE) + CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n" + END, [400]), (head(TE) + CHUNKED[:-2] + b"A : b\r\n\r\n" + END, [400]),
    (head(host=None, **GET) + END, [400]), (head("Host: h", **GET) + END, [400]), (head(host="Host: a b", **GET) + END, [400]),
    (head(host="Host: a,b", **GET) + END, [400]), (head(host="Host: u@h", **GET) + END, [400]),
    (head(host="Host: h/x", **GET) + END, [400]), (head(host="Host: [::1", **GET) + END, [400]),
    (head(host="Host: h:port", **GET) + END, [400]), (head(**{**GET, "target": "ftp://h/-/healthy"}) + END, [400]),
    (head(**{**GET, "target": "h"}) + END, [400]), (head(**{**GET, "target": "/a%2"}) + END, [400]),
    (head(**{**GET, "target": "/a#b"}) + END, [400]), (head(**{**GET, "target": "/a b"}) + END, [400]),
    (head("X: a\0b", **GET) + END, [400]), (head("X: a\x7fb", **GET) + END, [400]), (head("X: a\nB: c", **GET) + END, [400]),
    (head("No colon", **GET) + END, [400]), (head(": empty", **GET) + END, [400]), (head("(a): b", **GET) + END, [400]),
    (head(version="HTTP/2.0", **GET) + END, [505]), (head(version="HTTP/1.1 ", **GET) + END, [400]),
    (head(version="http/1.1", **GET) + END, [400]), (head("Expect: tea", CL) + BODY + END, [417]),
    (head(*[f"X{i}: y" for i in range(200)], **GET) + END, [431]), (head("X: " + "y" * 70000, **GET) + END, [431]),
    (head("Content-Length: 99999999") + END, [413]), (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", [400]),
    # paths are divided before they are decoded
    (head(**{**GET, "target": "/-%2Fhealthy"}) + END, [404, 200]), (head(**{**GET, "target": "/api%2fv1%2Fstatus"}) + END, [404, 200]),
]


def test_each_probe_has_its_answer(local_house, start):
    d = start(local_house(delivery={"mode": "observe"}))
    assert len(PROBES) >= 60
    for raw, expected in PROBES:
        got = [code for code in exchange(d, raw) if code != 100]
        assert (raw[:200], got) == (raw[:200], expected)
    assert get_json(d.url + "/api/v1/status")[0] == 200


# ---- floods ----

def idle(daemon, count):
    out = []
    for _ in range(count):
        try:
            s = connect(daemon)
            s.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: h\r\n\r\n")
            out.append(s)
        except OSError:
            pass
    return out


def close(sockets):
    for s in sockets:
        s.close()


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[1], 16384), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_idle_clients_keep_no_alertmanager_out(local_house, start, alertmanager, recorder, many_files):
    d = start(local_house(webhook={"max_connections": 400}))
    am = alertmanager(d.url + PATH)
    am.fire([{"alertname": "Before"}])
    wait_until(lambda: len(recorder.triggers()) == 1, 60, "it has paged")
    sockets = idle(d, 5000)
    try:
        am.fire([{"alertname": f"During{i}"} for i in range(5)])
        wait_until(lambda: d.metric("alerts_decided_total", verdict="page", reason="new") == 6, 60, "all alerts have come")
        assert d.metric("http_connections_gave_way_total") > 0
        assert d.metric("http_connections") <= 401
    finally:
        close(sockets)
    assert "Connections are short" in d.process.log()


def test_who_listens_keeps_no_alert_out(local_house, start, recorder):
    """As many server-sent events as there may be connections: they give way, as idle clients do."""
    d = start(local_house(webhook={"max_connections": 30}))
    listening = [connect(d) for _ in range(45)]
    try:
        for s in listening:
            s.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: h\r\n\r\n")
        for s in listening[:20]:
            assert s.recv(12) == b"HTTP/1.1 200"
        d.send(body(alert("Heard")))
        wait_until(lambda: recorder.triggers(), 60, "the page")
    finally:
        close(listening)
    assert "Connections are short" in d.process.log()


def test_a_full_table_of_descriptors_stops_no_page(local_house, start, alertmanager, recorder, many_files):
    d = start(local_house())
    resource.prlimit(d.process.child.pid, resource.RLIMIT_NOFILE, (160, 160))
    assert post_json(d.url + "/-/reload", b"")[0] == 200  # the caps are counted anew
    am = alertmanager(d.url + PATH)
    sockets = idle(d, 1000)
    try:
        am.fire([{"alertname": "During"}])
        wait_until(lambda: len(recorder.triggers()) == 1, 60, "it is paged")
    finally:
        close(sockets)


def test_two_thousand_connections_at_once(local_house, start, many_files):
    d = start(local_house(delivery={"mode": "observe"}))
    sockets = [connect(d) for _ in range(2000)]
    try:
        for i, s in enumerate(sockets):
            data = json.dumps(body(alert(f"Many{i}"))).encode()
            s.sendall(head(f"Content-Length: {len(data)}") + data)
        for s in sockets:
            assert s.recv(12) == b"HTTP/1.1 200"
    finally:
        close(sockets)
    assert d.metric("alerts_decided_total", verdict="page", reason="new") == 2000


def test_bodies_without_a_token_are_not_held(local_house, start):
    h = local_house(webhook={"auth": {"bearer_tokens_file": "t"}}, delivery={"mode": "observe"})
    h.write("t", "token\n")
    d = start(h)
    raw = head("Content-Length: 16000000", "Authorization: Bearer guess")
    sockets = [connect(d) for _ in range(60)]
    try:
        for s in sockets:
            s.sendall(raw)
        assert all(s.recv(12) == b"HTTP/1.1 401" for s in sockets)
        assert post_json(d.url + PATH, body(alert("Known")), {"Authorization": "Bearer token"})[0] == 200
    finally:
        close(sockets)


# ---- questions ----

def test_questions_are_bounded(local_house, start):
    rules = [{"name": f"r{i}", "matchers": [f'alertname="X{i}"'], "severity": "P1"} for i in range(600)]
    d = start(local_house(rules=rules, delivery={"mode": "observe"}))
    many = {"alerts": [{"labels": {"alertname": f"L{i}"}} for i in range(200)]}
    status, reply = post_json(d.url + "/api/v1/explain?all=true", many)
    assert status == 400 and "too many at once" in reply["error"]
    status, reply = post_json(d.url + "/api/v1/explain", many)
    assert status == 200 and len(reply["data"]["alerts"]) == 200
    status, reply = post_json(d.url + "/api/v1/explain?all=true", {"labels": {"alertname": "L"}})
    assert status == 200 and len(reply["data"]["alerts"][0]["skipped"]) == 600
    assert call(d.url + "/api/v1/explain", "POST", b"[" + b"1," * 700000 + b"1]")[0] == 413
    matchers = "&".join(f"matcher=a%3D~%22{i}.*%22" for i in range(60))
    status, reply = get_json(d.url + "/api/v1/incidents?" + matchers)
    assert status == 400 and "more than 50" in reply["error"]
    for cursor in ("nonsense", "nonsense/", "1:zz/!", "/zz", "/", "/abc"):
        assert (cursor, get_json(d.url + "/api/v1/incidents?cursor=" + cursor)[0]) == (cursor, 400)


def work(daemon):
    """Seconds of processor time of all its threads: other programs do not count."""
    total = 0
    for task in os.listdir(f"/proc/{daemon.process.child.pid}/task"):
        with open(f"/proc/{daemon.process.child.pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e9


GROWING = {
    "copies of one alert": lambda n: body(*[alert("Copy")] * n),
    "replicas that outweigh each other": lambda n: body(*[dict(alert("Copy"), startsAt=f"2026-01-01T{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z")
                                                          for i in range(n)]),
    "segments of a link": lambda n: body(*[alert(f"Link{i}", annotations={"runbook_url": "http://h.test/" + "a/" * (n // 4)}) for i in range(40)]),
    "names of labels": lambda n: body(dict(alert("Names"), labels={"alertname": "Names", **{f"l{i}": "" for i in range(n)}})),
    "members of no alert": lambda n: body(dict(alert("More"), **{f"m{i}": 0 for i in range(n)})),
}


@pytest.mark.parametrize("what", GROWING)
def test_eight_times_the_body_is_no_more_than_eight_times_the_work(what, local_house, start):
    """Up to three times that, for what else a machine does; with the square it would be 64 times."""
    d = start(local_house(delivery={"mode": "observe"}))
    d.send(body(alert("First")))
    costs = []
    for n in (3500, 28000):
        before = work(d)
        assert post_json(d.url + PATH, GROWING[what](n))[0] == 200
        costs.append(work(d) - before)
    assert costs[1] < 24 * costs[0] + 0.2, costs


def test_what_is_asked_for_is_not_written_into_every_link(local_house, start):
    h = local_house(catalog={"runbooks": "rb"})
    os.makedirs(os.path.join(h.folder, "rb"))
    h.write("rb/README.md", "# Index\n\n" + "".join(f"- [r{i}](r{i}.md)\n" for i in range(200)))
    for i in range(200):
        h.write(f"rb/r{i}.md", f"# R{i}\n")
    d = start(h)
    usual = len(call(d.url + "/runbooks/?incident=0123")[2])
    status, _, page = call(d.url + "/runbooks/?incident=" + "%22" * 15000)
    assert status != 500 and len(page) < usual + 200 * 400


def test_alerts_have_right_of_way_over_readers(local_house, start):
    """Many long lists at once: each is answered whole, and webhooks in between are taken before the lists are done."""
    d = start(local_house(delivery={"mode": "observe"}))
    for j in range(10):
        d.send(body(*[alert(f"A{j}-{i}", annotations={"d": "x" * 1000}) for i in range(50)]))
    order, lock = [], threading.Lock()

    def ask():
        status, reply = get_json(d.url + "/api/v1/incidents?limit=1000")
        with lock:
            order.append(("list", status, len(reply["data"]["incidents"]) >= 500))

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for t in threads:
        t.start()
    for i in range(5):
        d.send(body(alert(f"Between{i}")))
        with lock:
            order.append(("alert",))
    for t in threads:
        t.join()
    assert order.count(("list", 200, True)) == 30
    assert order[-1] != ("alert",)


# ---- browsers ----

@pytest.mark.parametrize("headers", [{"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Host": "evil.test", "Origin": "http://evil.test"},
                                     {"Host": "127.evil.test", "Origin": "http://127.evil.test"}])
def test_no_page_posts_alerts(local_house, start, headers):
    d = start(local_house())
    assert post_json(d.url + PATH, body(alert("Forged")), headers)[0] == 403
    assert d.metric("requests_refused_total", reason="page") == 1
    assert d.metric("alerts_received_total", source="default") in (None, 0)


@pytest.mark.parametrize("host", ["127.evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "127.1", "evil.test"])
def test_a_name_that_leads_here_operates_nothing(local_house, start, host):
    d = start(local_house())
    assert post_json(d.url + "/-/reload", b"", {"Host": host})[0] == 403


READS = ["/", "/incidents/x", "/api/v1/incidents", "/api/v1/status", "/metrics", "/runbooks/"]


@pytest.mark.parametrize("host", ["evil.test", "127.evil.test:9195", "localhost.evil.test"])
def test_a_name_that_leads_here_reads_nothing(local_house, start, host):
    """A page's own name may be made to lead to this machine: then a browser lets the page read what comes."""
    d = start(local_house(external_url="https://pages.test/r", access={"hosts": ["inner.pages.test"]}))
    before = d.metric("requests_refused_total", reason="page")
    for n, path in enumerate(READS, 1):
        status, _, reply = call(d.url + path, headers={"Host": host, "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "127.0.0.1"})
        assert (path, status) == (path, 403) and b"external_url" in reply and b"access.hosts" in reply
        assert d.metric("requests_refused_total", reason="page") == before + n
    for known in ("pages.test", "inner.pages.test:9195", "localhost:1", "127.0.0.1", "[::1]:9195", "box"):
        assert (known, call(d.url + "/api/v1/incidents", headers={"Host": known})[0]) == (known, 200)
    assert call(d.url + "/-/healthy", headers={"Host": host})[0] == 200
    assert post_json(d.url + PATH, body(alert("Sent")), {"Host": host})[0] == 200  # no browser: it says no origin


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via",
                                    "CF-Connecting-IP"])
def test_whom_a_proxy_asks_for_is_not_this_machine(local_house, start, header):
    d = start(local_house())
    assert post_json(d.url + "/-/reload", b"", {header: "for=192.0.2.1"})[0] == 403
    assert post_json(d.url + "/-/reload", b"")[0] == 200


# ---- as the unit runs it ----

WITHOUT_EXECUTABLE_MEMORY = """#!/usr/bin/python3
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
os.execv({program!r}, [{program!r}, *sys.argv[1:]])
"""


def test_patterns_match_where_no_memory_may_be_written_and_executed(local_house, tmp_path):
    """MemoryDenyWriteExecute, by the kernel's own switch for it."""
    folder = tmp_path / "wrapped"
    folder.mkdir()
    (folder / "runbookd").write_text(WITHOUT_EXECUTABLE_MEMORY.format(program=os.path.join(os.path.abspath(BIN), "runbookd")))
    (folder / "runbookd").chmod(0o755)
    rules = [{"name": "pattern", "matchers": ['alertname=~"Y(a|b)+.*z"'], "severity": "P1"}]
    d = Runbookd(local_house(rules=rules, delivery={"mode": "observe"}), folder=str(folder)).launch()
    try:
        wait_until(lambda: not d.process.running or d.listening(), 30, "it listens, or has ended")
    except AssertionError:
        pass
    if not d.process.running and d.process.child.returncode == 77:
        pytest.skip("this kernel has no such switch")
    wait_until(d.ready, 30, "it is ready")
    assert d.send(body(alert("Yabcz")))[0]["rule"] == "pattern"
    with open(f"/proc/{d.process.child.pid}/maps", encoding="utf-8") as f:
        assert not [line for line in f if " rwx" in line]
    d.finish()


def test_no_core_dump_is_made_of_secrets(local_house, start):
    """Whatever ulimit -c says where it is started."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        d = start(local_house())
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    assert resource.prlimit(d.process.child.pid, resource.RLIMIT_CORE) == (0, before[1])


# ---- files, signals, terminals ----

@pytest.mark.parametrize("setting", ["bearer_tokens_file", "hmac_secret_file"])
def test_a_fifo_in_place_of_a_secret_stops_nobody(local_house, start, setting):
    h = local_house(webhook={"auth": {setting: "secret"}}, delivery={"mode": "observe"})
    h.write("secret", "s\n")
    d = start(h, expected_errors=["Cannot read a secret"])
    os.unlink(os.path.join(h.folder, "secret"))
    os.mkfifo(os.path.join(h.folder, "secret"))
    headers = {"Authorization": "Bearer s"} if setting.startswith("bearer") else \
        {"X-Runbookd-Timestamp": str(int(time.time())), "X-Runbookd-Signature": "v1=00"}
    assert call(d.url + PATH, "POST", BODY, headers)[0] == 503
    assert call(d.url + "/-/healthy")[0] == 200


def test_a_fifo_in_place_of_the_database_is_refused_at_once(local_house):
    h = local_house()
    os.mkfifo(os.path.join(h.folder, "runbookd.db"))
    d = Runbookd(h).launch()
    assert d.process.wait(30) == 1
    assert "runbookd.db: cannot open: not a regular file" in d.process.log()


def test_a_fifo_in_place_of_a_day_of_the_journal_stops_nobody(local_house, start):
    h = local_house(journal={"path": "journal"}, delivery={"mode": "observe"})
    d = start(h, expected_errors=["journal"])
    d.send(body(alert("First")))
    folder = os.path.join(h.folder, "journal")
    wait_until(lambda: os.path.isdir(folder) and os.listdir(folder), 30, "the journal has begun")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
        os.mkfifo(os.path.join(folder, name))
    for i in range(3):
        d.send(body(*[alert(f"Next{i}-{j}", annotations={"d": "x" * 1000}) for j in range(50)]))
    assert call(d.url + "/-/healthy")[0] == 200


def test_a_file_that_may_not_grow_ends_nobody(local_house, start):
    """ulimit -f: the kernel sends a signal whose default is the end."""
    d = start(local_house(journal={"path": "journal"}, delivery={"mode": "observe"}), expected_errors=["journal", "store"])
    d.send(body(alert("First")))
    resource.prlimit(d.process.child.pid, resource.RLIMIT_FSIZE, (4096, 4096))
    for i in range(5):
        post_json(d.url + PATH, body(*[alert(f"Next{i}-{j}", annotations={"d": "x" * 1000}) for j in range(20)]))
    assert call(d.url + "/-/healthy")[0] == 200 and d.process.running


def test_a_fifo_in_place_of_a_receivers_authorities_stops_nobody(local_house, start):
    h = local_house(receivers=[{"name": "oncall", "webhook": {"url": "https://127.0.0.1:1/"}, "tls_config": {"ca_file": "ca.pem"}}])
    Authority(h.folder, "ca")
    d = start(h)
    os.unlink(os.path.join(h.folder, "ca.pem"))
    os.mkfifo(os.path.join(h.folder, "ca.pem"))
    d.send(body(alert("Paged")))
    wait_until(lambda: d.sum("deliveries_total") > 0, 60, "the page was tried")
    assert call(d.url + "/-/healthy")[0] == 200


def test_many_signals_are_few_reloads_and_the_last_one_counts(local_house, start):
    h = local_house()
    d = start(h)
    for i in range(200):
        d.process.send(signal.SIGHUP)
    h.rules([{"name": "last", "matchers": ['alertname="Last"'], "severity": "P1"}])
    d.process.send(signal.SIGHUP)
    wait_until(lambda: [r["name"] for r in d.api("rules")["rules"]] == ["last"], 60, "the last rules are in force")
    assert sum('msg="Configuration loaded"' in line for line in d.process.lines) < 20


def test_alerts_are_taken_while_many_rules_are_loaded(local_house, start):
    h = local_house(rules=[{"name": f"r{i}", "matchers": [f'alertname=~"X{i}.*|Y{i}"'], "severity": "P1"} for i in range(5000)],
                    delivery={"mode": "observe"})
    d = start(h)
    order = []

    def reload():
        order.append(("reload", d.reload()[0]))

    thread = threading.Thread(target=reload)
    thread.start()
    i = 0
    while thread.is_alive():
        i += 1
        d.send(body(alert(f"Meanwhile{i}")))
        order.append(("alert",))
    thread.join()
    assert ("reload", 200) in order and order.index(("reload", 200)) >= 2


def test_what_others_wrote_steers_no_terminal(local_house, tmp_path):
    h = local_house(catalog={"runbooks": "rb"})
    os.makedirs(os.path.join(h.folder, "rb"))
    evil = "\x1b[31m\x9b2J\u202e\u2066\u200b\ufeff"
    h.write("rb/README.md", "# Index\n\n- [a](a.md)\n")
    h.write("rb/a.md", f"# T{evil}itle\n\n[dead](nope{evil}.md)\n\n## Empty{evil}\n\n## Next\n\nTODO\n")
    ctl = Ctl(h, folder=tmp_path)
    for args in (["lint", "--fail-on=error"], ["check"], ["catalog"], ["catalog", "export"], ["lint", "-o", "sarif"],
                 ["catalog", "-o", "json"], ["explain", "alertname=A" + evil.replace("\x1b", "")]):
        for status in (0, 1):
            try:
                said = ctl.run(*args, status=status) + ctl.errors
                break
            except AssertionError:
                if status:
                    raise
        steering = [c for c in said if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or c in "\u202e\u2066\u200b\ufeff"]
        assert (args, steering) == (args, [])
        if "sarif" in args or "json" in args:
            json.loads(said[:said.rindex("}") + 1])

"""The dead man's switch, both ways: an alert that must keep coming, and the URL that runbookd pings."""

import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness import Ctl, Reply, alert, body, call, now, wait_until

# As kube-prometheus has it, with the label that tells one Prometheus from another.
LABELS = {"severity": "none", "prometheus": "monitoring/k8s"}
ANNOTATIONS = {"summary": "An alert that should always be firing to certify that Alertmanager is working properly.",
               "runbook_url": "https://runbooks.prometheus-operator.dev/runbooks/general/watchdog"}


def rules(every="2s", **over):
    return [{"name": "alive", "matchers": ['alertname="Watchdog"'], "heartbeat": {"every": every}, "severity": "P0",
             "owner": "platform", **over}]


def watchdog(status="firing", **labels):
    return body(alert("Watchdog", status=status, starts=now() - 3600, annotations=ANNOTATIONS, **{**LABELS, **labels}))


def beat(daemon, **labels):
    decision = daemon.send(watchdog(**labels))[0]
    return decision["key"], decision["verdict"], decision["reason"]


def test_a_missed_beat_pages_and_the_next_one_resolves(house, start, recorder):
    d = start(house(rules()))
    key, *decided = beat(d)
    assert decided == ["suppress", "page_false"]
    page = wait_until(recorder.triggers, 20, "the page")[0]
    assert page.key == key
    assert page.body["payload"]["severity"] == "critical"
    assert page.body["payload"]["summary"] == ("[P0] Watchdog has not been heard of for 2s "
                                               "(prometheus=monitoring/k8s)")
    details = page.body["payload"]["custom_details"]
    assert details["owner"] == "platform" and details["rule"] == "alive"
    assert details["members"] == {"firing": 0, "total": 1}
    assert any("general/watchdog" in link["href"] for link in page.body["links"])
    shown = d.api(f"incidents/{key}")
    assert shown["state"] == "firing" and shown["pages"] == 1
    assert shown["heartbeat"] == {"every": "2s", "last_beat_at": None, "due_at": None}
    assert d.metric("timer_decisions_total", reason="heartbeat_missed") == 1
    assert beat(d) == (key, "resolve", "last_member_resolved")
    wait_until(lambda: recorder.resolves(key), 20, "the resolve")
    shown = d.api(f"incidents/{key}")
    assert shown["state"] == "resolved" and shown["heartbeat"]["due_at"]


def test_beats_are_counted_and_are_no_noise(house, start, recorder):
    h = house(rules("1h"))
    d = start(h)
    for _ in range(10):
        key, *decided = beat(d)
        assert decided == ["suppress", "page_false"]
    assert d.send(watchdog("resolved"))[0]["reason"] == "page_false"
    assert d.api("incidents")["incidents"] == [] and d.api("incidents?state=resolved")["incidents"] == []
    shown = d.api(f"incidents/{key}")
    assert shown["timeline"] == [] and shown["received"] == shown["suppressed"] == 11
    row = d.api("noise?since=1h")["rows"][0]
    assert (row["name"], row["received"], row["suppressed"], row["pages"]) == ("Watchdog", 11, 11, 0)
    assert "next beat by" in Ctl(h, d).run("incidents", "show", key)
    assert recorder.all() == []


def test_it_pages_when_the_time_passed_while_it_was_down(house, start, recorder):
    h = house(rules("1s"))
    one = start(h)
    key = beat(one)[0]
    due = now() + 1
    one.kill()
    wait_until(lambda: now() > due, 20, "the deadline")
    assert recorder.triggers() == []
    two = start(h)
    wait_until(lambda: recorder.keys() == [key], 20, "the page")
    assert beat(two) == (key, "resolve", "last_member_resolved")
    wait_until(lambda: recorder.resolves(key), 20, "the resolve")


def test_two_replicas_page_once(shared_house, start, recorder):
    one, two = start(shared_house(rules("1s"), name="one")), start(shared_house(rules("1s"), name="two"))
    key = beat(one)[0]
    wait_until(lambda: recorder.keys() == [key], 20, "the page")
    assert beat(two) == (key, "resolve", "last_member_resolved")
    wait_until(lambda: recorder.resolves(key), 20, "the resolve")
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the next one is missed too")
    assert recorder.keys() == [key, f"{key}-2"]
    assert sum(d.metric("timer_decisions_total", reason="heartbeat_missed") for d in (one, two)) == 2


def test_one_prometheus_does_not_hide_the_other(house, start, recorder):
    d = start(house(rules("2s")))
    dead, alive = beat(d, prometheus="a")[0], beat(d, prometheus="b")[0]
    assert dead != alive
    wait_until(lambda: beat(d, prometheus="b") and recorder.triggers(), 20, "the page of the one that is gone")
    assert recorder.keys() == [dead]


def test_reminders_come_though_nothing_arrives(house, start, recorder):
    d = start(house(rules("1s", repeat_interval="1s")))
    key = beat(d)[0]
    wait_until(lambda: len(recorder.triggers(key)) >= 3, 20, "the page and two reminders")
    Ctl(None, d).run("incidents", "ack", key, "--by=ada")
    wait_until(lambda: recorder.all("acknowledge", key), 20, "the acknowledgement")
    assert d.api(f"incidents/{key}")["repeat_due_at"] is None


def test_a_reload_ends_the_watch_with_the_next_arrival(house, start, recorder):
    h = house(rules("2s"))
    d = start(h)
    key = beat(d)[0]
    h.rules([{"name": "quiet", "matchers": ['alertname="Watchdog"'], "page": False}])
    assert d.reload()[0] == 200
    plain = beat(d)[0]
    assert plain != key
    h.rules(rules("1s"))
    assert d.reload()[0] == 200
    assert beat(d)[0] == key
    wait_until(lambda: recorder.keys() == [key], 20, "the page of the watch that began anew")
    assert d.api("incidents")["incidents"][0]["key"] == key


def test_alertmanager_repeats_it_and_its_end_pages(local_house, start, recorder, alertmanager):
    """The route of config/alertmanager.yml, faster."""
    d = start(local_house(rules("5s")))
    route = {"group_by": ["..."], "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1s"}
    first = alertmanager(d.url + "/api/v1/webhook", route=route)
    first.fire([{"alertname": "Watchdog", **LABELS}], now() - 3600)
    received = lambda: d.metric("alerts_decided_total", verdict="suppress", reason="page_false") or 0
    wait_until(lambda: received() >= 4, 30, "Alertmanager repeats it")
    assert recorder.all() == []
    first.stop()
    page = wait_until(recorder.triggers, 30, "the page")[0]
    second = alertmanager(d.url + "/api/v1/webhook", route=route)
    second.fire([{"alertname": "Watchdog", **LABELS}], now() - 3600)
    wait_until(lambda: recorder.resolves(page.key), 30, "the resolve")


# ---- runbookd's own ----


class Listener:
    """What a service for cron jobs does: it notes each ping."""

    def __init__(self):
        self.pings, self.status, pings = [], 200, self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                pings.pings.append(self.path)
                self.send_response(pings.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/s3cret"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()

    def comes_again(self, timeout=20):
        before = len(self.pings)
        wait_until(lambda: len(self.pings) > before, timeout, "a ping")


@pytest.fixture
def listener():
    it = Listener()
    yield it
    it.stop()


def pings(daemon, outcome):
    return daemon.metric("heartbeat_pings_total", outcome=outcome)


def test_the_url_is_pinged_and_is_a_secret(tmp_path, local_house, start, listener):
    (tmp_path / "hc.url").write_text(listener.url + "\n")
    d = start(local_house(heartbeat={"url_file": str(tmp_path / "hc.url"), "every": "1s"}))
    listener.comes_again()
    listener.comes_again()
    assert set(listener.pings) == {"/ping/s3cret"}
    status = wait_until(lambda: d.api("status")["heartbeat"]["last_ok_at"] and d.api("status")["heartbeat"], 20)
    assert status["every"] == "1s" and status["silent_because"] is None
    listener.status = 500
    wait_until(lambda: pings(d, "failed"), 20, "a failure is counted")
    assert any("level=warn" in line and "HTTP 500" in line for line in d.process.lines)
    assert "s3cret" not in d.process.log()
    assert "heartbeat      every 1s" in Ctl(None, d).run("status")


def test_no_ping_while_redis_is_frozen(redis, local_house, start, listener):
    store = {"redis": {"address": redis.address, "prefix": "test", "timeout": "1s"}, "on_redis_failure": "reject"}
    d = start(local_house(store=store, heartbeat={"url": listener.url, "every": "1s"}))
    listener.comes_again()
    redis.process.send(signal.SIGSTOP)
    try:
        d.webhook(body(alert("Down")))
        wait_until(lambda: call(d.url + "/-/ready")[0] == 503, 20, "not ready")
        withheld = pings(d, "withheld")
        wait_until(lambda: pings(d, "withheld") >= withheld + 2, 20, "pings are withheld")
        silent_from = len(listener.pings)
        wait_until(lambda: pings(d, "withheld") >= withheld + 4, 20, "and go on to be")
        assert len(listener.pings) == silent_from
        assert d.process.log().count("The heartbeat is silent") == 1
        assert d.api("status")["heartbeat"]["silent_because"] == "the store cannot take a write"
    finally:
        redis.process.send(signal.SIGCONT)
    listener.comes_again(30)


def test_no_ping_while_a_receiver_fails(local_house, start, listener, recorder):
    recorder.answer = lambda request: Reply(status=503)
    d = start(local_house(heartbeat={"url": listener.url, "every": "1s"}, delivery={"fallback_after": "2s"}))
    listener.comes_again()
    d.send(body(alert("Down")))
    wait_until(lambda: d.api("status")["heartbeat"]["silent_because"] == "receiver oncall does not deliver", 30)
    recorder.answer = lambda request: Reply()
    wait_until(recorder.triggers, 30, "the page")
    wait_until(lambda: d.api("status")["heartbeat"]["silent_because"] is None, 30, "it goes on")
    listener.comes_again()


def test_a_reload_changes_what_is_pinged(local_house, start, listener):
    h = local_house(heartbeat={"url": listener.url + "/old", "every": "1s"})
    d = start(h)
    listener.comes_again()
    other = local_house(heartbeat={"url": listener.url + "/new", "every": "1s"})
    assert other.file == h.file and d.reload()[0] == 200
    wait_until(lambda: listener.pings[-1].endswith("/new"), 20, "the new URL")
    local_house()
    assert d.reload()[0] == 200
    assert d.api("status")["heartbeat"] is None

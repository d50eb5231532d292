"""What may come in, and what is answered: 400 only for what can never be accepted."""

import glob
import hashlib
import hmac
import json
import os
import time

import pytest

from harness import alert, body, call, post_json, wait_until
from harness.daemon import REPOSITORY

CAPTURED = os.environ.get("RUNBOOKD_PAYLOADS", os.path.join(REPOSITORY, "../shared/data/payloads/inbound"))

NEVER_ACCEPTABLE = {
    "empty": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "no alerts": b'{"version":"4"}',
    "alerts that are no list": b'{"alerts":"x"}',
    "a comma too many": b'{"alerts":[{"labels":{"alertname":"x"}},]}',
    "half of it": b'{"alerts":[{"labels":{"alertname":"x"}}',
}
ACCEPTABLE = {
    "no alert at all": b'{"alerts":[]}',
    "no alert name": b'{"alerts":[{"status":"firing","labels":{"job":"x"}}]}',
    "no fingerprint, no times": b'{"alerts":[{"labels":{"alertname":"x"}}]}',
    "nulls": b'{"version":null,"groupLabels":null,"alerts":[{"labels":{"alertname":"x"},"annotations":null}]}',
    "a huge groupKey": b'{"groupKey":123456789012345678901234567890,"alerts":[{"labels":{"alertname":"x"}}]}',
    "NUL and markup": b'{"alerts":[{"labels":{"alertname":"a\\u0000b","x":"\\u003cscript\\u003e"}}]}',
    "dotted label names": b'{"alerts":[{"labels":{"alertname":"x","k8s.pod.name":"p"}}]}',
    "the same alert twice": b'{"alerts":[{"labels":{"alertname":"x"}},{"labels":{"alertname":"x"}}]}',
    "unknown members": b'{"orgId":1,"title":"x","alerts":[{"labels":{"alertname":"x"},"silenceURL":"http://x"}]}',
    "trailing newline": b'{"alerts":[{"labels":{"alertname":"x"}}]}\n',
}


# What one alert breaks, and the word that the metric has for it.
DEGRADED = {
    "a text": (b'"x"', "no_object"),
    "nested 200 deep": (b"[" * 200 + b"]" * 200, "no_object"),
    "labels of a list": (b'{"labels":["x"]}', "labels"),
    "a label of a list": (b'{"labels":{"alertname":"odd","x":[1]}}', "labels"),
    "labels of 40 KB": (b'{"labels":{"alertname":"large","x":"' + b"y" * 40000 + b'"}}', "labels_size"),
    "20 KB of labels once written": (b'{"labels":{"alertname":"escaped","x":"' + b"\\u0001" * 3400 + b'"}}', "labels_size"),
    "no UTF-8": (b'{"labels":{"alertname":"bytes","x":"\xff\xfe"}}', "text"),
    "unknown status": (b'{"status":"perhaps","labels":{"alertname":"status"}}', "status"),
    "no time": (b'{"labels":{"alertname":"time"},"startsAt":"yesterday"}', "time"),
    "annotations of a number": (b'{"labels":{"alertname":"notes"},"annotations":7}', "annotations"),
    "a long generatorURL": (b'{"labels":{"alertname":"url"},"generatorURL":"http://x/' + b"y" * 9000 + b'"}', "url"),
}


@pytest.fixture
def daemon(local_house, start):
    return start(local_house(delivery={"mode": "observe"}))


def test_what_can_never_be_accepted_is_400_with_a_short_reason(daemon):
    for name, data in NEVER_ACCEPTABLE.items():
        status, reply = daemon.webhook(data)
        assert (name, status, reply["errorType"]) == (name, 400, "bad_data")
        assert 0 < len(reply["error"]) < 300 and "\n" not in reply["error"], name
    assert daemon.metric("webhook_requests_total", code="400") == len(NEVER_ACCEPTABLE)
    assert daemon.sum("alerts_received_total") == 0


def refused_line(daemon, message):
    """The one line that says so."""
    def found():
        return [line for line in daemon.process.log().splitlines() if message in line]

    wait_until(found, 10, message)
    (line,) = found()
    return line


def test_who_is_turned_away_is_counted_and_logged_once_in_a_while(local_house, start):
    daemon = start(local_house(delivery={"mode": "observe"}, webhook={"max_body": "64KiB"}))
    assert all(daemon.metric("requests_refused_total", reason=reason) == 0
               for reason in ("body", "credentials", "path", "size", "http"))
    for _ in range(3):
        assert daemon.webhook(b'{"text": "no webhook"}')[0] == 400
    assert daemon.metric("requests_refused_total", reason="body") == 3
    line = refused_line(daemon, "is no webhook")
    assert "level=warn" in line and "path=/api/v1/webhook" in line and "from=127.0.0.1:" in line and "error=" in line
    for path, status in (("/alertmanager", 404), ("/api/v1/webhook/", 404), ("/api/v2/alerts", 404), ("/", 405), ("/metrics", 405)):
        answered, reply = post_json(daemon.url + path, body(alert("Down")))
        assert (path, answered) == (path, status) and "posts to /api/v1/webhook, or" in reply["error"]
    assert daemon.metric("requests_refused_total", reason="path") == 5
    assert "path=/alertmanager" in refused_line(daemon, "takes nothing")
    assert call(daemon.url + "/nowhere")[0] == 404
    assert daemon.metric("requests_refused_total", reason="path") == 5, "who looks for a page sends no alerts"
    assert call(daemon.url + "/api/v1/webhook", "POST", b"x" * 70000)[0] == 413
    assert daemon.metric("requests_refused_total", reason="size") == 1
    assert "level=warn" in refused_line(daemon, "beyond webhook.max_body")


def test_whatever_has_alerts_is_accepted(daemon):
    for name, data in ACCEPTABLE.items():
        status, reply = daemon.webhook(data)
        assert (name, status) == (name, 200)
        assert reply["data"]["received"] == len(reply["data"]["decisions"]) == len(json.loads(data)["alerts"]), name


def test_what_one_alert_breaks_is_paged_and_said_and_takes_no_other_with_it(local_house, start, recorder):
    d = start(local_house())
    counted = {}
    for i, (name, (odd, word)) in enumerate(DEGRADED.items()):
        data = b'{"groupLabels":{"alertname":"G%d"},"groupKey":"g%d","alerts":[{"labels":{"alertname":"good%d"}},%s]}'
        status, reply = d.webhook(data % (i, i, i, odd))
        assert (name, status, reply["data"]["received"]) == (name, 200, 2)
        assert (name, [x["verdict"] for x in reply["data"]["decisions"]]) == (name, ["page", "page"])
        counted[word] = counted.get(word, 0) + 1
        assert (name, d.metric("alerts_degraded_total", reason=word)) == (name, counted[word])
    wait_until(lambda: len(recorder.triggers()) == 2 * len(DEGRADED), 20, "a page for each")
    pages = [r.body["payload"] for r in recorder.triggers()]
    said = [p for p in pages if "runbookd_degraded" in p["custom_details"]["annotations"]]
    assert len(said) == len(DEGRADED)
    assert all("[alert degraded: " in p["summary"] for p in said)


def crowded(host, shop):
    """More labels than are kept, most of which sort before those that route."""
    crowd = {f"aaa_{i:04}": f"value_{i}" for i in range(2600)}
    return alert("DiskFull", severity="critical", instance=host, shop_floor=shop, **crowd)


def test_an_alert_with_too_many_labels_goes_where_it_should(local_house, start, recorder):
    rule = {"name": "shop", "matchers": ['shop_floor="toys"'], "group_by": ["alertname", "instance"], "receivers": ["oncall"]}
    d = start(local_house(rules=[rule], delivery={"mode": "observe"}))
    found = d.send(body(crowded("n1", "toys"), crowded("n2", "toys"), crowded("n3", "books")))
    assert [x["rule"] for x in found[:2]] == ["shop", "shop"] and found[2]["rule"] != "shop"
    assert found[0]["key"] != found[1]["key"], "two hosts"
    incident = d.api("incidents/" + found[1]["key"])
    assert incident["severity"] == "P0" and incident["labels"]["instance"] == "n2", incident["labels"]
    assert d.metric("alerts_degraded_total", reason="labels_size") == 3


def test_captured_bodies_are_accepted(daemon):
    files = sorted(glob.glob(os.path.join(CAPTURED, "*.json")))
    if not files:
        pytest.skip("no captured bodies here")
    for path in files:
        with open(path, "rb") as f:
            data = f.read()
        status, reply = daemon.webhook(data)
        assert (os.path.basename(path), status) == (os.path.basename(path), 200), reply
        assert reply["data"]["received"] == len(json.loads(data)["alerts"]), path


def test_a_body_beyond_the_limit_is_413(local_house, start):
    d = start(local_house(webhook={"max_body": "64KiB"}))
    value = body(alert("Down", annotations={"text": "x" * 70000}))
    assert call(d.url + "/api/v1/webhook", "POST", json.dumps(value).encode())[0] == 413
    assert d.metric("webhook_requests_total", code="413") == 1
    assert d.send(body(alert("Down")))[0]["verdict"] == "page"


def test_an_unknown_source_is_taken_and_named_sources_add_labels(local_house, start):
    d = start(local_house(sources=[{"name": "eu1", "labels": {"cluster": "eu1"}}], delivery={"mode": "observe"}))
    d.send(body(alert("Down")), "eu1")
    d.send(body(alert("Down")), "somewhere-else")
    found = {i["source"]: i["labels"].get("cluster") for i in d.api("incidents")["incidents"]}
    assert found == {"eu1": "eu1", "somewhere-else": None}
    status, _ = d.webhook(body(alert("Down")), "no%20such%2Fname")
    assert status in (400, 404)


def test_replicas_of_one_prometheus_send_one_alert(local_house, start):
    source = {"name": "ha", "drop_labels": ["replica"], "labels": {"cluster": "eu1"}}
    d = start(local_house(sources=[source], delivery={"mode": "observe"}))
    down = [alert("Down", replica=str(n)) for n in (1, 2)]
    assert [one["reason"] for one in d.send(body(*down), "ha")] == ["duplicate", "new"]
    (incident,) = d.api("incidents")["incidents"]
    assert incident["members"] == {"firing": 1, "total": 1}
    assert incident["labels"]["cluster"] == "eu1" and "replica" not in incident["labels"]


def test_bearer_token(local_house, start):
    h = local_house(webhook={"auth": {"bearer_tokens_file": "tokens"}}, delivery={"mode": "observe"})
    h.write("tokens", "# one per line\nfirst\n\nsecond\n")
    d = start(h)
    value = body(alert("Down"))
    for header in (None, "Bearer third", "Bearer ", "Basic first", "Bearer # one per line"):
        status, reply = post_json(d.url + "/api/v1/webhook", value, header and {"Authorization": header})
        assert (header, status, reply["errorType"]) == (header, 401, "unauthorized")
    for token in ("first", "second"):
        assert post_json(d.url + "/api/v1/webhook", value, {"Authorization": f"Bearer {token}"})[0] == 200
    h.write("tokens", "rotated\n")
    assert post_json(d.url + "/api/v1/webhook", value, {"Authorization": "Bearer first"})[0] == 401
    assert post_json(d.url + "/api/v1/webhook", value, {"Authorization": "Bearer rotated"})[0] == 200


def signed(secret, data, at):
    mac = hmac.new(secret, str(at).encode() + b":" + data, hashlib.sha256).hexdigest()
    return {"X-Runbookd-Timestamp": str(at), "X-Runbookd-Signature": f"v1={mac}"}


def test_signature(local_house, start):
    h = local_house(webhook={"auth": {"hmac_secret_file": "secret"}}, delivery={"mode": "observe"})
    h.write("secret", "s3cret\n")
    d = start(h)
    data, at = json.dumps(body(alert("Down"))).encode(), int(time.time())
    assert post_json(d.url + "/api/v1/webhook", data, signed(b"s3cret", data, at))[0] == 200
    for headers in ({}, signed(b"other", data, at), signed(b"s3cret", data + b" ", at), signed(b"s3cret", data, at - 3600)):
        assert post_json(d.url + "/api/v1/webhook", data, headers)[0] == 401
    assert "s3cret" not in d.process.log()

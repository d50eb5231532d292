"""The API's frame: paths, methods, envelope, who may."""

import json
import re

import pytest

from harness import Ctl, Runbookd, alert, body, call, get_json, now, post_json, wait_until


@pytest.fixture
def daemon(local_house, start):
    return start(local_house(delivery={"mode": "observe"}))


def test_unknown_paths_are_404_and_wrong_methods_405(daemon):
    status, reply = get_json(daemon.url + "/api/v1/nothing")
    assert status == 404 and reply["status"] == "error" and reply["errorType"] == "not_found"
    status, headers, data = call(daemon.url + "/api/v1/webhook")
    assert status == 405 and headers["Allow"] == "POST" and json.loads(data)["status"] == "error"
    assert call(daemon.url + "/metrics", "POST", b"")[0] == 405
    assert call(daemon.url + "/metrics", "HEAD")[0] == 200


def test_healthy_and_ready(daemon):
    assert call(daemon.url + "/-/healthy")[0] == 200
    assert call(daemon.url + "/-/ready")[0] == 200


def test_what_is_loaded(daemon):
    rule = daemon.api("rules")["rules"][0]
    assert rule["name"] == "everything" and rule["line"] > 0 and rule["sets"]["severity"] == "P1"
    assert daemon.api("receivers")["receivers"][0]["kind"] == "pagerduty"
    assert daemon.api("runbooks") == {"runbooks": []}
    status = daemon.api("status")
    assert {"version", "uptime_seconds", "config_hash", "rules", "runbooks", "stores", "receivers"} <= status.keys()
    assert status["stores"][0]["name"] == "sqlite" and status["stores"][0]["durable"] is True
    assert {"name", "kind", "queue", "oldest_seconds", "dead", "breaker"} <= status["receivers"][0].keys()


def test_a_label_that_no_alert_had_is_said_where_one_was_meant(local_house, start, tmp_path):
    h = local_house([{"name": "grave", "matchers": ['sevrity="page"'], "severity": "P1"}], delivery={"mode": "observe"})
    d = start(h)
    d.send(body(alert("First", severity="page")))
    assert d.api("status")["unseen_labels"] == [], "one alert says little"
    d.send(body(*[alert(f"More{i}", severity="page") for i in range(10)]))
    unseen, = d.api("status")["unseen_labels"]
    assert (unseen["rule"], unseen["label"], unseen["did_you_mean"]) == ("grave", "sevrity", "severity") and unseen["line"] > 0
    assert "did you mean severity?" in call(d.url + "/rules")[2].decode()
    assert re.search(r"^sevrity +grave +\S+:\d+ +severity$", Ctl(daemon=d, folder=tmp_path).run("status"), re.M)
    h.rules([{"name": "grave", "matchers": ['severity="page"'], "severity": "P1"}])
    assert d.reload()[0] == 200 and d.api("status")["unseen_labels"] == []


def test_explain_has_no_effects(daemon):
    status, reply = post_json(daemon.url + "/api/v1/explain", body(alert("Down"), alert("Up")))
    plans = reply["data"]["alerts"]
    assert status == 200 and len(plans) == 2
    assert plans[0]["fields"]["owner"] == {**plans[0]["fields"]["owner"], "value": "crew", "source": "rule",
                                           "rule": "everything"}
    assert daemon.sum("alerts_received_total") == 0 and daemon.api("incidents")["incidents"] == []
    assert post_json(daemon.url + "/api/v1/explain", b"{")[0] == 400
    single = post_json(daemon.url + "/api/v1/explain?all=true", {"labels": {"job": "x"}})[1]["data"]["alerts"][0]
    assert single["skipped"][0]["rule"] == "everything"


def test_ack_unack_and_resolve(daemon):
    starts = now() - 60
    fire = body(alert("Down", starts=starts))
    key = daemon.send(fire)[0]["key"]
    base = f"{daemon.url}/api/v1/incidents/{key}"
    assert post_json(base + "/ack", {"by": "ada", "note": "on it"})[0] == 200
    shown = daemon.api(f"incidents/{key}")
    assert shown["state"] == "acknowledged"
    assert (shown["acknowledged"]["by"], shown["acknowledged"]["note"]) == ("ada", "on it")
    assert daemon.send(fire)[0]["reason"] == "acknowledged"
    assert post_json(base + "/unack", {})[0] == 200
    assert daemon.api(f"incidents/{key}")["state"] == "firing"
    assert post_json(base + "/resolve", {"by": "ada"})[0] == 200
    assert daemon.api(f"incidents/{key}")["state"] == "resolved"
    assert daemon.send(fire)[0]["reason"] == "closed_by_hand"
    assert post_json(base + "/resolve", {})[0] == 400


def test_bad_questions_are_400_and_unknown_keys_404(daemon):
    for path in ("incidents?limit=0", "incidents?state=odd", "incidents?matcher=%3D", "noise?since=week", "noise?by=x"):
        assert get_json(f"{daemon.url}/api/v1/{path}")[0] == 400, path
    assert get_json(f"{daemon.url}/api/v1/incidents/{'0' * 32}")[0] == 404
    assert post_json(f"{daemon.url}/api/v1/incidents/{'0' * 32}/ack", {})[0] == 404
    key = daemon.send(body(alert("Down")))[0]["key"]
    assert post_json(f"{daemon.url}/api/v1/incidents/{key}/ack", b"[]")[0] == 400


def test_the_list_filters_and_pages(daemon):
    daemon.send(body(*(alert("Down", n=f"{i:02}", half="low" if i < 10 else "high") for i in range(20))))
    assert len(daemon.api("incidents?matcher=half%3D%22low%22")["incidents"]) == 10
    assert len(daemon.api("incidents?owner=crew")["incidents"]) == 20
    assert daemon.api("incidents?owner=nobody")["incidents"] == []
    seen, cursor = [], ""
    for _ in range(10):
        page = daemon.api(f"incidents?limit=6&cursor={cursor}")
        seen += [i["key"] for i in page["incidents"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 20


def test_a_proxy_or_a_web_page_may_not_operate(daemon):
    """Both come from a loopback address, and both ask for somebody else."""
    for headers in ({"X-Forwarded-For": "203.0.113.7"}, {"Origin": "http://evil.test"},
                    {"Host": "evil.test", "Origin": "http://evil.test"}):
        status, reply = post_json(daemon.url + "/-/reload", b"", headers)
        assert (headers, status, reply["errorType"]) == (headers, 403, "unauthorized")
    assert post_json(daemon.url + "/-/reload", b"", {"Origin": daemon.url})[0] == 200


def test_metrics_begin_at_zero(daemon):
    assert daemon.metric("alerts_decided_total", verdict="page", reason="new") == 0
    assert daemon.metric("webhook_requests_total", code="503") == 0
    assert daemon.metric("store_up", store="sqlite") == 1 and daemon.metric("store_durable") == 1
    assert daemon.metric("http_connections") >= 1
    assert daemon.sum("build_info") == 1


def test_usage_errors_exit_2(local_house):
    for args in (["--no.such.flag"], ["word"], ["--log.level=loud"], ["--strict=yes"]):
        d = Runbookd(local_house(), args).launch()
        assert (args, d.process.wait(20)) == (args, 2)
        assert "error: " in d.process.log()


def test_check_says_what_is_wrong_and_starts_nothing(local_house):
    h = local_house()
    d = Runbookd(h, ["--check"]).launch()
    assert d.process.wait(20) == 0 and "Listening on" not in d.process.log()
    h.rules("rules: [{name: x, matchers: ['a=~\"(\"']}]")
    d = Runbookd(h, ["--check"]).launch()
    assert d.process.wait(20) == 1
    assert "10-test.yml:1:" in d.process.log() and ": error: " in d.process.log()


def test_an_address_in_use_is_an_error_of_one_line(local_house, start):
    d = start(local_house(name="first"))
    other = Runbookd(local_house(name="second")).launch(listen=d.url.split("//")[1])
    assert other.process.wait(20) == 1
    assert "Cannot listen" in other.process.log()


def test_a_database_has_one_owner(local_house, start):
    h = local_house()
    start(h)
    other = Runbookd(h).launch()
    assert other.process.wait(20) == 1
    assert "The store cannot be opened" in other.process.log()


def test_the_noise_report_counts_what_was_decided(daemon):
    fire = body(alert("Loud", starts=now() - 60))
    for _ in range(5):
        daemon.send(fire)
    row = wait_until(lambda: [r for r in daemon.api("noise")["rows"] if r["pages"]], 30, "the page is counted")[0]
    assert row["name"] == "Loud" and row["received"] == 5 and row["pages"] == row["decided"] == 1
    assert row["deduplicated"]["repeat"] == 4

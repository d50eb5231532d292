"""runbookctl check --alertmanager.config: each thing in it that hurts a router behind it is found, with its line, and nothing else."""

import re

import pytest

from harness import Ctl

GOOD = """
route:
  receiver: router
  group_by: [alertname]
  group_interval: 1m
  repeat_interval: 1h
  routes:
    - {matchers: ['team="web"'], receiver: chat}
    - {matchers: ['alertname="Watchdog"'], group_interval: 30s, repeat_interval: 1m}
receivers:
  - {name: chat, slack_configs: [{channel: x}]}
  - name: router
    webhook_configs:
      - url: http://router.example.com:9195/api/v1/webhook
        send_resolved: true
        max_alerts: 0
"""
RULES = """
rules:
  - name: beats
    matchers: ['alertname="Watchdog"']
    heartbeat: {every: 5m}
"""


def checked(local_house, tmp_path, text, *, fails=False, **over):
    house = local_house(rules=RULES, dedup={"late_grace": "5m30s", **over.pop("dedup", {})}, **over)
    file = tmp_path / "alertmanager.yml"
    file.write_text(text)
    ctl = Ctl(house, folder=tmp_path)
    document = ctl.json("check", f"--alertmanager.config={file}", status=1 if fails else 0)
    found = [re.match(r".*alertmanager\.yml:(\d+):\d+: (error|warning): (.*)", line) for line in document["errors"] + document["warnings"]]
    assert document["ok"] == (not document["errors"])
    return [(int(m[1]), m[2], m[3]) for m in found if m]


def test_nothing_is_found_where_nothing_hurts(local_house, tmp_path):
    assert checked(local_house, tmp_path, GOOD) == []


@pytest.mark.parametrize("old, new, mark, level, words", [
    ("send_resolved: true", "send_resolved: false", "send_resolved: false", "error", "ever be resolved"),
    ("max_alerts: 0", "max_alerts: 100", "max_alerts: 100", "warning", "cut off is never seen"),
    ("/api/v1/webhook\n", "/webhook\n", "- {name: chat", "error", "no receiver posts to /api/v1/webhook"),
    ("group_interval: 1m\n", "group_interval: 10m\n", "receiver: router", "warning", "dedup.late_grace here (5m30s) must be longer"),
    ("repeat_interval: 1h", "repeat_interval: 12h", "receiver: router", "warning", "it repeats every 12h"),
    ("repeat_interval: 1h", "repeat_interval: 30d", "receiver: router", "error", "would end what still fires"),
    ("group_interval: 30s, repeat_interval: 1m", "repeat_interval: 10m", "Watchdog", "error", 'waits for comes every 10m'),
    ("/api/v1/webhook\n", "/api/v1/webhook/\n", "url: http", "error", "must end in /api/v1/webhook, without a slash"),
    ("/api/v1/webhook\n", "/api/v1/webhook/main/\n", "url: http", "error", "must end in /api/v1/webhook/main, without a slash"),
    ("/api/v1/webhook\n", "/api/v1/webhook/main/more?a=b\n", "url: http", "error", "must end in /api/v1/webhook/main, without a slash"),
    ("repeat_interval: 1h\n", "repeat_interval: 1h\n  group_wait: 20m\n", "receiver: router", "warning", "group_wait is 20m"),
    ("receiver: chat}", "mute_time_intervals: [nights]}", "team=", "warning", "mute_time_intervals: outside of its hours"),
    ("receiver: chat}", "active_time_intervals: [days]}", "team=", "warning", "active_time_intervals: outside of its hours"),
    ("repeat_interval: 1m}", "repeat_interval: 1m, mute_time_intervals: [nights]}", "Watchdog", "error", "no mute_time_intervals for it"),
    ("repeat_interval: 1m}", "repeat_interval: 1m, active_time_intervals: [days]}", "Watchdog", "error", "no active_time_intervals for it"),
    ("receivers:\n", "inhibit_rules:\n  - {source_matchers: [a=b], target_matchers: ['alertname=\"Watchdog\"']}\nreceivers:\n", "source_", "warning", "while what inhibits fires"),
    ("receivers:\n", "inhibit_rules:\n  - {source_match: {a: b}, target_match: {alertname: Watchdog}, equal: [cluster]}\nreceivers:\n", "source_", "warning", "holds back"),
    ("receivers:\n", "inhibit_rules:\n  - {source_match: {a: b}, target_match_re: {alertname: Watch.*}}\nreceivers:\n", "source_", "warning", "holds back"),
    ("group_interval: 30s, repeat_interval: 1m", "receiver: chat", "receiver: router", "error", "is not sent here"),
])
def test_what_hurts_is_found_with_its_line(old, new, mark, level, words, local_house, tmp_path):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    line = next(n for n, l in enumerate(text.splitlines(), 1) if mark in l)
    found = checked(local_house, tmp_path, text, fails=level == "error")
    assert any(f[0] == line and f[1] == level and words in f[2] for f in found), (line, found)


@pytest.mark.parametrize("old, new", [
    ("/api/v1/webhook\n", "/api/v1/webhook?a=b/\n"),
    ("/api/v1/webhook\n", "/api/v1/webhook/main?a=b\n"),
    ("repeat_interval: 1h\n", "repeat_interval: 1h\n  group_wait: 5m\n"),
    ("receiver: chat}", "receiver: chat, group_wait: 20m, mute_time_intervals: [nights]}"),
    ("receivers:\n", "inhibit_rules:\n  - {source_matchers: [a=b], target_matchers: ['severity=\"info\"']}\nreceivers:\n"),
    ("receivers:\n", "inhibit_rules:\n  - {source_matchers: [severity=critical], target_matchers: [severity!=critical], equal: [alertname]}\nreceivers:\n"),
])
def test_what_is_near_it_and_hurts_nothing_is_silent(old, new, local_house, tmp_path):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD and checked(local_house, tmp_path, text) == []


def test_a_token_that_is_not_sent_is_an_error(local_house, tmp_path):
    (tmp_path / "token").write_text("abc\n")
    webhook = {"auth": {"bearer_tokens_file": str(tmp_path / "token")}}
    assert any("asks for a token" in f[2] for f in checked(local_house, tmp_path, GOOD, fails=True, webhook=webhook))
    sent = GOOD.replace("max_alerts: 0", "http_config: {authorization: {credentials: abc}}")
    assert checked(local_house, tmp_path, sent, webhook=webhook, name="b") == []


def test_a_source_that_is_not_configured_is_a_warning_where_others_are(local_house, tmp_path):
    text = GOOD.replace("/api/v1/webhook\n", "/api/v1/webhook/eu1\n")
    assert checked(local_house, tmp_path, text) == [], "any name will do where no source needs anything"
    found = checked(local_house, tmp_path, text, name="b", sources=[{"name": "us1", "labels": {"cluster": "us1"}}])
    assert [f[1] for f in found] == ["warning"] and 'none called "eu1"' in found[0][2]


def test_a_url_in_a_file_is_not_taken_for_missing(local_house, tmp_path):
    found = checked(local_house, tmp_path, GOOD.replace("url: http://router.example.com:9195/api/v1/webhook", "url_file: /etc/url"))
    assert [f[1] for f in found] == ["warning"] and "was not looked at" in found[0][2]


BESIDE = """
route:
  receiver: pager
  group_interval: 1m
  repeat_interval: 1h
  routes:
    - {receiver: router, continue: true, group_interval: 30s, repeat_interval: 1m}
    - {matchers: ['team="web"'], receiver: chat}
"""


def test_a_route_beside_the_default_that_takes_it_away_is_a_warning(local_house, tmp_path):
    """A route that matches keeps an alert from the root's receiver, also where it continues."""
    text = BESIDE + GOOD[GOOD.index("receivers:"):] + "  - {name: pager, pagerduty_configs: [{routing_key: x}]}\n"
    found = checked(local_house, tmp_path, text)
    assert len(found) == 1 and found[0][0] == 7 and 'is told to "pager" no more' in found[0][2]
    kept = text.replace("receivers:\n", "    - {receiver: pager}\nreceivers:\n", 1)
    assert checked(local_house, tmp_path, kept, name="b") == []

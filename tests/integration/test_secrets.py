"""Secrets show nowhere: not where receivers are listed, not in what fails, not in what a provider repeats."""

import glob
import os
import re

import pytest

from harness import Ctl, alert, body, call, post_json, wait_until
from harness.process import free_port
from harness.providers import KINDS, SECRET, Provider, Webhook

RULES = [{"name": "all", "matchers": ['alertname!=""'], "group_by": ["..."]}]


def receivers_of(providers, closed):
    """Every kind; and those whose secrets are no field of their own, or whose provider cannot be reached."""
    nobody = f"http://127.0.0.1:{closed}"
    named = [p.receiver(type(p.kind).__name__) for p in providers]
    next(r["slack"] for r in named if "slack" in r)["signing_secret"] = SECRET
    next(r["pagerduty"] for r in named if "pagerduty" in r)["webhook_secret"] = SECRET
    return named + [
        {"name": "headers", "webhook": {"url": nobody, "headers": {"X-Token": SECRET}, "hmac_secret": SECRET}},
        {"name": "user", "webhook": {"url": f"http://ana:a@{SECRET}@127.0.0.1:{closed}/x"}},
        {"name": "proxy", "webhook": {"url": "http://pager.invalid/x"}, "allow_http": True,
         "proxy_url": f"http://ana:{SECRET}@127.0.0.1:{closed}"},
        {"name": "path", "discord": {"webhook_url": f"{nobody}/api/webhooks/1/{SECRET}"}},
        {"name": "token", "telegram": {"bot_token": f"7:{SECRET}", "chat_id": "7", "api_url": nobody}},
        {"name": "mail", "email": {"to": "crew@example.com", "from": "runbookd@example.com", "require_tls": False,
                                   "smarthost": f"127.0.0.1:{closed}", "auth_username": "ana", "auth_password": SECRET}}]


def answers(d, key):
    """(where, what) for whatever the daemon answers to a reader."""
    routes = re.findall(r"^GET +(/\S*)", call(f"{d.url}/api/v1/")[2].decode(), re.M)
    assert len(routes) > 20
    for path in [r.replace("/incidents/*", f"/incidents/{key}") for r in routes if not r.endswith("/events")]:
        if "*" not in path:
            yield path, call(d.url + path)[2]
    for path in ("/api/v1/why?matcher=alertname%3D%22Down%22&since=1h", "/?state=dead", "/api/v1/incidents?state=dead"):
        yield path, call(d.url + path)[2]


def files(folder):
    """What is kept: the log of decisions, and the store."""
    for path in glob.glob(f"{folder}/**", recursive=True):
        if os.path.isfile(path) and not path.endswith("runbookd.yml"):
            with open(path, "rb") as f:
                yield path, f.read()


def commands(ctl, key):
    for words in (["check"], ["receivers"], ["receivers", "-o", "json"], ["status", "-o", "json"], ["incidents", "show", key],
                  ["incidents", "--dead"], ["why", 'alertname="Down"'], ["postmortem", key]):
        out = ctl.run(*words, status=None)
        yield " ".join(words), (out + ctl.errors).encode()


@pytest.mark.parametrize("refusal", [
    (400, {"message": f"no: {SECRET}", "error": SECRET, "description": SECRET, "errors": [SECRET], "errmsg": SECRET, "errcode": 1}),
    (503, SECRET), (200, f"<html>{SECRET}</html>"), (302, SECRET)], ids=lambda r: str(r[0]))
def test_no_secret_shows_anywhere(local_house, start, refusal):
    providers = [Provider(kind) for kind in KINDS]
    for p in providers:
        p.refuse = refusal
    receivers = receivers_of(providers, free_port())
    house = local_house(RULES, receivers=receivers, defaults={"receivers": [r["name"] for r in receivers]},
                        ack={"secret": SECRET}, journal={"path": "journal"}, delivery={"fallback_after": "1h"})
    d = start(house, expected_errors=["dead letter"])
    try:
        key = d.send(body(alert("Down")))[0]["key"]
        assert post_json(f"{d.url}/api/v1/receivers/test", {"receiver": "headers"})[0]  # whatever it says
        wait_until(lambda: all(p.requests for p in providers), 30, "each was asked")

        def tried():
            told = d.api(f"incidents/{key}")["deliveries"]
            return len(told) == len(receivers) and all(x["last_error"] or x["told"] != "nothing" for x in told)

        wait_until(tried, 30, "each attempt is on record")
        assert SECRET not in d.process.log()
        for where, what in [*answers(d, key), *commands(Ctl(house, d), key), *files(house.folder)]:
            assert SECRET.encode() not in what, where
    finally:
        for p in providers:
            p.stop()


@pytest.mark.parametrize("written", [
    {"discord": {"webhook_url": f"ftp://example.com/{SECRET}"}}, {"discord": {"webhook_url": f"https://exa mple.com/{SECRET}"}},
    {"slack": {"api_url": f"http://hooks.example.com/{SECRET}"}}, {"slack": {"api_url": [SECRET]}},
    {"pagerduty": {"routing_key": {"a": SECRET}}}, {"pushover": {"token": SECRET}},
    {"telegram": {"bot_token": SECRET, "chat_id": []}}, {"webhook": {"url": "https://a.example.com", "headers": {"X y": SECRET}}},
    {"webhook": {"url": "https://a.example.com", "headers": {"X": f"{SECRET}\r\nY: z"}}},
    {"ntfy": {"topic": "t"}, "proxy_url": f"socks9://ana:{SECRET}@example.com"}], ids=lambda w: str(next(iter(w))))
def test_what_check_refuses_is_not_repeated(local_house, written):
    ctl = Ctl(local_house(receivers=[{"name": "oncall", **written}]))
    out = ctl.run("check", status=1) + ctl.errors
    assert "receivers" in out or "runbookd.yml" in out
    assert SECRET not in out

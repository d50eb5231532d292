"""Secrets show nowhere: not where receivers are listed, not in what fails, not in what a provider repeats."""

import glob
import json
import os
import re
import sys
from urllib.parse import quote

import pytest

import harness.providers
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


def everywhere(s):
    """JSON with the secret in each member that some kind looks for its reason in."""
    return 400, {**dict.fromkeys(("message", "error", "description", "errmsg", "reason", "detail"), f"no key {s}!"),
                 "errors": [f"no: {s}", s], "errorMessages": [f"<{s}>"], "errcode": 1}


def within(s):
    return 403, f"Cannot POST /x/{s}/{quote(s, safe='')}: no key {json.dumps(s)} ({s.upper()})\n{s}"


REFUSALS = {"json": everywhere, "text": within, "503": lambda s: (503, s), "page": lambda s: (200, f"<html>{s}</html>"),
            "302": lambda s: (302, s)}
SHAPES = {"letters": SECRET, "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e", "short": "hunt-2!x",
          "base64url": "Kx-3_a9Zq-7_b", "hex": "de-ad-be-ef-00-11-22"}


@pytest.mark.parametrize("shape, refusal", [(s, r) for s in SHAPES for r in REFUSALS if s == "letters" or r in ("json", "text")])
def test_no_secret_shows_anywhere(local_house, start, monkeypatch, shape, refusal):
    secret = SHAPES[shape]
    for module in (harness.providers, sys.modules[__name__]):
        monkeypatch.setattr(module, "SECRET", secret)
    providers = [Provider(kind) for kind in KINDS]
    for p in providers:
        p.refuse = REFUSALS[refusal](secret)
    receivers = receivers_of(providers, free_port())
    house = local_house(RULES, receivers=receivers, defaults={"receivers": [r["name"] for r in receivers]},
                        ack={"secret": SHAPES["letters"]}, journal={"path": "journal"}, delivery={"fallback_after": "1h"})
    d = start(house, expected_errors=["dead letter"])
    try:
        key = d.send(body(alert("Down")))[0]["key"]
        assert post_json(f"{d.url}/api/v1/receivers/test", {"receiver": "headers"})[0]  # whatever it says
        wait_until(lambda: all(p.requests for p in providers), 30, "each was asked")

        def tried():
            told = d.api(f"incidents/{key}")["deliveries"]
            return len(told) == len(receivers) and all(x["last_error"] or x["told"] != "nothing" for x in told)

        wait_until(tried, 30, "each attempt is on record")
        assert not re.search(re.escape(secret), d.process.log(), re.I)
        for where, what in [*answers(d, key), *commands(Ctl(house, d), key), *files(house.folder)]:
            assert not re.search(re.escape(secret.encode()), what, re.I), where
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

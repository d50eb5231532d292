"""What people do at their provider comes back: signed, once, about the page that is in force, and told to all but the provider itself."""

import hashlib
import hmac
import json
import signal
import time
import urllib.parse

import pytest

from harness import alert, body, call, now, post_json, wait_until
from harness.providers import GoAlert, Opsgenie, PagerDuty, Provider, Slack, SlackBot, Webhook, need

WORD = "t0ken-of-an-invented-webhook"
OTHER = "the-secret-before-that-one"


def sign(secret, text):
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def iso(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


class Caller:
    """One provider's way to call back. events: ours -> its; body(event, key, by): what it sends."""

    def __init__(self, house, start, kind, secrets, more=(), **over):
        self.provider, self.other = Provider(kind), Provider(Webhook)
        settings = self.provider.receiver()
        settings[self.name].update(secrets)
        settings[self.name].update(more)
        self.house = house(rules=[{"name": "all", "matchers": ['alertname=~".+"'], "group_by": ["..."], "severity": "P1"}],
                           receivers=[settings, self.other.receiver("archive")], defaults={"receivers": ["oncall", "archive"]}, **over)
        self.daemon = start(self.house)

    def fire(self, status="firing", starts=None, **labels):
        key = self.daemon.send(body(alert("PumpStopped", status=status, starts=starts, **labels)))[0]["key"]
        wait_until(lambda: self.told(key) >= {("oncall", "firing" if status == "firing" else "resolved")}, 20, "it is told")
        return key

    def told(self, key):
        return {(x["receiver"], x["told"]) for x in self.daemon.api(f"incidents/{key}")["deliveries"]}

    def state(self, key):
        i = self.daemon.api(f"incidents/{key}")
        return i["state"], (i["acknowledged"] or {}).get("by")

    def timeline(self, key):
        return [e["detail"] for e in self.daemon.api(f"incidents/{key}")["timeline"]]

    def post(self, data, headers, query=""):
        """(status, outcome)"""
        status, _, reply = call(f"{self.daemon.url}/api/v1/callbacks/{self.name}{query}", "POST", data, headers)
        reply = json.loads(reply) if reply else {}
        return status, reply.get("data", {}).get("outcome") or reply.get("error")

    def outcomes(self):
        return {dict(l)["outcome"]: n for (name, l), n in self.daemon.metrics().items()
                if name == "callbacks_total" and n and dict(l)["provider"] == self.name}

    def stop(self):
        self.provider.stop()
        self.other.stop()
        assert not self.provider.problems + self.other.problems


class PagerDutyCaller(Caller):
    name = "pagerduty"
    count = 0

    def __init__(self, house, start, more=(), **over):
        super().__init__(house, start, PagerDuty, {"webhook_secret_file": "webhook.secret"}, more, **over)

    def event(self, what, key, by="Ana Mori", at=None, agent="user_reference", **data):
        PagerDutyCaller.count += 1
        return {"event": {"id": f"e{self.count}", "event_type": f"incident.{what}", "resource_type": "incident",
                          "occurred_at": iso(at or now()), "client": None,
                          "agent": agent and {"id": "PX", "type": agent, "summary": by},
                          "data": {"id": "Q1", "type": "incident", "incident_key": key, **data}}}

    def send(self, event, secrets=(WORD,)):
        data = json.dumps(event).encode()
        return self.post(data, {"X-PagerDuty-Signature": ",".join("v1=" + sign(s, data) for s in secrets),
                                "X-Webhook-Id": event["event"]["id"]})


@pytest.fixture
def calling(local_house, start):
    running = []

    def make(kind, *args, **more):
        def house(**over):
            made = local_house(name=f"h{len(running)}", **over)
            made.write("webhook.secret", f"{WORD}\n{OTHER}\n")
            return made
        running.append(kind(house, start, *args, **more))
        return running[-1]

    yield make
    for one in running:
        one.stop()


def test_pagerduty_acknowledges_and_the_others_are_told(calling):
    c = calling(PagerDutyCaller)
    key = c.fire()
    assert c.send(c.event("triggered", key, agent="events_api_v2_inbound_integration_reference")) == (200, "ignored")
    assert c.send(c.event("acknowledged", key)) == (200, "acknowledged")
    assert c.state(key) == ("acknowledged", "Ana Mori")
    wait_until(lambda: c.told(key) == {("oncall", "acknowledged"), ("archive", "acknowledged")}, 20, "both have it")
    assert c.provider.events() == ["trigger"], "PagerDuty is told what it has told us"
    assert c.other.events() == ["trigger", "acknowledge"]
    assert c.send(c.event("unacknowledged", key, agent="service_reference")) == (200, "unacknowledged")
    assert c.state(key) == ("firing", None)
    wait_until(lambda: c.other.events()[-1] != "acknowledge", 20, "the others hear that it is open again")
    assert c.send(c.event("resolved", key)) == (200, "resolved")
    assert c.state(key)[0] == "resolved"
    wait_until(lambda: c.other.events()[-1] == "resolve", 20, "the others hear of the end")
    assert c.provider.events() == ["trigger"]


def test_notes_and_who_was_asked_are_in_the_timeline(calling):
    c = calling(PagerDutyCaller)
    key = c.fire()
    c.send(c.event("triggered", key))
    for event, said in ((c.event("reassigned", key, assignees=[{"summary": "Ben Ito"}]), "Ana Mori: reassigned to Ben Ito"),
                        (c.event("priority_updated", key, priority={"summary": "P0"}), "Ana Mori: priority set to P0"),
                        (c.event("annotated", None, incident={"id": "Q1"}, content="it is the <pump>"), "Ana Mori: it is the <pump>")):
        if not event["event"]["data"]["incident_key"]:
            del event["event"]["data"]["incident_key"]
        assert c.send(event) == (200, "noted")
        assert said in c.timeline(key)
    assert c.state(key) == ("firing", None)


def test_what_is_older_our_own_sent_twice_or_unknown_changes_nothing(calling):
    c = calling(PagerDutyCaller)
    starts = now() - 60
    key = c.fire(starts=starts)
    own = c.event("acknowledged", key, agent="events_api_v2_inbound_integration_reference")
    assert c.send(own) == (200, "own")
    assert c.send(c.event("custom_field_values.updated", key)) == (200, "unknown_event")
    assert c.send(c.event("acknowledged", "f" * 32)) == (200, "unknown_incident")
    assert c.send(c.event("acknowledged", "somebody else's")) == (200, "unknown_incident")
    ping = c.event("acknowledged", key)
    ping["event"].update({"event_type": "pagey.ping", "data": {"message": "Hello"}})
    assert c.send(ping) == (200, "ignored")
    assert c.state(key) == ("firing", None)
    once = c.event("acknowledged", key)
    assert c.send(once) == (200, "acknowledged")
    post_json(f"{c.daemon.url}/api/v1/incidents/{key}/unack", {"by": "ben"})
    assert c.send(once) == (200, "repeated")
    assert c.state(key) == ("firing", None), "what was sent again has acknowledged again"
    c.fire("resolved", starts)
    c.fire(starts=now())
    assert c.send(c.event("acknowledged", key)) == (200, "older_page")
    assert c.state(key) == ("firing", None)
    assert c.send(c.event("acknowledged", key + "-2")) == (200, "acknowledged")
    assert c.outcomes() == {"own": 1, "unknown_event": 1, "unknown_incident": 2, "ignored": 1, "acknowledged": 2, "repeated": 1,
                            "older_page": 1}


def test_pagerduty_must_prove_it(calling):
    c = calling(PagerDutyCaller)
    key = c.fire()
    event = c.event("acknowledged", key)
    data = json.dumps(event).encode()
    good = "v1=" + sign(WORD, data)
    bad = [{}, {"X-PagerDuty-Signature": ""}, {"X-PagerDuty-Signature": good[3:]}, {"X-PagerDuty-Signature": "v0=" + good[3:]},
           {"X-PagerDuty-Signature": good[:-1]}, {"X-PagerDuty-Signature": "v1=" + sign("x" + WORD, data)},
           {"X-PagerDuty-Signature": "v1=" + sign("", data)}, {"Authorization": f"Bearer {WORD}"}]
    assert {c.post(data, headers) for headers in bad} == {(401, "refused")}
    assert c.post(data + b" ", {"X-PagerDuty-Signature": good}) == (401, "refused")
    assert c.post(data, {}, f"?token={WORD}") == (401, "refused")
    assert c.send(c.event("acknowledged", key, at=now() - 7200)) == (403, "replayed")
    for text in (b"", b"[]", b"{}", b'{"event": 7}', b'{"event": {"event_type": "incident.acknowledged"}}', b"\xff" * 100):
        assert c.post(text, {"X-PagerDuty-Signature": "v1=" + sign(WORD, text)}) == (400, "malformed"), text
    assert c.state(key) == ("firing", None)
    assert c.send(event, ("a newer one", OTHER)) == (200, "acknowledged")
    assert c.outcomes() == {"refused": len(bad) + 2, "replayed": 1, "malformed": 6, "acknowledged": 1}
    for path in ("api/v1/receivers", "api/v1/status", f"api/v1/incidents/{key}", "metrics"):
        data = call(f"{c.daemon.url}/{path}")[2]
        assert WORD.encode() not in data and OTHER.encode() not in data, path
    assert WORD not in c.daemon.process.log() and OTHER not in c.daemon.process.log()


def test_a_large_event_is_taken_and_a_larger_one_is_not(calling):
    """PagerDuty's may have 256 KiB."""
    c = calling(PagerDutyCaller)
    key = c.fire()
    assert c.send(c.event("acknowledged", key, title="x" * 250_000)) == (200, "acknowledged")
    data = json.dumps(c.event("unacknowledged", key, title="x" * 270_000)).encode()
    try:
        status = call(f"{c.daemon.url}/api/v1/callbacks/pagerduty", "POST", data, {"X-PagerDuty-Signature": "v1=" + sign(WORD, data)})[0]
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # it was refused before the body had been sent
    assert status == 413
    assert c.state(key) == ("acknowledged", "Ana Mori")


def test_no_page_waits_for_a_callbacks_secret(calling):
    c = calling(PagerDutyCaller)
    c.daemon.expected_errors.append("Cannot read a secret that proves callbacks")
    c.house.write("webhook.secret", "")
    key = c.fire()
    assert c.send(c.event("acknowledged", key)) == (503, "unavailable")
    c.house.write("webhook.secret", WORD)
    assert c.send(c.event("acknowledged", key)) == (200, "acknowledged")


def test_a_kind_without_a_secret_takes_nothing(calling):
    c = calling(PagerDutyCaller)
    for kind in ("slack", "opsgenie", "goalert", "webhook", "x", "pagerduty/x"):
        assert call(f"{c.daemon.url}/api/v1/callbacks/{kind}", "POST", b"{}")[0] == 404
    assert call(f"{c.daemon.url}/api/v1/callbacks/pagerduty")[0] == 405


def test_a_dedup_key_of_ones_own_is_found_again(calling):
    c = calling(PagerDutyCaller, more={"dedup_key": "pump/{{labels.pump}}"})
    key, other = c.fire(pump="7"), c.fire(pump="8")
    assert {k for _, k in c.provider.kind.events} == {"pump/7", "pump/8"}
    assert c.send(c.event("acknowledged", "pump/8")) == (200, "acknowledged")
    assert c.send(c.event("acknowledged", "pump/9")) == (200, "unknown_incident")
    assert (c.state(key)[0], c.state(other)) == ("firing", ("acknowledged", "Ana Mori"))
    wait_until(lambda: ("archive", "acknowledged") in c.told(other), 20, "the others know")
    assert c.provider.events() == ["trigger"] * 2


class OpsgenieCaller(Caller):
    name = "opsgenie"

    def __init__(self, house, start, more=()):
        super().__init__(house, start, Opsgenie, {"webhook_token": WORD}, more)

    def send(self, action, alias, by="ana@example.com", source="web", headers=None, query="", **alert):
        value = {"action": action, "source": {"name": source, "type": "API"}, "integrationName": "x",
                 "alert": {"alertId": "a-1", "alias": alias, "username": by, "tinyId": "23", **alert}}
        return self.post(json.dumps(value).encode(), headers if headers is not None else {"X-Runbookd-Token": WORD}, query)


def test_opsgenie(calling):
    c = calling(OpsgenieCaller)
    key = c.fire()
    assert c.send("Create", key) == (200, "ignored")
    assert c.send("Acknowledge", key, source="runbookd") == (200, "own")
    assert c.send("Acknowledge", key) == (200, "acknowledged")
    assert c.state(key) == ("acknowledged", "ana@example.com")
    assert c.send("Acknowledge", key) == (200, "unchanged")
    assert c.send("AddNote", key, note="looking at it") == (200, "noted")
    assert "ana@example.com: looking at it" in c.timeline(key)
    assert c.send("UnAcknowledge", key) == (200, "unacknowledged")
    assert c.send("Some custom action", key) == (200, "unknown_event")
    assert c.send("Close", key) == (200, "resolved")
    wait_until(lambda: c.other.events()[-1] == "resolve", 20, "the others hear of the end")
    assert c.provider.events() == ["trigger"]
    assert c.send("Acknowledge", key) == (200, "older_page")


def test_opsgenie_and_goalert_bring_a_token(calling):
    c = calling(OpsgenieCaller)
    key = c.fire()
    for headers, query in (({}, ""), ({"X-Runbookd-Token": WORD + "x"}, ""), ({"Authorization": WORD}, ""),
                           ({}, "?token="), ({"X-Runbookd-Token": WORD[:-1]}, "?token=" + WORD[:-1])):
        assert c.send("Acknowledge", key, headers=headers, query=query) == (401, "refused")
    assert c.state(key) == ("firing", None)
    for headers, query in (({"Authorization": f"Bearer {WORD}"}, ""), ({"Authorization": f"GenieKey {WORD}"}, ""),
                           ({}, "?token=" + WORD)):
        assert c.send("AddTags", key, headers=headers, query=query) == (200, "ignored")
    assert WORD not in c.daemon.process.log()


class NumberingGoAlert(GoAlert):
    """It says the number of an alert to who asks for JSON, as GoAlert does."""

    def take(self, r):
        super().take(r)
        need(r.headers.get("Accept") == "application/json", "Accept")
        return 200, {"AlertID": 79694, "ServiceID": "s", "IsNew": True}


class GoAlertCaller(Caller):
    name = "goalert"

    def __init__(self, house, start, more=()):
        super().__init__(house, start, NumberingGoAlert, {"webhook_token": WORD}, more)

    def send(self, sentence, number=79694, type="AlertStatus"):
        value = {"AppName": "GoAlert", "Type": type, "AlertID": number, "LogEntry": sentence}
        return self.post(json.dumps(value).encode(), {"X-Webhook-Signature": "x"}, f"?token={WORD}")


def test_goalert(calling):
    c = calling(GoAlertCaller)
    key = c.fire()
    assert c.send("", type="Test") == (200, "ignored")
    assert c.send("Created via crew integration (Generic API)") == (200, "own")
    assert c.send("Acknowledged by Ana Mori via Web", number=1) == (200, "unknown_incident")
    assert c.send("Escalated to step #2 automatically after 5 minutes") == (200, "noted")
    assert c.send("Acknowledged by Ana Mori via Web") == (200, "acknowledged")
    assert c.state(key) == ("acknowledged", "Ana Mori")
    assert c.send("Something new by Ana Mori") == (200, "unknown_event")
    assert c.send("Closed by Ben Ito") == (200, "resolved")
    wait_until(lambda: c.other.events()[-1] == "resolve", 20, "the others hear of the end")
    assert c.provider.events() == ["trigger"]


class ButtonSlack(Slack):
    """The last block is a button."""

    def take(self, r):
        blocks = r.json["attachments"][0]["blocks"]
        self.buttons = getattr(self, "buttons", [])
        if blocks[-1]["type"] == "actions":
            (button,) = blocks.pop()["elements"]
            need(set(button) <= {"type", "text", "action_id", "value", "style"} and button["type"] == "button", "button")
            need(len(button["action_id"]) <= 255 and len(button["value"]) <= 2000 and len(button["text"]["text"]) <= 75, "limits")
            need(button["text"]["type"] == "plain_text" and button.get("style") in (None, "primary", "danger"), "style")
            self.buttons.append(button)
        else:
            self.buttons.append(None)
        return super().take(r)


class SlackCaller(Caller):
    name = "slack"

    def __init__(self, house, start, more=()):
        super().__init__(house, start, ButtonSlack, {"signing_secret": WORD}, more)

    def press(self, button, user={"id": "U1", "username": "ana.m", "name": "ana.m"}, at=None, secret=WORD, type="block_actions"):
        payload = {"type": type, "user": user, "response_url": "https://hooks.slack.test/x",
                   "actions": [{"type": "button", "action_id": button["action_id"], "value": button["value"]}]}
        data = urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(at or now()))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp,
                   "X-Slack-Signature": "v0=" + sign(secret, b"v0:" + stamp.encode() + b":" + data)}
        return self.post(data, headers), (data, headers)


def test_slack_has_a_button(calling):
    c = calling(SlackCaller)
    key = c.fire()
    (button,) = c.provider.kind.buttons
    assert button["text"]["text"] == "Acknowledge" and button["value"] == key
    (status, outcome), sent = c.press(button)
    assert (status, outcome) == (200, None), "Slack would take a body for a message"
    assert c.state(key) == ("acknowledged", "ana.m")
    wait_until(lambda: c.told(key) == {("oncall", "acknowledged"), ("archive", "acknowledged")}, 20, "Slack is told as well")
    take_back = c.provider.kind.buttons[-1]
    assert take_back["action_id"] != button["action_id"]
    assert c.post(*sent) == (403, "replayed"), "a second time it is somebody else"
    assert c.press(take_back, {"id": "U2"})[0] == (200, None)
    assert c.state(key) == ("firing", None)
    assert c.post(*sent) == (403, "replayed")
    assert c.state(key) == ("firing", None)


def test_slack_must_prove_it_lately(calling):
    c = calling(SlackCaller)
    key = c.fire()
    (button,) = c.provider.kind.buttons
    for over in ({"secret": OTHER}, {"at": now() - 400}, {"at": now() + 400}, {"at": -5}):
        assert c.press(button, **over)[0] == (401, "refused")
    _, (data, headers) = c.press({"action_id": "another", "value": key})
    assert c.post(data, {**headers, "X-Slack-Request-Timestamp": str(int(now()) - 1)}) == (401, "refused")
    assert c.press(button, type="view_submission")[0] == (200, None)
    assert c.state(key) == ("firing", None)
    assert c.outcomes() == {"refused": 5, "unknown_event": 2}


def test_pagerduty_is_answered_before_it_gives_up(calling, redis):
    """While Redis hangs: a 503, so that PagerDuty sends it again, and then it is done once."""
    c = calling(PagerDutyCaller, store={"on_redis_failure": "reject", "redis": {"address": redis.address, "timeout": "60s"}})
    c.daemon.expected_errors.append("redis")
    key = c.fire()
    event = c.event("acknowledged", key)
    redis.process.send(signal.SIGSTOP)
    try:
        assert c.send(event) == (503, "unavailable")
    finally:
        redis.process.send(signal.SIGCONT)
    wait_until(lambda: c.state(key) == ("acknowledged", "Ana Mori"), 20, "what was on its way is done")
    wait_until(lambda: c.send(event)[1] in ("repeated", "unchanged"), 20, "and is not done twice")

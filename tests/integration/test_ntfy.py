"""ntfy for real: what its subscribers are shown, and what it refuses."""

import pytest

from harness import alert, body, now, post_json, wait_until
from harness.ntfy import Ntfy, available

pytestmark = pytest.mark.skipif(not available(), reason="no ntfy was unpacked")
CREW = [{"name": "crew", "matchers": ['alertname=~".+"'], "severity": "P1", "owner": "crew", "group_by": ["alertname"],
         "runbook": "https://wiki.test/pumps?part=1,2;3"}]
QUICK = {"repeat_interval": "1s", "flap": {"changes": 0}}


@pytest.fixture
def ntfy(tmp_path):
    server = Ntfy(str(tmp_path / "ntfy"))
    yield server.start()
    server.stop()


@pytest.fixture
def closed(tmp_path):
    server = Ntfy(str(tmp_path / "ntfy"), **{"auth-default-access": "deny-all"})
    yield server.start()
    server.stop()


def receiver(ntfy, **over):
    """A field that is None is left out."""
    fields = {"url": ntfy.url, "topic": "crew", "token": ntfy.token, **over}
    return {"name": "oncall", "ntfy": {name: value for name, value in fields.items() if value is not None}}


def pumps(status="firing", starts=None, description="", which=range(3)):
    return [alert("PumpStopped", status=status, starts=starts, pump=f"pump-{i}",
                  annotations={"summary": "two pumps 😀 שלום", "description": description}) for i in which]


def test_from_the_page_to_its_end(local_house, start, ntfy):
    d = start(local_house(rules=CREW, receivers=[receiver(ntfy)], dedup=QUICK, external_url="https://pages.test"))
    starts = now() - 60
    key = d.send(body(*pumps(starts=starts)))[0]["key"]
    wait_until(lambda: ntfy.messages("crew"), 20, "the page")

    def reminded():
        d.send(body(*pumps(starts=starts)))
        return any("Still firing" in m["message"] for m in ntfy.messages("crew"))

    wait_until(reminded, 20, "the reminder")
    post_json(f"{d.url}/api/v1/incidents/{key}/ack", {"by": "ana", "note": "on it"})
    wait_until(lambda: "Acknowledged by ana: on it" in ntfy.messages("crew")[-1]["message"], 20, "the acknowledgement")
    d.send(body(*pumps("resolved", starts)))
    wait_until(lambda: "Resolved" in ntfy.messages("crew")[-1]["message"], 20, "the end")
    page, *_, ack, end = ntfy.messages("crew")
    assert page["title"] == "[P1] PumpStopped: two pumps 😀 שלום (3 firing)"
    assert [f"- pump-{i}" in page["message"] for i in range(3)] == [True] * 3
    assert page["priority"] == 4 and ack["priority"] == 2 and page["tags"] == ["rotating_light"]
    links = {a["label"]: a["url"] for a in page["actions"]}
    assert len(links) == 3 and links["Runbook"] == "https://wiki.test/pumps?part=1,2;3"
    assert page["click"].startswith("https://pages.test/") and end["tags"] == ["white_check_mark"]


# JSON doubles quotes and backslashes: it is the whole request that ntfy measures.
@pytest.mark.parametrize("piece", ['"', "\\", "x", "😀", "ש", "\r\n.\r\n", "@channel <b>&amp;</b> *_`"], ids=ascii)
def test_whatever_an_alert_says_is_a_message_and_no_attachment(local_house, start, ntfy, piece):
    long = "https://prometheus.test/graph?g0.expr=" + "%22" * 1000
    d = start(local_house(rules=CREW, receivers=[receiver(ntfy)], external_url="https://pages.test"))
    alerts = pumps(description=piece * 6000)
    for a in alerts:
        a["generatorURL"], a["labels"]["hostile"] = long, piece * 300
    d.send(body(*alerts))
    page = wait_until(lambda: ntfy.messages("crew"), 20, "the page")[0]
    assert "attachment" not in page and page["title"].startswith("[P1] PumpStopped: two pumps")
    assert "Firing (3)" in page["message"] or page["message"].endswith("…")
    assert len(page["message"].encode()) <= 4096


@pytest.mark.parametrize("over, why", [({"token": "tk_" + "w" * 29}, "401"), ({"topic": "closed", "token": None}, "403")])
def test_a_wrong_token_is_a_dead_letter_with_ntfys_word(local_house, start, closed, over, why):
    d = start(local_house(rules=CREW, receivers=[receiver(closed, **over)]), expected_errors=["dead letter"])
    d.send(body(*pumps()))
    dead = wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
    error = dead[0]["deliveries"][0]["last_error"]
    assert why in error and ("unauthorized" in error or "forbidden" in error), error


def test_more_than_ntfy_takes_is_tried_again(local_house, start, tmp_path):
    strict = {"visitor-request-limit-exempt-hosts": "", "visitor-request-limit-burst": 3, "visitor-request-limit-replenish": "1s"}
    ntfy = Ntfy(str(tmp_path / "strict"), **strict).start()
    try:
        anonymous = receiver(ntfy, token=None)
        ntfy.run("access", "everyone", "crew", "rw")
        d = start(local_house(rules=[{**CREW[0], "group_by": ["..."]}], receivers=[anonymous]))
        d.send(body(*pumps(which=range(6))))
        wait_until(lambda: d.metric("deliveries_total", receiver="oncall", outcome="delivered") == 6, 60, "all of them")
        assert d.metric("deliveries_total", receiver="oncall", outcome="retry") >= 1
        assert len(wait_until(lambda: ntfy.messages("crew"), 20)) == 6
    finally:
        ntfy.stop()

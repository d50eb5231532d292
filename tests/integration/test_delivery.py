"""A provider that misbehaves."""

from urllib.parse import unquote

from harness import Ctl, Reply, alert, body, call, now, post_json, wait_until

NAMES = ("a", "b", "c", "d", "e")


def test_an_outage_delays_pages_and_pages_nothing_that_is_over(house, start, recorder):
    """503 for a while, then 429 with Retry-After, then 202: all that still fires arrives, nothing else does."""
    recorder.answer = lambda request: Reply(status=503)
    d = start(house())
    starts = now() - 60
    # groups of their own: a whole body of one group that lists nobody else would end the others after late_grace
    keys = {n: d.send(body(alert("Down", starts=starts, name=n), group={"name": n}))[0]["key"] for n in NAMES}
    wait_until(lambda: len(recorder.all()) >= 3, 20, "attempts")
    recorder.answer = lambda request: Reply(status=429, headers={"Retry-After": "1"})
    for n in ("a", "b"):
        assert d.send(body(alert("Down", status="resolved", starts=starts, name=n), group={"name": n}))[0]["verdict"] == "resolve"
    wait_until(lambda: any(r.status == 429 for r in recorder.all()), 40, "a 429")
    recorder.answer = lambda request: Reply()
    late = {keys[n] for n in ("c", "d", "e")}
    wait_until(lambda: set(recorder.keys()) == late, 60, "the pages that still matter")
    for n in ("c", "d", "e"):
        d.send(body(alert("Down", status="resolved", starts=starts, name=n), group={"name": n}))
    wait_until(lambda: set(recorder.keys("resolve")) >= late, 60, "their resolves")
    assert not {keys["a"], keys["b"]} & set(recorder.keys())
    for key in late:
        assert [r.action for r in recorder.all(key=key, accepted=True)] == ["trigger", "resolve"]


def test_retry_after_is_respected(house, start, recorder):
    replies = [Reply(status=429, headers={"Retry-After": "2"})]
    recorder.answer = lambda request: replies.pop() if replies else Reply()
    d = start(house())
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 20, "the page")
    first, second = recorder.all()
    assert second.at - first.at >= 1.9


def test_an_unknown_outcome_is_repeated_under_the_same_key(house, start, recorder):
    """502: the provider may have taken it."""
    replies = [Reply(status=502)]
    recorder.answer = lambda request: replies.pop() if replies else Reply()
    d = start(house())
    key = d.send(body(alert("Down")))[0]["key"]
    wait_until(recorder.triggers, 30, "the page")
    assert {r.key for r in recorder.all()} == {key}


def test_a_rejected_page_is_a_dead_letter_that_can_be_retried(house, start, recorder):
    recorder.answer = lambda request: Reply(status=400, body=b'{"status":"invalid event"}')
    d = start(house(), expected_errors=["dead letter"])
    key = d.send(body(alert("Down")))[0]["key"]
    dead = wait_until(lambda: d.api("incidents?state=dead")["incidents"], 20, "the dead letter")
    assert dead[0]["key"] == key and dead[0]["deliveries"][0]["dead"] is True
    recorder.answer = lambda request: Reply()
    status, reply = post_json(f"{d.url}/api/v1/incidents/{key}/retry", {"by": "ada"})
    assert status == 200, reply
    wait_until(lambda: recorder.keys() == [key], 20, "the page")


def test_a_failing_receiver_falls_back(house, start, recorder):
    """Both are the recorder; the first one's path is refused."""
    recorder.answer = lambda request: Reply(status=400 if request.path == "/broken" else 202)
    broken = recorder.url.rsplit("/v2", 1)[0] + "/broken"
    d = start(house(defaults={"receivers": ["broken"]}, receivers=[
        {"name": "broken", "pagerduty": {"routing_key": "R0UTE", "url": broken}, "fallback": "other"},
        {"name": "other", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url}}]),
        expected_errors=["dead letter"])
    d.send(body(alert("Down")))
    page = wait_until(recorder.triggers, 20, "the fallback is paged")[0]
    assert page.path == "/v2/enqueue"


def test_one_dead_receiver_does_not_delay_another(house, start, recorder):
    recorder.answer = lambda request: Reply(status=503 if request.path == "/broken" else 202)
    broken = recorder.url.rsplit("/v2", 1)[0] + "/broken"
    d = start(house(defaults={"receivers": ["broken", "fine"]}, receivers=[
        {"name": name, "pagerduty": {"routing_key": "R0UTE", "url": url}, "rate_limit": {"per_second": 0}}
        for name, url in (("broken", broken), ("fine", recorder.url))]))
    d.send(body(*(alert("Down", name=f"n{i}") for i in range(50))))
    wait_until(lambda: len(recorder.triggers()) == 50, 20, "all pages of the one that works")
    queue = wait_until(lambda: d.metric("delivery_queue", receiver="broken"), 15, "the other one's queue shows")
    assert queue == 50


def test_a_secret_shows_nowhere(house, start, recorder):
    d = start(house())
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")
    assert recorder.triggers()[0].body["routing_key"] == "R0UTE"
    for path in ("api/v1/receivers", "api/v1/status", "api/v1/incidents", "api/v1/rules", "metrics"):
        assert b"R0UTE" not in call(f"{d.url}/{path}")[2], path
    assert "R0UTE" not in d.process.log()
    assert d.api("receivers")["receivers"][0]["settings"]["routing_key"] == "<secret>"


def test_an_open_page_learns_who_has_joined_and_wakes_nobody(house, start, recorder):
    """Updates are debounced, under the same key; who does not want them gets none."""
    rules = [{"name": "together", "matchers": ['alertname=~".+"'], "group_by": []}]
    other = recorder.url.rsplit("/v2", 1)[0] + "/other"
    d = start(house(rules, defaults={"receivers": ["oncall", "still"]}, receivers=[
        {"name": "oncall", "pagerduty": {"routing_key": "R", "url": recorder.url}, "update_interval": "1s"},
        {"name": "still", "pagerduty": {"routing_key": "R", "url": other}, "update_on": "never"}]))
    starts = now() - 60
    key = d.send(body(alert("Down", starts=starts, name="a")))[0]["key"]
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the page at both")
    members = [alert("Down", starts=starts, name=n) for n in "abc"]
    assert d.send(body(*members))[1]["reason"] == "member_joined"

    def details():
        own = [r for r in recorder.triggers(key) if r.path.startswith("/v2")]
        return [r.body["payload"]["custom_details"] for r in own]
    wait_until(lambda: len(details()) == 2, 20, "the update")
    assert details()[1]["members"] == {"firing": 3, "total": 3} and sorted(details()[1]["firing"]) == ["a", "b", "c"]
    members[0]["status"] = "resolved"
    d.send(body(*members))
    wait_until(lambda: len(details()) == 3, 20, "the next one")
    assert details()[2]["members"]["firing"] == 2
    assert {r.key for r in recorder.all()} == {key}
    assert [r.action for r in recorder.all() if r.path == "/other"] == ["trigger"]

    def updates():
        return [e["detail"] for e in d.api(f"incidents/{key}")["timeline"] if "update" in (e["detail"] or "")]
    wait_until(lambda: len(updates()) == 2, 20, "both are on record")


def link(request, text):
    return next((x["href"] for x in request.body["links"] if x["text"] == text), None)


def test_a_page_leads_to_a_silence_where_it_came_from(local_house, start, recorder):
    """externalURL of whoever sent it, and the labels as that one has them; no link for what only borrows the shape."""
    d = start(local_house(sources=[{"name": "east", "labels": {"region": "east"}}]))
    url = f"{d.url}/api/v1/webhook/east"
    assert post_json(url, {**body(alert("Down", host="a")), "externalURL": "https://alerts.test/am/"})[0] == 200
    page = wait_until(recorder.triggers, 20, "the page")[0]
    base, query = link(page, "Silence").split("?filter=")
    assert base == "https://alerts.test/am/#/silences/new"
    assert set(unquote(query).strip("{}").split(",")) >= {'alertname="Down"', 'host="a"'} and "region" not in query
    other = {**body(alert("Other", host="a")), "version": "1", "externalURL": "https://grafana.test"}
    assert post_json(url, other)[0] == 200
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the other page")
    assert link(recorder.triggers()[1], "Silence") is None


def test_observing_shows(local_house, start, recorder, tmp_path):
    place = local_house(delivery={"mode": "observe"})
    d = start(place)
    ctl = Ctl(place, d, folder=tmp_path)
    key = d.send(body(alert("Down")))[0]["key"]
    assert "Nothing is sent: delivery.mode is observe" in d.process.log()
    assert d.api("status")["mode"] == "observe" and "nothing is sent" in ctl.run("status")
    assert "oncall:would tell" in ctl.run("incidents") and "would tell" in ctl.run("incidents", "show", key)
    delivery = d.api(f"incidents/{key}")["deliveries"][0]
    assert delivery["told"] == "nothing" and delivery["wants"] == "trigger"
    assert not recorder.all()

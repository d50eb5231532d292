"""More than a receiver may be sent: the gravest by themselves and first, the rest in digests."""

import os
import re

import pytest

from harness import Recorder, alert, body, wait_until
from harness.providers import GitHub, GoAlert, Jira, Opsgenie, Provider
from harness.storm import BODY, RULES, Storm, is_digest, told_of
from harness.waiting import SLACK

PAGES, GRAVEST, SECONDS, PER_SECOND, BURST = 2000, 40, 2, 20, 5
ABOVE = 50  # digest_above, as it is where nobody says so
# The whole of it, 5,000 in 10 s at 2 a second, is tests/bench/bench_storm.py.
MEBIBYTES = 16 if "ASAN_OPTIONS" not in os.environ else 500


def check_order(storm):
    """A digest may be on its way already when a graver one comes: for about as long as the machine takes for a webhook."""
    assert len(storm.gravest_told) == GRAVEST == len({r.key for r in storm.gravest_told})
    under_way = max(1, SLACK * storm.slowest)
    for digest in storm.digests:
        waiting = [r.key for r in storm.gravest_told if storm.taken[r.key] + under_way < digest.at < r.at]
        assert not waiting, "the gravest go first"


def check_pace(storm):
    """Each message is one of the rate's since the first webhook, and it is over when so many messages can be."""
    messages = len(storm.digests) + len(storm.singles)
    assert messages <= BURST + PER_SECOND * storm.empty_after + 1
    alone = GRAVEST + BURST + PER_SECOND * (storm.sent_in + SLACK * storm.slowest) + ABOVE
    assert messages <= alone + PAGES / BODY, "the rest is told of in digests"
    assert storm.spent <= storm.sent_in + SLACK * (storm.allowed_seconds() + 5)
    assert sum(map(told_of, storm.digests)) + len(storm.singles) == PAGES, "each is told once"


def check_digest(digest):
    details = digest.body["payload"]["custom_details"]["annotations"]["description"]
    assert "by rule disks, owner storage" in details and "by rule rest, owner crew" in details
    assert {"href": "https://runbookd.test/", "text": "Incident"} in digest.body["links"]


def check_records(d, storm):
    told = {r.key for r in storm.singles}
    some = d.api("incidents?severity=P3&limit=1000")["incidents"]
    key = next(x["key"] for x in some if x["key"] not in told)

    def folded():
        delivery = d.api(f"incidents/{key}")["deliveries"][0]
        return delivery["told"] == "firing" and delivery["digest"] is True

    wait_until(folded, 20, "the record says so")
    timeline = d.api(f"incidents/{key}")["timeline"]
    assert any(re.search(r"oncall: in a digest of \d+ incidents", e["detail"] or "") for e in timeline), timeline
    assert d.metric("deliveries_total", receiver="oncall", outcome="in_digest") == sum(map(told_of, storm.digests))
    messages = len(storm.digests) + len(storm.singles)
    wait_until(lambda: d.api("noise?by=receiver")["rows"][0]["pages"] == messages, 20, "each message counts once, a digest too")


def test_what_waits_for_the_rate_limit_is_told_in_digests(local_house, start, recorder):
    storm = Storm(recorder, PAGES, GRAVEST, SECONDS, PER_SECOND, BURST)
    d = start(local_house(RULES, receivers=[storm.receiver()], external_url="https://runbookd.test"))
    storm.rage(d, 120)
    assert all(is_digest(r) for r in storm.digests)
    check_order(storm)
    check_pace(storm)
    check_digest(storm.digests[0])
    check_records(d, storm)
    assert storm.peak - storm.after_intake <= MEBIBYTES, "to tell what waits takes no more memory than to have it wait"


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer keeps what is freed")
def test_ten_times_as_many_wait_in_the_same_memory(local_house, start):
    """They wait in the store: the router has caches, each with a ceiling, and a few pages at a time."""
    peak = {}
    for pages in (500, 5000):
        recorder = Recorder()
        try:
            storm = Storm(recorder, pages, 10, pages / 500, 50, 5)
            d = start(local_house(RULES, receivers=[storm.receiver()], name=f"of-{pages}"))
            peak[pages] = storm.rage(d, 120).peak
            d.finish()
        finally:
            recorder.stop()
    assert peak[5000] <= 1.5 * peak[500], peak


def test_a_digest_says_what_waits_though_an_earlier_one_is_open(local_house, start):
    """Opsgenie folds what has the alias of an open alert, and shows its old text: the digest sets it anew."""
    provider = Provider(Opsgenie)
    limited = {**provider.receiver(), "rate_limit": {"per_second": 4, "burst": 1}, "digest_above": 5}
    d = start(local_house(RULES, receivers=[limited]))
    said = []
    try:
        for part in ("a", "b"):
            known = len(said)
            d.send(body(*(alert("Slow", name=f"{part}{i}", severity="info") for i in range(60)), group={"part": part}))

            def anew():
                said[:] = [t for t in provider.kind.texts if "by rule rest, owner crew" in t]
                return provider.problems or len(said) >= known + 2

            wait_until(anew, 60, "as a new alert, and as a changed one")
            assert len(set(said[known:known + 2])) == 1
        assert not provider.problems
    finally:
        provider.stop()


class KeepingGoAlert(GoAlert):
    """What an open alert says is what it was created with, as at GoAlert."""

    def take(self, r):
        known, texts = {key for _, key in self.events}, list(self.texts)
        answer = super().take(r)
        if r.json["dedup"] in known:
            self.texts = texts
        return answer


def test_each_digest_is_seen_where_an_open_alert_keeps_its_text(local_house, start):
    provider = Provider(KeepingGoAlert)
    limited = {**provider.receiver(), "rate_limit": {"per_second": 4, "burst": 1}, "digest_above": 5}
    d = start(local_house(RULES, receivers=[limited]))
    try:
        for part in (1, 2):
            d.send(body(*(alert("Slow", name=f"{part}-{i}", severity="info") for i in range(60)), group={"part": str(part)}))
            wait_until(lambda: provider.problems or len([t for t in provider.kind.texts if "by rule rest" in t]) >= part, 60,
                       "a digest of its own")
        assert not provider.problems
    finally:
        provider.stop()


@pytest.mark.parametrize("kind", [Jira, GitHub], ids=lambda k: k.__name__)
def test_a_digest_is_a_ticket(local_house, start, kind):
    """Which takes a look for one of this hour first; the next digest is a comment."""
    provider = Provider(kind)
    limited = {**provider.receiver(), "rate_limit": {"per_second": 4, "burst": 1}, "digest_above": 5}
    d = start(local_house(RULES, receivers=[limited]))
    try:
        for part in (1, 2):
            d.send(body(*(alert("Slow", name=f"{part}-{i}", severity="info") for i in range(60)), group={"part": str(part)}))
            wait_until(lambda: provider.problems or len([t for t in provider.kind.texts if "by rule rest" in t]) >= part, 60,
                       "a digest")
        assert not provider.problems
    finally:
        provider.stop()

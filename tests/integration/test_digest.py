"""More than a receiver may be sent: the gravest by themselves and first, the rest in digests."""

import re

from harness import alert, body, wait_until

RULES = [{"name": "disks", "matchers": ['what="disk"'], "owner": "storage", "group_by": ["..."]},
         {"name": "rest", "matchers": ['alertname!=""'], "owner": "crew", "group_by": ["..."]}]
PAGES, GRAVEST, PER_SECOND, BURST = 2000, 40, 20, 5


def counted(request):
    """How many incidents a digest speaks of."""
    return int(re.search(r"(\d+) incidents", request.body["payload"]["summary"]).group(1))


def is_digest(request):
    return request.body["payload"]["class"] == "Digest"


def test_what_waits_for_the_rate_limit_is_told_in_digests(local_house, start, recorder):
    limited = {"name": "oncall", "pagerduty": {"routing_key": "R0UTE", "url": recorder.url},
               "rate_limit": {"per_second": PER_SECOND, "burst": BURST}}
    d = start(local_house(RULES, receivers=[limited], external_url="https://runbookd.test"))
    alerts = [alert("Full" if i % 2 else "Slow", name=f"n{i}", what="disk" if i % 2 else "queue",
                    severity="info" if i % (PAGES // GRAVEST) else "critical") for i in range(PAGES)]
    for i in range(0, PAGES, 200):
        d.send(body(*alerts[i:i + 200], group={"part": str(i)}))
    wait_until(lambda: sum(counted(r) if is_digest(r) else 1 for r in recorder.triggers()) >= PAGES, 120, "all are told")
    pages = [r for r in recorder.triggers() if not is_digest(r)]
    digests = [r for r in recorder.triggers() if is_digest(r)]
    gravest = [r for r in pages if r.body["payload"]["severity"] == "critical"]
    assert len(gravest) == GRAVEST and len({r.key for r in gravest}) == GRAVEST
    assert max(r.at for r in gravest) <= min(r.at for r in digests), "the gravest go first"
    # empty within what the rate allows: each message is one of the rate's
    spent = recorder.triggers()[-1].at - recorder.triggers()[0].at
    assert len(recorder.triggers()) <= BURST + PER_SECOND * spent + 1 and len(digests) < 20
    assert sum(counted(r) for r in digests) + len(pages) == PAGES, "each is told once"
    details = digests[0].body["payload"]["custom_details"]["annotations"]["description"]
    assert "by rule disks, owner storage" in details and "by rule rest, owner crew" in details
    assert {"href": "https://runbookd.test/", "text": "Incident"} in digests[0].body["links"]
    told = {r.key for r in pages}
    some = d.api("incidents?severity=P3&limit=1000")["incidents"]
    key = next(x["key"] for x in some if x["key"] not in told)

    def folded():
        delivery = d.api(f"incidents/{key}")["deliveries"][0]
        return delivery["told"] == "firing" and delivery["digest"] is True
    wait_until(folded, 20, "the record says so")
    timeline = d.api(f"incidents/{key}")["timeline"]
    assert any(re.search(r"oncall: in a digest of \d+ incidents", e["detail"] or "") for e in timeline), timeline
    assert d.metric("deliveries_total", receiver="oncall", outcome="in_digest") == sum(counted(r) for r in digests)

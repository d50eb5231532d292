"""What the previous version wrote, file and Redis: nothing open is lost, nobody is paged twice. Where RUNBOOKD_BEFORE_BIN_DIR
says where that is."""

import os

import pytest

from harness import Runbookd, alert, body, now, wait_until

BEFORE = os.environ.get("RUNBOOKD_BEFORE_BIN_DIR", "")
RULES = [{"name": "down", "matchers": ['alertname="Down"'], "group_by": ["service"], "severity": "P1"},
         {"name": "soon", "matchers": ['alertname="Soon"'], "group_by": ["service"], "severity": "P1", "page_after": "1h"}]
SERVICES = 40


def of(service, status="firing", name="Down", hosts=("a", "b", "c"), starts=None):
    return [alert(name, status=status, starts=starts, service=f"s{service}", host=host) for host in hosts]


def whole(service, *alerts):
    return body(*alerts, group={"service": f"s{service}"})


@pytest.mark.skipif(not BEFORE, reason="RUNBOOKD_BEFORE_BIN_DIR is not set")
def test_what_the_previous_version_wrote_is_taken_over(house, recorder, start):
    h, starts = house(RULES), now() - 60
    old = Runbookd(h, folder=BEFORE).start()
    for s in range(SERVICES):
        old.send(whole(s, *of(s, starts=starts)))
    old.send(whole("w", *of("w", name="Soon", starts=starts)))
    for s in range(0, SERVICES, 4):  # some have ended, some lost a member
        old.send(whole(s, *of(s, "resolved", starts=starts)))
        old.send(whole(s + 1, *of(s + 1, hosts="ab", starts=starts), *of(s + 1, "resolved", hosts="c", starts=starts)))
    open_now = {f"s{s}" for s in range(SERVICES) if s % 4}
    wait_until(lambda: len(recorder.open_keys()) == len(open_now) and len(recorder.keys("resolve")) == SERVICES - len(open_now),
               30, "all told")
    triggers = len(recorder.triggers())
    old.finish()

    d = start(h)
    assert len(d.api("incidents?limit=100")["incidents"]) == len(open_now) + 1
    for s in range(SERVICES):
        if s % 4:
            for decision in d.send(whole(s, *of(s, hosts="ab", starts=starts))):
                assert (decision["verdict"], decision["reason"]) == ("deduplicate", "repeat"), decision
    waiting = d.send(whole("w", *of("w", name="Soon", starts=starts)))
    assert all(decision["verdict"] == "deduplicate" for decision in waiting), waiting
    assert len(recorder.triggers()) == triggers
    for s in range(SERVICES):
        if s % 4:
            d.send(whole(s, *of(s, "resolved", starts=starts)))
    d.send(whole("w", *of("w", "resolved", name="Soon", starts=starts)))
    wait_until(lambda: not recorder.open_keys(), 30, "all resolved")
    assert len(recorder.triggers()) == triggers
    assert not [i for i in d.api("incidents?limit=100")["incidents"] if i["state"] != "resolved"]
    d.finish()
    # where both write the same format, the way back is open; else it is refused in so many words
    back = Runbookd(h, folder=BEFORE).launch()
    wait_until(lambda: not back.process.running or "Listening on" in back.process.log(), 20, "it serves, or refuses the file")
    if back.process.running:
        wait_until(back.listening, 30, "Listening on")
        wait_until(back.ready, 30, "/-/ready")
        assert not [i for i in back.api("incidents?limit=100")["incidents"] if i["state"] != "resolved"]
        back.finish()
    else:
        assert "written by a newer version" in back.process.log()

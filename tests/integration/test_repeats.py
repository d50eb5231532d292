"""Repeats are counted at once and written within a second: what kill -9 may lose of them, and what it may not."""

import glob
import json
import signal

import pytest

from harness import alert, body, now, wait_until

REPEATS = 40


def written(daemon):
    return daemon.metric("store_behind_keys") == 0


def received(daemon, key):
    return daemon.api(f"incidents/{key}")["received"]


def counted(daemon):
    return sum(row["received"] for row in daemon.api("noise")["rows"])


def delivered(daemon):
    return sum(n for (name, labels), n in daemon.metrics().items()
               if name == "deliveries_total" and ("outcome", "delivered") in labels)


@pytest.fixture
def paged(start, store, local_house, recorder):
    """A daemon, and a webhook whose page was told: (daemon, webhook, key)."""
    d = start(local_house(store=store))
    webhook = body(alert("Down", starts=now() - 60, name="a"))
    key = d.send(webhook)[0]["key"]
    wait_until(lambda: delivered(d) == 1, 30, "the page")
    return d, webhook, key


def repeat(daemon, webhook, times=REPEATS):
    for _ in range(times):
        assert (decision := daemon.send(webhook)[0])["reason"] == "repeat", decision


def test_they_are_seen_at_once_and_written_by_themselves(paged):
    d, webhook, key = paged
    repeat(d, webhook)
    assert received(d, key) == 1 + REPEATS and counted(d) == 1 + REPEATS
    wait_until(lambda: written(d), 30, "nothing is held any more")
    assert received(d, key) == 1 + REPEATS and counted(d) == 1 + REPEATS


def test_what_was_written_survives_a_kill(paged, recorder):
    d, webhook, key = paged
    repeat(d, webhook)
    counted(d)  # a query has all that is held written before it is answered
    d.kill()
    d.start()
    assert received(d, key) == 1 + REPEATS and counted(d) == 1 + REPEATS
    repeat(d, webhook, 1)
    assert len(recorder.triggers()) == 1, "nobody is told anew"


def test_a_kill_loses_counts_and_nothing_else(paged, recorder):
    d, webhook, key = paged
    d.send(body(alert("Down", starts=now() - 60, name="b"), group={"name": "b"}))
    repeat(d, webhook)
    late = d.send(body(alert("Lost", starts=now() - 60, name="c"), group={"name": "c"}))[0]
    repeat(d, webhook)
    d.kill()
    d.start()
    assert 1 <= received(d, key) <= 1 + 2 * REPEATS
    assert d.api(f"incidents/{late['key']}")["state"] == "firing", "a page is on disk before its 200"
    wait_until(lambda: {key, late["key"]} <= set(recorder.keys()), 30, "both pages")
    repeat(d, webhook, 1)
    assert d.send(body(alert("Down", status="resolved", starts=now() - 60, ends=now(), name="a")))[0]["verdict"] == "resolve"
    wait_until(lambda: key not in recorder.open_keys(), 30, "the resolve is told")


def journal_lines(house):
    lines = []
    for path in sorted(glob.glob(f"{house.folder}/journal/*.jsonl")):
        with open(path, encoding="utf-8") as f:
            lines += [json.loads(line) for line in f]
    return [line for line in lines if line["event"] == "decided"]


def test_a_body_in_the_same_bytes_is_journalled_as_any_other(start, local_house, recorder):
    house = local_house(journal={"path": "journal"})
    d = start(house)
    webhook = body(*(alert("Down", starts=now() - 60, name=n, annotations={"summary": f'"{n}"\n\u00e9'}) for n in "abc"))
    for _ in range(3):
        d.send(webhook)
    wait_until(lambda: len(journal_lines(house)) == 9, 20, "nine lines")
    lines = journal_lines(house)
    assert len({line["body"] for line in lines}) == 3, "each body has an id of its own"
    differs = {"at", "body", "verdict", "reason"}
    said = [{name: value for name, value in line.items() if name not in differs} for line in lines]
    assert said[:3] == said[3:6] == said[6:], "and the same is said of the same alert"
    assert [line["reason"] for line in lines[6:]] == ["repeat"] * 3
    d.send(dict(webhook, receiver="another"))
    wait_until(lambda: len(journal_lines(house)) == 12, 20, "three more")
    assert {line["receiver"] for line in journal_lines(house)[9:]} != {lines[0]["receiver"]}, "other bytes are read"


def test_an_orderly_stop_loses_nothing(paged):
    d, webhook, key = paged
    repeat(d, webhook)
    d.process.send(signal.SIGTERM)
    assert d.process.wait(12) == 0, d.process.log()
    d.start()
    assert received(d, key) == 1 + REPEATS and counted(d) == 1 + REPEATS


def test_of_two_routers_each_counts_what_it_was_sent(shared_house, start, recorder):
    """What one holds is of a record that the other has changed meanwhile: it is added to what that has become."""
    one, two = start(shared_house(name="one")), start(shared_house(name="two"))
    webhook = body(alert("Down", starts=now() - 60, name="a"))
    key = one.send(webhook)[0]["key"]
    wait_until(lambda: delivered(one) + delivered(two) == 1, 30, "the page")
    for _ in range(REPEATS // 2):
        repeat(one, webhook, 1)
        repeat(two, webhook, 1)
    wait_until(lambda: written(one) and written(two), 30, "nothing is held any more")
    wait_until(lambda: received(one, key) == 1 + REPEATS, 30, "every repeat is in the record")
    wait_until(lambda: received(two, key) == 1 + REPEATS, 30, "whichever is asked, of a slow Redis too")
    wait_until(lambda: counted(two) == 1 + REPEATS, 30, "so are the counters of both")
    assert len(recorder.triggers()) == 1

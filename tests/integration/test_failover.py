"""Redis goes away and comes back: intake and paging go on, and afterwards Redis has it all."""

import os
import signal
import sqlite3

import pytest

from harness import Ctl, Redis, alert, body, now, wait_until

TIMEOUT = "300ms"


@pytest.fixture
def both(redis):
    return {"redis": {"address": redis.address, "prefix": "test", "timeout": TIMEOUT}, "sqlite": {"path": "runbookd.db"}}


@pytest.fixture
def failover_house(local_house, both):
    """house(name=…): Redis first, the file beside its configuration when that is away."""
    def make(**over):
        return local_house(**{"store": both, **over})
    return make


def serving(daemon):
    return [s["name"] for s in daemon.api("status")["stores"] if s["serving"]]


def back(daemon):
    """Redis serves, and nothing is owed to it."""
    failover = daemon.api("status")["failover"]
    return failover["state"] == "primary" and failover["owned_keys"] == 0


def owned(house):
    """Keys of incidents that the local file still owns, as the sqlite3 shell shows them."""
    with sqlite3.connect(f"file:{os.path.join(house.folder, 'runbookd.db')}?mode=ro", uri=True) as db:
        return [row[0] for row in db.execute("SELECT key FROM incident")]


def as_redis_has_it(start, local_house, redis, key):
    """What another router, one without a local file, finds in Redis."""
    store = {"redis": {"address": redis.address, "prefix": "test", "timeout": "5s"}, "on_redis_failure": "reject"}
    other = start(local_house(name="witness", store=store, delivery={"mode": "observe"}))
    found = other.api(f"incidents/{key}")
    other.finish()
    return found


def test_redis_killed_the_page_goes_out_and_redis_has_it_afterwards(redis, failover_house, local_house, start, recorder):
    h = failover_house()
    d = start(h)
    starts = now() - 60
    before = d.send(body(alert("Before", starts=starts)))[0]["key"]
    wait_until(lambda: recorder.triggers(before), 10, "the page before")
    redis.process.kill()
    in_between = d.send(body(alert("InBetween", starts=starts)))[0]["key"]
    wait_until(lambda: recorder.triggers(in_between), 5, "the page in the outage")
    d.send(body(alert("Before", status="resolved", starts=starts)))
    wait_until(lambda: recorder.resolves(before), 5, "the resolve in the outage")
    assert d.ready() and serving(d) == ["sqlite"]
    assert d.metric("store_up", store="redis") == 0 and d.metric("store_up", store="sqlite") == 1
    assert d.metric("store_failovers_total") == 1
    redis.start()
    wait_until(lambda: back(d), 20, "back")
    assert owned(h) == []
    assert as_redis_has_it(start, local_house, redis, before)["state"] == "resolved"
    found = as_redis_has_it(start, local_house, redis, in_between)
    assert found["state"] == "firing" and found["deliveries"][0]["told"] == "firing"
    assert d.send(body(alert("InBetween", starts=starts)))[0]["reason"] == "repeat"
    assert [r.action for r in recorder.all(key=in_between)] == ["trigger"]


def test_a_frozen_redis_is_left_within_its_deadline(redis, failover_house, start, recorder):
    d = start(failover_house())
    redis.process.send(signal.SIGSTOP)
    try:
        begin = now()
        key = d.send(body(alert("Down")))[0]["key"]
        wait_until(lambda: recorder.triggers(key), 5, "the page")
        assert now() - begin < 10, "the deadline is 500 ms, and the machine may be busy"
    finally:
        redis.process.send(signal.SIGCONT)
    wait_until(lambda: back(d), 20, "back")
    assert len(recorder.all(key=key)) == 1, "what Redis had been asked while it was frozen changes nothing"


def test_without_redis_it_starts_and_pages(redis, failover_house, start, recorder):
    redis.stop()
    d = start(failover_house())
    key = d.send(body(alert("Down")))[0]["key"]
    wait_until(lambda: recorder.triggers(key), 5, "the page")
    redis.start()
    wait_until(lambda: back(d), 20, "back")
    assert len(recorder.all(key=key)) == 1


def test_killed_in_the_outage_it_owes_redis_what_it_took(redis, failover_house, local_house, start, recorder):
    h = failover_house()
    d = start(h)
    redis.process.kill()
    key = d.send(body(alert("Down")))[0]["key"]
    wait_until(lambda: recorder.triggers(key), 5, "the page")
    d.kill()
    redis.start()
    d.start()
    wait_until(lambda: back(d), 20, "back")
    assert as_redis_has_it(start, local_house, redis, key)["state"] == "firing"
    d.send(body(alert("Down", status="resolved")))
    wait_until(lambda: recorder.resolves(key), 10, "the resolve")


def test_a_redis_that_lost_everything_gets_it_back(tmp_path, failover_house, local_house, start, recorder):
    redis = Redis(str(tmp_path / "forgetful"), durable=False).start()
    store = {"redis": {"address": redis.address, "prefix": "test", "timeout": TIMEOUT}, "sqlite": {"path": "runbookd.db"}}
    try:
        d = start(failover_house(store=store))
        starts = now() - 60

        def say(name, status="firing"):  # each in a group of its own: whole bodies of one end each other's alerts
            return d.send(body(alert("Down", status=status, starts=starts, name=name), group={"name": name}))[0]

        keys = [say(f"n{i}")["key"] for i in range(20)]
        wait_until(lambda: set(recorder.keys()) == set(keys), 20, "the pages")
        say("n0", "resolved")
        wait_until(lambda: recorder.resolves(keys[0]), 10, "the resolve")
        redis.process.kill()
        redis.start()
        # one whose last word came when Redis was gone already is merged, the others are put back
        wait_until(lambda: back(d) and d.metric("store_put_back_keys_total") > 0, 20, "back")
        assert {i["key"] for i in d.api("incidents")["incidents"]} == set(keys[1:])
        assert as_redis_has_it(start, local_house, redis, keys[0])["state"] == "resolved"
        assert as_redis_has_it(start, local_house, redis, keys[1])["state"] == "firing"
        assert say("n1")["reason"] == "repeat"
        assert len(recorder.triggers()) == 20
    finally:
        redis.stop()


def test_a_resolve_of_what_another_router_had_paged_is_told_in_the_outage(redis, failover_house, local_house, both, start,
                                                                         recorder):
    one, two = start(failover_house(name="one")), start(failover_house(name="two"))
    starts = now() - 60
    key = one.send(body(alert("Down", starts=starts)))[0]["key"]
    wait_until(lambda: recorder.triggers(key), 10, "the page")
    redis.process.kill()
    decision = two.send(body(alert("Down", status="resolved", starts=starts)))[0]
    assert decision["verdict"] == "resolve"
    wait_until(lambda: recorder.resolves(key), 5, "the resolve")
    redis.start()
    wait_until(lambda: back(one) and back(two), 20, "back")
    assert as_redis_has_it(start, local_house, redis, key)["state"] == "resolved"


def test_both_routers_page_alone_and_agree_afterwards(redis, failover_house, start, recorder):
    one, two = start(failover_house(name="one")), start(failover_house(name="two"))
    redis.process.kill()
    starts = now() - 60
    keys = {d.send(body(alert("Down", starts=starts)))[0]["key"] for d in (one, two)}
    assert len(keys) == 1
    key = keys.pop()
    wait_until(lambda: len(recorder.triggers(key)) == 2, 5, "each pages, under one key")
    redis.start()
    wait_until(lambda: back(one) and back(two), 20, "back")
    assert one.api(f"incidents/{key}")["members"] == {"firing": 1, "total": 1}
    one.send(body(alert("Down", status="resolved", starts=starts)))
    wait_until(lambda: recorder.resolves(key), 10, "the resolve")
    assert two.api(f"incidents/{key}")["state"] == "resolved"


def test_moving_from_sqlite_to_redis_is_adding_redis(redis, both, local_house, start, recorder):
    h = local_house(store={"sqlite": {"path": "runbookd.db"}})
    d = start(h)
    starts = now() - 60
    keys = [d.send(body(alert("Down", starts=starts, name=f"n{i}")))[0]["key"] for i in range(5)]
    wait_until(lambda: len(recorder.triggers()) == 5, 10, "the pages")
    d.send(body(alert("Down", status="resolved", starts=starts, name="n0")))
    wait_until(lambda: recorder.resolves(keys[0]), 10, "the resolve")
    received = d.api("noise")["rows"][0]["received"]
    d.finish()
    local_house(store=both)
    d.start()
    wait_until(lambda: back(d), 20, "moved")
    assert owned(h) == []
    assert {i["key"] for i in d.api("incidents")["incidents"]} == set(keys[1:])
    assert d.api(f"incidents/{keys[0]}")["state"] == "resolved"
    assert d.api("noise")["rows"][0]["received"] == received
    assert d.send(body(alert("Down", starts=starts, name="n1")))[0]["reason"] == "repeat"
    assert len(recorder.triggers()) == 5


def test_drain_stop_redis_empty_it_and_resume(redis, failover_house, start, recorder, tmp_path):
    one, two = start(failover_house(name="one")), start(failover_house(name="two"))
    ctl = Ctl(daemon=one, folder=tmp_path)
    starts = now() - 60
    keys = [two.send(body(alert("Down", starts=starts, name=f"n{i}")))[0]["key"] for i in range(3)]
    wait_until(lambda: len(recorder.triggers()) == 3, 10, "the pages")
    two.finish()
    assert "drained: 3 incidents" in ctl.run("store", "drain")
    assert serving(one) == ["sqlite"] and "drained" in ctl.run("store", "status")
    redis.process.kill()
    for root, _, files in os.walk(redis.folder):
        for name in files:
            os.remove(os.path.join(root, name))
    assert one.send(body(alert("Down", starts=starts, name="n0")))[0]["reason"] == "repeat"
    one.send(body(alert("Down", status="resolved", starts=starts, name="n1")))
    wait_until(lambda: recorder.resolves(keys[1]), 10, "the resolve while drained")
    redis.start()
    assert one.api("status")["failover"]["state"] == "drained"
    ctl.run("store", "resume")
    wait_until(lambda: back(one), 20, "resumed")
    assert {i["key"] for i in one.api("incidents")["incidents"]} == {keys[0], keys[2]}
    assert "is not drained" in (ctl.run("store", "resume", status=1) or ctl.errors)
    assert len(recorder.triggers()) == 3


def test_with_one_store_there_is_nothing_to_drain(local_house, start, tmp_path):
    d = start(local_house())
    ctl = Ctl(daemon=d, folder=tmp_path)
    ctl.run("store", "drain", status=1)
    assert "one store only" in ctl.errors


def test_metrics_and_ready_tell_which_store_serves(redis, failover_house, start):
    d = start(failover_house())
    wait_until(lambda: back(d), 10, "Redis serves")
    assert serving(d) == ["redis"] and d.metric("store_owned_keys") == 0
    redis.process.kill()
    wait_until(lambda: serving(d) == ["sqlite"], 10, "the file serves")
    assert d.ready()
    d.send(body(alert("Down")))
    assert d.metric("store_owned_keys") == 1
    assert {s["name"]: s["up"] for s in d.api("status")["stores"]} == {"redis": False, "sqlite": True}

"""What the store is trusted with."""

import signal

from harness import Redis, Runbookd, alert, body, call, get_json, wait_until


def redis_store(redis):
    return {"redis": {"address": redis.address, "prefix": "test", "timeout": "1s"}, "on_redis_failure": "reject"}


def test_redis_without_appendonly_is_said_not_to_be_durable(tmp_path, local_house, start):
    redis = Redis(str(tmp_path / "redis"), durable=False).start()
    try:
        d = start(local_house(store=redis_store(redis)))
        wait_until(lambda: d.metric("store_durable") == 0 and "appendonly" in d.process.log(), 20, "the warning")
        assert d.api("status")["stores"][0]["durable"] is False
        assert any("level=warn" in line and "appendonly" in line for line in d.process.lines)
    finally:
        redis.stop()


def test_a_durable_redis_is_said_to_be_durable(shared_house, start):
    d = start(shared_house())
    wait_until(lambda: d.metric("store_durable") == 1, 20, "durable")
    assert "appendonly" not in d.process.log()


def test_a_frozen_redis_answers_503_and_nothing_is_lost(redis, local_house, start, recorder):
    d = start(local_house(store=redis_store(redis)))
    value = body(alert("Down"))
    redis.process.send(signal.SIGSTOP)
    try:
        assert d.webhook(value)[0] == 503
        wait_until(lambda: call(d.url + "/-/ready")[0] == 503, 20, "not ready")
        assert call(d.url + "/-/healthy")[0] == 200
    finally:
        redis.process.send(signal.SIGCONT)
    wait_until(lambda: call(d.url + "/-/ready")[0] == 200, 30, "ready again")
    d.send(value)
    wait_until(recorder.triggers, 20, "the page")
    assert len(recorder.triggers()) == 1


def test_without_redis_it_starts_and_waits_for_it(tmp_path, local_house, recorder):
    redis = Redis(str(tmp_path / "redis"))
    d = Runbookd(local_house(store=redis_store(redis))).launch()
    try:
        wait_until(d.listening, 20, "Listening on")
        assert d.webhook(body(alert("Down")))[0] == 503
        redis.start()
        wait_until(d.ready, 30, "ready")
        d.send(body(alert("Down")))
        wait_until(recorder.triggers, 20, "the page")
        d.finish()
    finally:
        d.process.kill()
        redis.stop()


def test_incidents_survive_a_restart(house, start, recorder):
    h = house()
    d = start(h)
    value = body(alert("Down"))
    key = d.send(value)[0]["key"]
    wait_until(recorder.triggers, 10, "the page")
    d.finish()
    d.start()
    again = d.send(value)[0]
    assert (again["key"], again["verdict"], again["reason"]) == (key, "deduplicate", "repeat")
    assert len(recorder.triggers()) == 1
    assert get_json(f"{d.url}/api/v1/incidents/{key}")[0] == 200

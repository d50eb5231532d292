"""An installation that is split by source: each part has a prefix in Redis, or a Redis, and routers of its own."""

from harness import alert, body, now, wait_until

RULES = [{"name": "by-service", "matchers": ['alertname="Down"'], "group_by": ["cluster", "service"], "severity": "P1"}]


def part(make_house, redis, source, name):
    """A router of the part that `source` posts to."""
    return make_house(RULES, name=name, sources=[{"name": source, "labels": {"cluster": source}}],
                      store={"redis": {"address": redis.address, "prefix": f"runbookd-{source}"},
                             "sqlite": {"path": "runbookd.db"}})


def test_parts_know_nothing_of_each_other_and_the_routers_of_one_share_it(shared_house, redis, start, recorder):
    east, second = (start(part(shared_house, redis, "east", name)) for name in ("east-1", "east-2"))
    west = start(part(shared_house, redis, "west", "west-1"))
    value = body(alert("Down", starts=now() - 60, service="web"))
    keys = [d.send(value, source=source)[0]["key"] for d, source in ((east, "east"), (west, "west"))]
    assert keys[0] != keys[1], "the source's label tells them apart"
    assert second.send(value, source="east")[0]["reason"] == "repeat"
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "a page of each part")
    for d, key in ((east, keys[0]), (second, keys[0]), (west, keys[1])):
        assert [i["key"] for i in d.api("incidents")["incidents"]] == [key]
    prefixes = {name.partition(":")[0] for name in redis.ask("KEYS", "*")}
    assert prefixes == {"{runbookd-east}", "{runbookd-west}"}


def test_one_part_goes_on_while_another_has_lost_its_redis(shared_house, redis, start, recorder):
    west = start(part(shared_house, redis, "west", "west-1"))
    gone = {"redis": {"address": "127.0.0.1:1", "prefix": "runbookd-east"}, "sqlite": {"path": "runbookd.db"}}
    east = start(shared_house(RULES, name="east-1", sources=[{"name": "east"}], store=gone))
    for d, source in ((east, "east"), (west, "west")):
        assert d.send(body(alert("Down", service="web")), source=source)[0]["verdict"] == "page"
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "a page of each part")
    assert [p["name"] for p in west.api("status")["stores"] if p["serving"]] == ["redis"]
    assert [p["name"] for p in east.api("status")["stores"] if p["serving"]] == ["sqlite"]

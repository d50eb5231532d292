"""Redis as production runs it: behind Sentinels, with users, sockets, and servers that refuse."""

import json
import os
import re
import signal

import pytest

from harness import Redis, alert, body, call, now, wait_until
from harness.daemon import REPOSITORY
from harness.process import free_port, lasting_port
from harness.resp import ask

# `dir` may not be changed otherwise from Redis 7 on.
PROTECTED = ["--enable-protected-configs", "yes"]


def redis_at(redis, **over):
    """Redis alone: what it refuses is answered 503."""
    return {"redis": {"address": redis.address, "prefix": "test", "timeout": "1s", **over}, "on_redis_failure": "reject"}


def store_health(daemon):
    return daemon.api("status")["stores"][0]


def wait_down(daemon, *words):
    """The store is down, and says why."""
    def is_down():
        health = store_health(daemon)
        return not health["up"] and all(word in health["why"] for word in words)

    wait_until(is_down, 20, f"down with {words}; it says {store_health(daemon)}")
    assert call(daemon.url + "/-/ready")[0] == 503


def wait_up(daemon):
    wait_until(daemon.ready, 30, "ready again")


def refused(daemon, value):
    """Answered 503, the way Alertmanager comes again."""
    return daemon.webhook(value)[0] == 503


def send_until_taken(daemon, value):
    """As Alertmanager does: again and again until it is answered 200."""
    return wait_until(lambda: (answer := daemon.webhook(value)) and answer[0] == 200 and answer[1]["data"]["decisions"],
                      30, "taken")


# ---- Sentinel ----


def test_the_master_is_found_through_the_sentinels(redis_set, local_house, start, recorder):
    s = redis_set()
    d = start(local_house(store=s.store()))
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")
    assert connected_to(d) == wait_until(s.master, 20, "a master").address
    assert re.search(r'msg="Connected to Redis" server=(redis|valkey) version=\d+\.\d+', d.process.log())
    assert wait_until(s.master, 20, "a master").ask("DBSIZE") > 0


def test_when_the_master_is_killed_the_next_one_takes_over_and_no_page_is_lost(redis_set, local_house, start, recorder):
    s = redis_set()
    d = start(local_house(store=s.store()))
    before = [d.send(body(alert("Down", instance=f"before{i}")))[0]["key"] for i in range(10)]
    wait_until(lambda: len(recorder.triggers()) == 10, 20, "the pages")
    wait_until(s.in_step, 10, "the replica has everything")
    killed = s.kill_master()
    after = [send_until_taken(d, body(alert("Down", instance=f"after{i}")))[0]["key"] for i in range(10)]
    wait_until(lambda: len(recorder.triggers()) == 20, 30, "the pages")
    assert wait_until(s.master, 20, "a master") is not killed
    # And what the new one knows is what the old one knew.
    assert d.send(body(alert("Down", instance="before0")))[0]["verdict"] == "deduplicate"
    assert sorted(recorder.keys()) == sorted(set(recorder.keys()))
    assert len(set(before + after)) == 20


def test_a_demoted_master_that_still_answers_is_left(redis_set, local_house, start, recorder):
    s = redis_set()
    d = start(local_house(store=s.store()))
    d.send(body(alert("Down")))
    for new in (s.failover() for _ in range(2)):  # there and back again
        wait_until(lambda: connected_to(d) == new.address, 20, "connected to the new one")
        send_until_taken(d, body(alert("Down", instance=str(new.port))))
    wait_until(lambda: len(recorder.triggers()) == 3, 20, "the pages")


def connected_to(daemon):
    lines = [line for line in daemon.process.lines if 'msg="Connected to Redis"' in line]
    return lines[-1].rsplit("address=", 1)[1].split()[0] if lines else None


def test_a_killed_master_that_comes_back_is_not_used(redis_set, local_house, start, recorder):
    s = redis_set()
    d = start(local_house(store=s.store()))
    killed = s.kill_master()
    new = s.wait_master_other_than(killed)
    wait_until(lambda: connected_to(d) == new.address, 20, "connected to the new one")
    killed.start()  # a master still, in its own opinion
    wait_until(lambda: killed.role() == "slave", 30, "demoted")
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")
    assert connected_to(d) == new.address


def test_a_frozen_master_is_left_and_not_gone_back_to(redis_set, local_house, start, recorder):
    """The kernel goes on accepting connections for it; thawed, it believes itself a master still."""
    s = redis_set()
    d = start(local_house(store=s.store(timeout="500ms")))
    d.send(body(alert("Down", instance="before")))
    wait_until(s.in_step, 10, "the replica has everything")
    frozen = wait_until(s.master, 20, "a master")
    frozen.process.send(signal.SIGSTOP)
    try:
        new = s.wait_master_other_than(frozen)
        send_until_taken(d, body(alert("Down", instance="meanwhile")))
    finally:
        frozen.process.send(signal.SIGCONT)
    wait_until(lambda: frozen.role() == "slave", 30, "demoted")
    d.send(body(alert("Down", instance="after")))
    wait_until(lambda: len(recorder.triggers()) == 3, 20, "the pages")
    assert connected_to(d) == new.address


def test_sentinels_may_come_and_go(redis_set, local_house, start, recorder):
    s = redis_set()
    d = start(local_house(store=s.store()))
    for sentinel in s.sentinels:
        sentinel.process.kill()
    d.send(body(alert("Down", instance="none")))  # nothing to find out: nothing to fear
    master = s.redises[0]
    master.process.kill()
    wait_down(d)
    assert refused(d, body(alert("Down", instance="down")))
    master.start()
    wait_until(lambda: "Sentinel" in store_health(d)["why"], 20, "that no Sentinel answers")
    s.sentinels[2].start()
    wait_up(d)
    send_until_taken(d, body(alert("Down", instance="down")))
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the pages")


def test_sentinels_and_redis_with_passwords_of_their_own(redis_set, local_house, launch, recorder):
    s = redis_set(password="r3dis", sentinel_password="s3ntinel", sentinels=1, count=1)
    house = local_house(store=s.store())
    house.write("sentinel.pw", "wrong\n")
    store = s.store()
    store["redis"]["sentinel"].pop("password")
    store["redis"]["sentinel"]["password_file"] = "sentinel.pw"
    config = json.loads(open(house.file, encoding="utf-8").read())
    house.write("runbookd.yml", {**config, "store": store})
    d = launch(house)
    wait_down(d, "Sentinel", "WRONGPASS")
    assert "wrong" not in d.process.log().replace("WRONGPASS", "")
    house.write("sentinel.pw", "s3ntinel\n")
    wait_up(d)
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")


# ---- users, passwords, sockets ----


def test_a_rotated_password_works_without_a_restart(redis, local_house, start, recorder):
    house = local_house(store=redis_at(redis))
    redis.ask("ACL", "SETUSER", "pager", "on", ">one", "~*", "&*", "+@all")
    house.write("redis.pw", "one\n")
    house.write("runbookd.yml", {**json.loads(open(house.file, encoding="utf-8").read()),
                                 "store": redis_at(redis, username="pager", password_file="redis.pw")})
    d = start(house)
    redis.ask("ACL", "SETUSER", "pager", "resetpass", ">two")
    redis.ask("CLIENT", "KILL", "USER", "pager")
    wait_down(d, "WRONGPASS")
    os.unlink(os.path.join(house.folder, "redis.pw"))
    wait_down(d, "password_file", "No such file")
    house.write("redis.pw", "two\n")
    wait_up(d)
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")
    assert "two" not in " ".join(line for line in d.process.lines if "password" in line.lower())


def test_a_unix_socket(tmp_path, local_house, start, recorder):
    path = str(tmp_path / "redis.sock")
    redis = Redis(str(tmp_path / "redis"), options=["--unixsocket", path]).start()
    try:
        d = start(local_house(store={"redis": {"address": path}, "on_redis_failure": "reject"}))
        d.send(body(alert("Down")))
        wait_until(recorder.triggers, 10, "the page")
        assert connected_to(d) == path
    finally:
        redis.stop()


# What its scripts and checks need, and no more; runbookctl help store says it.
COMMANDS = ("+ping +info +time +config|get +eval +evalsha +set +get +mget +pttl +exists +del +unlink +pexpire +scan +hset "
            "+hincrby +hget +hmget +hgetall +hkeys +hlen +hexists +hdel +zadd +zcard +zcount +zscore +zrevrank +zrange "
            "+zrevrange +zrangebyscore +zrem +rpush +lrange +sadd +smembers +srem").split()


# Redis has other words inside scripts, and other ones in 7.0.
DENIED = "(NOPERM|The user executing the script can't|ACL failure in script)"


def minimal_user(redis, commands, keys="~{test}:*"):
    redis.ask("ACL", "SETUSER", "pager", "reset", "on", ">duty", keys, *commands)
    return redis_at(redis, username="pager", password="duty")


def test_a_user_with_the_commands_needed_and_its_own_keys_only(redis, local_house, start, recorder):
    d = start(local_house(store=minimal_user(redis, COMMANDS)))
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the page")
    key = d.send(body(alert("Down", status="resolved")))[0]["key"]
    wait_until(recorder.resolves, 10, "the resolve")
    assert d.api(f"incidents/{key}")["state"] == "resolved"
    assert d.api("noise")["rows"]
    assert store_health(d) == {"name": "redis", "up": True, "durable": True, "serving": True, "why": None}


def scripts_commands():
    """(name, command) of what the probe script runs."""
    return re.findall(r"\{'([A-Z]+)'", lua("redis_probe.lua"))


def lua(name):
    with open(os.path.join(REPOSITORY, "src/store", name), encoding="utf-8") as f:
        return f.read()


def test_each_of_the_commands_is_needed_and_the_probe_names_the_missing_one(redis):
    probe = "".join(lua(f"redis_{part}.lua") for part in ("prelude", "queue", "upgrade", "probe"))
    words = ("EVAL", probe, 1, "{test}:probe", "{test}:", 0)
    for command in ["nothing", *scripts_commands()]:
        minimal_user(redis, [c for c in COMMANDS if c != f"+{command.lower()}"])
        if command == "nothing":
            assert as_user(redis, *words)
        else:
            with pytest.raises(RuntimeError, match=f"{DENIED}.*{command}"):
                as_user(redis, *words)
    minimal_user(redis, COMMANDS, keys="~{other}:*")
    with pytest.raises(RuntimeError, match=DENIED):
        as_user(redis, *words)


def test_the_probe_tries_all_that_the_scripts_do():
    tried = {command for command in scripts_commands()} | {"TIME"}
    for name in os.listdir(os.path.join(REPOSITORY, "src/store")):
        if name.endswith(".lua"):
            assert set(re.findall(r"redis\.p?call\('([A-Z]+)'", lua(name))) <= tried, name


def as_user(redis, *words):
    return ask(redis.port, *words, username="pager", password="duty")


def test_a_missing_permission_is_one_outage_and_not_one_each_second(redis, local_house, launch):
    d = launch(local_house(store=minimal_user(redis, [c for c in COMMANDS if c != "+zadd"])))
    wait_down(d, "(ZADD)")
    assert refused(d, body(alert("Down")))
    calls = evalsha_calls(redis)
    wait_until(lambda: evalsha_calls(redis) >= calls + 3, 20, "three more looks")
    assert not store_health(d)["up"]
    assert sum("The redis store is" in line for line in d.process.lines) == 1
    redis.ask("ACL", "SETUSER", "pager", "+zadd")
    wait_up(d)
    send_until_taken(d, body(alert("Down")))


def evalsha_calls(redis):
    return int(re.search(r"cmdstat_evalsha:calls=(\d+)", redis.ask("INFO", "commandstats"))[1])


# ---- servers that refuse ----


def spoil_memory(redis):
    redis.ask("CONFIG", "SET", "maxmemory", "1")


def spoil_disk(redis):
    """The dump cannot be written; also as root nobody makes files in /proc."""
    redis.ask("CONFIG", "SET", "save", "3600 1")
    redis.ask("CONFIG", "SET", "dir", "/proc")
    redis.ask("BGSAVE")
    wait_until(lambda: "rdb_last_bgsave_status:err" in redis.ask("INFO", "persistence"), 20, "the dump has failed")


def mend_disk(redis):
    redis.ask("CONFIG", "SET", "dir", redis.folder)
    redis.ask("CONFIG", "SET", "save", "")


REFUSALS = {
    "OOM": (spoil_memory, lambda r: r.ask("CONFIG", "SET", "maxmemory", "0")),
    "MISCONF": (spoil_disk, mend_disk),
    "NOREPLICAS": (lambda r: r.ask("CONFIG", "SET", "min-replicas-to-write", "1"),
                   lambda r: r.ask("CONFIG", "SET", "min-replicas-to-write", "0")),
    "READONLY": (lambda r: r.ask("REPLICAOF", "127.0.0.1", free_port()), lambda r: r.ask("REPLICAOF", "NO", "ONE")),
    "NOAUTH": (lambda r: (r.ask("CONFIG", "SET", "requirepass", "x"), ask(r.port, "CLIENT", "KILL", "TYPE", "normal",
                                                                         password="x")),
               lambda r: ask(r.port, "CONFIG", "SET", "requirepass", "", password="x")),
}


@pytest.mark.parametrize("word", REFUSALS)
def test_a_redis_that_refuses_is_down_until_it_takes_writes(word, tmp_path, local_house, start, recorder):
    redis = Redis(str(tmp_path / "redis"), durable=False, options=["--save", "", *PROTECTED]).start()
    try:
        d = start(local_house(store=redis_at(redis)))
        spoil, mend = REFUSALS[word]
        spoil(redis)
        assert refused(d, body(alert("Down")))
        wait_down(d, word)
        before = len(d.process.lines)
        assert refused(d, body(alert("Down")))
        mend(redis)
        wait_up(d)
        send_until_taken(d, body(alert("Down")))
        wait_until(recorder.triggers, 20, "the page")
        assert len(recorder.triggers()) == 1
        assert len(d.process.lines) - before < 20
    finally:
        redis.stop()


def test_a_redis_that_refuses_from_the_start_is_waited_for(tmp_path, local_house, launch):
    redis = Redis(str(tmp_path / "redis"), options=["--maxmemory", "1"]).start()
    try:
        d = launch(local_house(store=redis_at(redis)))
        wait_down(d, "OOM")
        redis.ask("CONFIG", "SET", "maxmemory", "0")
        wait_up(d)
        d.finish()
    finally:
        redis.stop()


def test_a_refused_handshake_is_no_storm_of_connections(tmp_path, local_house, launch):
    redis = Redis(str(tmp_path / "redis"), options=["--requirepass", "x"], password="x").start()
    try:
        d = launch(local_house(store=redis_at(redis)))
        wait_down(d, "NOAUTH")
        began, first = now(), turned_away(redis)
        wait_until(lambda: turned_away(redis) >= first + 6, 30, "six more attempts")
        # a pause is anything up to 100 ms, 200 ms, … 1 s: a storm has none
        assert now() - began > 0.2, "a storm"
        redis.ask("CONFIG", "SET", "requirepass", "")
        wait_up(d)
        d.finish()
    finally:
        redis.stop()


def turned_away(redis):
    return int(re.search(r"errorstat_NOAUTH:count=(\d+)", redis.ask("INFO", "errorstats"))[1])


# ---- more than one on one Redis ----


def test_two_installations_on_one_redis_do_not_see_each_other(redis, local_house, start, recorder):
    one = start(local_house(name="one", store=redis_at(redis, prefix="one")))
    two = start(local_house(name="two", store=redis_at(redis, prefix="two")))
    value = body(alert("Down"))
    assert one.send(value)[0]["verdict"] == "page"
    assert two.send(value)[0]["verdict"] == "page"
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "a page each")
    assert len(one.api("incidents")["incidents"]) == len(two.api("incidents")["incidents"]) == 1
    keys = redis.ask("KEYS", "*")
    assert {k.split(":")[0] for k in keys} == {"{one}", "{two}"}


def test_a_cluster_node_holds_it_all(tmp_path, local_house, start, recorder):
    redis = Redis(str(tmp_path / "redis"), options=["--cluster-enabled", "yes", "--cluster-port", str(lasting_port())]).start()
    try:
        redis.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        wait_until(lambda: "cluster_state:ok" in redis.ask("CLUSTER", "INFO"), 20, "the cluster is ok")
        d = start(local_house(store=redis_at(redis)))
        key = d.send(body(*(alert("Down", instance=f"i{i}") for i in range(50))))[0]["key"]
        wait_until(lambda: len(recorder.triggers()) == 50, 20, "the pages")
        d.send(body(*(alert("Down", status="resolved", instance=f"i{i}") for i in range(50))))
        wait_until(lambda: len(recorder.resolves()) == 50, 20, "the resolves")
        assert d.api(f"incidents/{key}")["state"] == "resolved"
        assert {redis.ask("CLUSTER", "KEYSLOT", k) for k in redis.ask("KEYS", "*")} == {
            redis.ask("CLUSTER", "KEYSLOT", "{test}")}
    finally:
        redis.stop()

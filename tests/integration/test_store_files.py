"""What lies on the disk goes away, is damaged, is in somebody's way: paging goes on, and says what it misses."""

import glob
import os
import re
import shutil
import time

import pytest

from chaos.clock import MISSING, Clock
from harness import Ctl, Runbookd, alert, body, call, wait_until
from test_failover import back, failover_house, both  # noqa: F401 pylint: disable=unused-import


def files(house):
    return glob.glob(os.path.join(house.folder, "data", "runbookd.db*"))


@pytest.fixture
def file_house(local_house):
    """Its file lies in a folder of its own, data/."""
    def make(**over):
        return local_house(**{"store": {"sqlite": {"path": "data/runbookd.db"}}, **over})
    return make


def delete(house):
    for path in files(house):
        os.unlink(path)


def delete_folder(house):
    """At once: file by file, the daemon makes a new one meanwhile, in the folder that is to go."""
    folder = os.path.join(house.folder, "data")
    os.rename(folder, folder + ".gone")
    shutil.rmtree(folder + ".gone")


def rename(house):
    path = os.path.join(house.folder, "data", "runbookd.db")
    os.rename(path, path + ".old")


def delete_log(house):
    os.unlink(os.path.join(house.folder, "data", "runbookd.db-wal"))


def put_in_place_of_log(make):
    """Whatever it is, it stays there: SQLite can neither open it nor do without."""
    def put(house):
        path = os.path.join(house.folder, "data", "runbookd.db-wal")
        if os.path.exists(path):
            os.unlink(path)
        make(path)
    put.__name__ = make.__name__ + "_for_log"
    return put


log_is = [put_in_place_of_log(os.mkdir), put_in_place_of_log(os.mkfifo)]


def damage(house):
    """The disk has written elsewhere what belonged here."""
    with open(os.path.join(house.folder, "data", "runbookd.db"), "r+b") as f:
        f.write(b"\0" * 4096)


def said(daemon, words, levels="warn|error"):
    return [line for line in daemon.process.lines if re.search(f"level=({levels})", line) and words in line]


def ready_text(daemon):
    status, _, text = call(daemon.url + "/-/ready")
    assert status == 200, text
    return text.decode()


@pytest.mark.parametrize("lose", [delete, delete_folder, rename, delete_log, *log_is])
def test_a_file_lost_while_it_is_open_costs_nothing_that_was_answered_200(lose, file_house, start, recorder):
    h = file_house()
    d = start(h)
    keys = [d.send(body(alert("Down", instance="before")))[0]["key"]]
    lose(h)
    keys.append(d.send(body(alert("Down", instance="after")))[0]["key"])
    wait_until(lambda: "its file was lost" in ready_text(d), 20, "/-/ready says it")
    assert said(d, "lost while it was open") and said(d, "goes on in a fresh file")
    assert d.metric("store_up", store="sqlite") == 1 and d.metric("store_durable") == 1
    assert "lost" in d.api("status")["stores"][0]["why"]
    # what was on its way when it was killed is told again, under its key
    wait_until(lambda: all(d.api("incidents/" + k)["deliveries"][0]["told"] == "firing" for k in keys), 20, "the pages")
    assert len(recorder.triggers()) == 2
    d.kill()
    d.start()
    assert {i["key"] for i in d.api("incidents")["incidents"]} == set(keys)
    assert d.send(body(alert("Down", instance="before")))[0]["reason"] == "repeat"
    assert len(recorder.triggers()) == 2


def test_while_no_file_can_be_it_is_not_ready_and_answers_503(file_house, start, recorder):
    h = file_house()
    d = start(h)
    d.send(body(alert("Down", instance="before")))
    folder = os.path.join(h.folder, "data")
    os.rename(folder, folder + ".away")
    with open(folder, "w", encoding="ascii"):
        pass
    wait_until(lambda: call(d.url + "/-/ready")[0] == 503, 20, "not ready")
    assert b"data" in call(d.url + "/-/ready")[2]
    status, _, text = call(d.url + "/-/ready", headers={"X-Forwarded-For": "192.0.2.7"})
    assert status == 503 and b"(path)" in text and b"data/" not in text, "whoever asks through a proxy learns no path"
    assert d.webhook(body(alert("Down", instance="after")))[0] == 503
    assert d.metric("store_up", store="sqlite") == 0 and d.metric("store_durable") == 0
    os.unlink(folder)
    wait_until(d.ready, 20, "ready again")
    d.send(body(alert("Down", instance="after")))
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the pages")
    d.kill()
    d.start()
    assert len(d.api("incidents")["incidents"]) == 2


def test_a_damaged_file_is_set_aside_and_that_is_said_loudly(file_house, start):
    h = file_house()
    d = start(h, expected_errors=["is damaged"])
    d.send(body(alert("Down")))
    d.finish()
    damage(h)
    strict = Runbookd(h, ["--strict"]).launch()
    assert strict.process.wait(30) == 1 and "not a database" in strict.process.log()
    d.start()
    assert said(d, "is damaged: it is set aside", "error")
    assert len(glob.glob(os.path.join(h.folder, "data", "runbookd.db.damaged-*Z"))) == 1
    assert d.ready() and "was damaged when it was opened" in ready_text(d)
    assert d.send(body(alert("Down")))[0]["reason"] == "new"


def test_a_file_that_was_emptied_is_no_new_one(file_house, start):
    h = file_house()
    d = start(h, expected_errors=["is damaged"])
    d.send(body(alert("Down")))
    d.kill()  # all of it is in the log yet
    os.truncate(os.path.join(h.folder, "data", "runbookd.db"), 0)
    strict = Runbookd(h, ["--strict"]).launch()
    assert strict.process.wait(30) == 1 and "is there, and empty" in strict.process.log()
    d.start()
    assert said(d, "is damaged: it is set aside", "error") and "with what could be read" in ready_text(d)
    assert d.send(body(alert("Down")))[0]["reason"] == "repeat", "what the log knew is known"


@pytest.mark.parametrize("put", log_is)
def test_what_is_no_file_in_the_place_of_the_log_keeps_nobody_from_paging(put, file_house, start, recorder):
    h = file_house()
    d = start(h, expected_errors=["is damaged"])
    d.send(body(alert("Down", instance="before")))
    d.finish()
    put(h)
    strict = Runbookd(h, ["--strict"]).launch()
    assert strict.process.wait(30) == 1 and "-wal: not a regular file" in strict.process.log()
    d.start()
    assert said(d, "is damaged: it is set aside", "error")
    assert d.send(body(alert("Down", instance="before")))[0]["reason"] == "repeat", "what the file knew is known"
    d.send(body(alert("Down", instance="after")))
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the pages")


def test_a_journal_that_cannot_be_written_keeps_nobody_from_paging(file_house, start, recorder):
    h = file_house(journal={"path": "journal"})
    h.write("journal", "in the way")
    strict = Runbookd(h, ["--strict"]).launch()
    assert strict.process.wait(30) == 1 and "journal" in strict.process.log()
    d = start(h)
    assert said(d, "journal cannot be written")
    d.send(body(alert("Down", instance="a")))
    wait_until(recorder.triggers, 20, "the page")
    os.unlink(os.path.join(h.folder, "journal"))
    d.send(body(alert("Down", instance="b")))
    wait_until(lambda: glob.glob(os.path.join(h.folder, "journal", "*.jsonl")), 20, "the journal")


def test_with_redis_it_serves_without_its_file(redis, failover_house, start, recorder):  # noqa: F811
    h = failover_house()
    path = os.path.join(h.folder, "runbookd.db")
    os.mkdir(path)  # in the way
    strict = Runbookd(h, ["--strict"]).launch()
    assert strict.process.wait(30) == 1 and "directory" in strict.process.log()
    d = start(h, expected_errors=["cannot be opened", "cannot be read"])
    wait_until(lambda: back(d), 20, "Redis serves")
    assert said(d, "cannot be opened", "error") and "sqlite: " in ready_text(d)
    assert {s["name"]: s["up"] for s in d.api("status")["stores"]} == {"redis": True, "sqlite": False}
    d.send(body(alert("Down", instance="a")))
    wait_until(recorder.triggers, 20, "the page")
    redis.process.kill()
    wait_until(lambda: call(d.url + "/-/ready")[0] == 503, 20, "not ready")
    redis.start()
    wait_until(lambda: d.ready() and back(d), 40, "Redis serves again")
    os.rmdir(path)
    wait_until(lambda: all(s["up"] for s in d.api("status")["stores"]), 20, "both are there")
    redis.process.kill()
    wait_until(lambda: d.webhook(body(alert("Down", instance="b")))[0] == 200, 20, "the file serves")
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the page")
    redis.start()
    wait_until(lambda: back(d), 20, "back")


def test_with_redis_a_damaged_file_is_set_aside_too(redis, failover_house, start, recorder):  # noqa: F811
    h = failover_house()
    d = start(h, expected_errors=["is damaged"])
    wait_until(lambda: back(d), 20, "Redis serves")
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 20, "the page")
    d.finish()
    with open(os.path.join(h.folder, "runbookd.db"), "r+b") as f:
        f.write(b"\0" * 4096)
    d.start()
    wait_until(lambda: back(d), 20, "Redis serves")
    assert said(d, "is damaged: it is set aside", "error")
    assert d.send(body(alert("Down")))[0]["reason"] == "repeat"
    assert redis.answers()


def test_the_mirror_goes_on_in_a_fresh_file(redis, failover_house, start, recorder):  # noqa: F811
    h = failover_house()
    d = start(h)
    wait_until(lambda: back(d), 20, "Redis serves")
    key = d.send(body(alert("Down", instance="a")))[0]["key"]
    wait_until(recorder.triggers, 20, "the page")
    for path in glob.glob(os.path.join(h.folder, "runbookd.db*")):
        os.unlink(path)
    wait_until(lambda: "its file was lost" in ready_text(d), 20, "it is noticed, though nothing is owed")
    redis.process.kill()
    wait_until(lambda: d.api("status")["failover"]["state"] == "local", 20, "the file serves")
    assert d.send(body(alert("Down", instance="a")))[0]["reason"] == "repeat"
    d.send(body(alert("Down", instance="a", status="resolved")))
    wait_until(lambda: recorder.resolves(key), 20, "the resolve")
    redis.start()
    wait_until(lambda: back(d), 20, "back")
    assert len(recorder.triggers()) == 1


@pytest.mark.parametrize("call_it", [os.link, os.symlink])
def test_one_file_has_one_owner_under_every_name(call_it, file_house, start):
    h = file_house()
    start(h)
    other = file_house(name="other", store={"sqlite": {"path": "same.db"}})
    call_it(os.path.join(h.folder, "data", "runbookd.db"), os.path.join(other.folder, "same.db"))
    second = Runbookd(other).launch()
    assert second.process.wait(30) == 1
    assert "held by another process" in second.process.log()


def test_what_is_written_is_for_nobody_else(file_house, start):
    h = file_house(journal={"path": "data/journal"})
    d = start(h)
    d.send(body(alert("Down")))
    wait_until(lambda: glob.glob(os.path.join(h.folder, "data", "journal", "*")), 20, "the journal")
    for root, _, names in os.walk(os.path.join(h.folder, "data")):
        for path in (root, *(os.path.join(root, name) for name in names)):
            assert os.stat(path).st_mode & (0o027 if os.path.isdir(path) else 0o037) == 0, path


# ---- a wall clock that jumps ----

PATIENT = [{"name": "patient", "matchers": ['alertname="Patient"'], "page_after": "6s", "group_by": ["..."]},
           {"name": "all", "matchers": ['alertname=~".+"'], "group_by": ["..."]}]


@pytest.fixture
def clocked(tmp_path, file_house, start):
    """(a daemon on SQLite alone, its wall clock)"""
    if MISSING:
        pytest.skip(MISSING)
    clock = Clock(str(tmp_path / "clock"))
    env = {**clock.env, "ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))}
    return start(file_house(rules=PATIENT), env=env), clock


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_page_after_is_as_long_as_it_says_whatever_the_wall_clock_does(seconds, clocked, recorder):
    d, clock = clocked
    sent = time.monotonic()
    d.send(body(alert("Patient")))
    clock.jump(seconds)
    d.send(body(alert("Other")))  # so that the jump is noticed while the other waits
    wait_until(lambda: len(recorder.triggers()) == 2, 20, "the pages")
    waited = recorder.triggers()[-1].at - sent
    assert 5.5 < waited < 60, f"page_after is 6 s: {waited}"


def test_set_back_an_hour_and_restarted_it_still_knows_what_was_later(clocked, recorder):
    d, clock = clocked
    d.send(body(alert("Patient", instance="a")))
    d.kill()
    clock.jump(-3600)
    d.start()
    assert said(d, "The wall clock is behind the newest time in the store")
    d.send(body(alert("Patient", instance="b")))
    wait_until(lambda: len(recorder.triggers()) == 2, 30, "the pages")
    times = [i["timeline"][0]["at"] for i in (d.api("incidents/" + k) for k in recorder.keys())]
    assert times == sorted(times)


def test_what_is_planned_alarms_nobody(redis, failover_house, start, recorder, tmp_path):  # noqa: F811
    """Drained, Redis emptied, resumed: no warning, no metric that an alert is on."""
    patient = {"redis": {"address": redis.address, "prefix": "test", "timeout": "5s"}, "sqlite": {"path": "runbookd.db"}}
    d = start(failover_house(store=patient))
    ctl = Ctl(daemon=d, folder=tmp_path)
    wait_until(lambda: back(d), 20, "Redis serves")
    for i in range(5):
        d.send(body(alert("Down", instance=f"i{i}")))
    d.send(body(alert("Down", instance="i0", status="resolved")))
    wait_until(lambda: len(recorder.triggers()) == 5 and recorder.resolves(), 20, "the pages")
    before = len(d.process.lines)
    ctl.run("store", "drain")
    redis.process.kill()
    shutil.rmtree(redis.folder)
    os.makedirs(redis.folder)
    wait_until(lambda: not d.api("status")["stores"][0]["up"], 20, "it is down, and status says so")
    assert d.metric("store_drained") == 1 and ready_text(d) == "runbookd is ready.\n"
    assert d.metric("store_up", store="redis") != 0 and d.metric("store_owned_keys") == 0
    redis.start()
    ctl.run("store", "resume")
    wait_until(lambda: back(d), 20, "back")
    assert d.metric("store_drained") == 0 and d.metric("store_up", store="redis") == 1
    assert d.metric("store_put_back_keys_total") == d.metric("store_failovers_total") == 0
    alarms = [line for line in d.process.lines[before:] if re.search("level=(warn|error)", line)]
    assert not alarms, alarms

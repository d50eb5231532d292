"""kill -9: what was answered 200 is paged all the same, and under the same key."""

import random
import threading

from harness import Reply, alert, body, now, post_json, wait_until

KILLS = 20


class Load:
    """Posts new alerts one after the other and remembers which were answered 200."""

    def __init__(self):
        self.url = None
        self.sent, self.kept, self.count = {}, {}, 0
        self.enough = threading.Event()
        self.answered = threading.Semaphore(0)
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.enough.is_set():
            url, name = self.url, f"n{self.count:05}"
            self.count += 1
            starts = now() - 60
            self.sent[name] = starts
            try:
                status, reply = post_json(url + "/api/v1/webhook", body(alert("Down", starts=starts, name=name)))
            except (OSError, ValueError):
                self.wait_for_another(url)
                continue
            if status == 200:
                self.kept[name] = reply["data"]["decisions"][0]["key"]
                self.answered.release()

    def wait_for_another(self, url):
        wait_until(lambda: self.url != url or self.enough.is_set(), 60, "the next daemon")

    def stop(self):
        self.enough.set()
        self.thread.join(60)


def wait_for_answers(load, count):
    for _ in range(count):
        assert load.answered.acquire(timeout=60)


def resolve_all(daemon, load):
    names = list(load.sent)
    for i in range(0, len(names), 500):
        daemon.send(body(*(alert("Down", status="resolved", starts=load.sent[n], name=n) for n in names[i:i + 500])))


def test_killed_20_times_under_load_no_kept_alert_is_missing(house, start, recorder):
    dice, load = random.Random(9195), Load()
    d = start(house())
    load.url = d.url
    load.thread.start()
    try:
        for _ in range(KILLS):
            wait_for_answers(load, dice.randrange(1, 30))
            load.enough.wait(dice.random() / 100)  # somewhere inside the next request
            d.kill()
            d.start()
            load.url = d.url
    finally:
        load.stop()
    wait_until(lambda: set(load.kept.values()) <= set(recorder.keys()), 60, "every kept alert is paged")
    keys = {}
    for r in recorder.all("trigger"):
        keys.setdefault(r.labels["name"], set()).add(r.key)
    assert all(len(k) == 1 for k in keys.values()), "a repeat carries the key of the first"
    assert {n: {k} for n, k in load.kept.items()}.items() <= keys.items()
    resolve_all(d, load)
    wait_until(lambda: not recorder.open_keys(), 60, "nothing stays open at the provider")


def test_killed_between_the_providers_answer_and_its_record_the_resolve_is_still_told(house, start, recorder):
    """The provider took the page, runbookd died before it could note that: `maybe` gets its resolve."""
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    d = start(house())
    starts = now() - 60
    key = d.send(body(alert("Down", starts=starts)))[0]["key"]
    wait_until(recorder.triggers, 10, "the provider has it")
    d.kill()
    recorder.answer = lambda request: Reply()
    hold.set()
    d.start()
    d.send(body(alert("Down", status="resolved", starts=starts)))
    wait_until(recorder.resolves, 30, "the resolve")
    assert not recorder.open_keys()
    assert {r.key for r in recorder.all()} == {key}


def test_killed_while_it_pages_it_pages_on_as_soon_as_it_is_started_again(house, start, recorder):
    """Its own lease of the page, and the file that only one process has, say that nobody is at it any more."""
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    d = start(house(delivery={"lease": "10m"}))
    key = d.send(body(alert("Down")))[0]["key"]
    wait_until(recorder.triggers, 10, "the provider has it")
    d.kill()
    recorder.answer = lambda request: Reply()
    hold.set()
    d.start()
    wait_until(lambda: len(recorder.triggers()) > 1, 30, "it is tried again, and not when the lease ends")
    assert set(recorder.keys()) == {key}
    wait_until(lambda: d.api("incidents/" + key)["deliveries"][0]["told"] == "firing", 10)


def test_killed_while_the_provider_is_down_the_page_is_sent_after_the_restart(house, start, recorder):
    recorder.answer = lambda request: Reply(status=503)
    d = start(house())
    key = d.send(body(alert("Down")))[0]["key"]
    wait_until(recorder.all, 10, "an attempt")
    d.kill()
    recorder.answer = lambda request: Reply()
    d.start()
    wait_until(lambda: recorder.keys() == [key], 30, "the page")


def test_redis_killed_under_load_no_kept_alert_is_missing(redis, shared_house, start, recorder):
    """appendfsync always: what Redis acknowledged is there after kill -9, and so is what runbookd answered 200."""
    load = Load()
    d = start(shared_house())
    load.url = d.url
    load.thread.start()
    try:
        for _ in range(5):
            wait_for_answers(load, 20)
            redis.process.kill()
            redis.start()
            wait_until(d.ready, 30, "ready again")
    finally:
        load.stop()
    wait_until(lambda: set(load.kept.values()) <= set(recorder.keys()), 60, "every kept alert is paged")
    resolve_all(d, load)
    wait_until(lambda: not recorder.open_keys(), 60, "nothing stays open at the provider")

"""SIGTERM under load: what is in hand is finished, and what was answered 200 is kept."""

import signal
import threading

from harness import Reply, alert, body, post_json, wait_until


class Senders:
    def __init__(self, url, count=4):
        self.url, self.kept, self.refused = url, [], 0
        self.lock, self.stopped = threading.Lock(), threading.Event()
        self.some = threading.Semaphore(0)
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(count)]
        for t in self.threads:
            t.start()

    def run(self, sender):
        n = 0
        while not self.stopped.is_set():
            n += 1
            try:
                status, reply = post_json(self.url + "/api/v1/webhook", body(alert("Down", sender=str(sender), n=str(n))))
            except (OSError, ValueError):
                return
            with self.lock:
                if status == 200:
                    self.kept.append(reply["data"]["decisions"][0]["key"])
                    self.some.release()
                else:
                    assert status == 503
                    self.refused += 1

    def stop(self):
        self.stopped.set()
        for t in self.threads:
            t.join(30)


def test_sigterm_under_load_keeps_what_was_answered(house, start, recorder):
    d = start(house())
    senders = Senders(d.url)
    try:
        for _ in range(100):
            assert senders.some.acquire(timeout=30)
        d.process.send(signal.SIGTERM)
        assert d.process.wait(12) == 0, d.process.log()
    finally:
        senders.stop()
    d.start()
    wait_until(lambda: set(senders.kept) <= set(recorder.keys()), 60, "every kept alert is paged")
    assert len(recorder.keys()) == len(set(recorder.keys())), "an orderly stop repeats nothing"


def test_sigterm_waits_for_the_page_that_is_on_its_way(house, start, recorder):
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    d = start(house())
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the provider has it")
    d.process.send(signal.SIGTERM)
    wait_until(lambda: "Stopping" in d.process.log(), 10, "it knows")
    hold.set()
    assert d.process.wait(12) == 0
    recorder.answer = lambda request: Reply()
    d.start()
    shown = d.api("incidents")["incidents"][0]["deliveries"][0]
    assert shown["told"] == "firing", "its answer was taken down"
    assert len(recorder.triggers()) == 1


def test_a_provider_that_never_answers_does_not_hold_up_the_end(house, start, recorder):
    hold = threading.Event()
    recorder.answer = lambda request: Reply(hold=hold)
    d = start(house(delivery={"timeout": "20s", "lease": "30s"}))
    d.send(body(alert("Down")))
    wait_until(recorder.triggers, 10, "the provider has it")
    d.process.send(signal.SIGTERM)
    try:
        assert d.process.wait(12) == 0, d.process.log()
    finally:
        hold.set()


def test_sigint_ends_it_too(local_house, start):
    d = start(local_house())
    d.process.send(signal.SIGINT)
    assert d.process.wait(12) == 0

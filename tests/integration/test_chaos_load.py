"""The load of the fault harness says what an Alertmanager would say; and its proxy cuts what it should cut."""

import random
import socket
import threading

from chaos import proxy
from chaos.alerts import Alert, Group, draw_group
from chaos.history import State
from harness.waiting import wait_until


def group(*toggles):
    alerts = [Alert(f"g-{i}", {"alertname": "Each", "incident": f"g-{i}"}, list(t)) for i, t in enumerate(toggles)]
    return Group("g", alerts, 0)


def said(g, now, acked=True):
    """What a webhook then says, by alert."""
    states = g.unsaid(now)
    if states:
        g.took(states, acked)
    return {a.name: (s.episode, s.firing) for a, s in states.items()}


def test_nothing_is_said_twice_once_it_was_answered():
    g = group((1, 5))
    assert said(g, 0) == {}
    assert said(g, 2, acked=False) == said(g, 3) == {"g-0": (1, True)}
    assert said(g, 4) == {}
    assert said(g, 6, acked=False) == said(g, 7) == {"g-0": (1, False)}
    assert said(g, 8) == {} and g.done(8)


def test_the_whole_group_goes_each_time_without_what_is_over():
    g = group((1, 5), (3, 9))
    assert said(g, 2) == {"g-0": (1, True)}
    assert said(g, 4) == {"g-0": (1, True), "g-1": (1, True)}
    assert said(g, 6) == {"g-0": (1, False), "g-1": (1, True)}
    assert said(g, 10) == {"g-1": (1, False)}


def test_what_began_and_ended_between_two_webhooks_is_never_mentioned():
    assert said(group((1, 2)), 3) == {}


def test_a_resolve_follows_a_firing_that_perhaps_nobody_heard():
    g = group((1, 5))
    said(g, 2, acked=False)
    assert said(g, 6) == {"g-0": (1, False)}


def test_fire_resolve_fire_between_two_webhooks_looks_like_firing_with_a_new_start():
    g = group((1, 2, 3))
    said(g, 1.5)
    states = g.unsaid(4)
    assert list(states.values()) == [State("g-0", "g-0", 2, True)]
    assert g.body(states, 1000)["alerts"][0]["startsAt"] == "1970-01-01T00:16:43.000Z"


def test_the_same_seed_draws_the_same_groups():
    def drawn():
        dice = random.Random(7)
        return [[a.toggles for a in draw_group(dice, i, 0.0).alerts] for i in range(20)]
    assert drawn() == drawn()


class Echo:
    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.server.accept()
            threading.Thread(target=self.echo, args=(connection,), daemon=True).start()

    @staticmethod
    def echo(connection):
        with connection:
            try:
                while data := connection.recv(1000):
                    connection.sendall(data)
            except OSError:
                pass  # the proxy cut it, which is what it is there for


def through(p):
    connection = socket.create_connection(("127.0.0.1", p.port), 5)
    connection.settimeout(5)
    return connection


def all_of(connection):
    out = b""
    try:
        while data := connection.recv(1000):
            out += data
    except ConnectionError:
        pass
    return out


def test_the_proxy_passes_holds_halves_and_refuses():
    p = proxy.Proxy(Echo().port).start()
    try:
        with through(p) as c:
            c.sendall(b"hello")
            assert c.recv(1000) == b"hello"
            p.set(proxy.HOLD)
            c.sendall(b"held")
            p.set(proxy.PASS)
            assert c.recv(1000) == b"held"
            p.set(proxy.HALF_REPLY)
            c.sendall(b"0123456789")
            assert len(all_of(c)) < 10
        p.set(proxy.REFUSE)
        wait_until(lambda: refused(p), 5, "refused")
    finally:
        p.stop()


def refused(p):
    try:
        with through(p) as c:
            c.sendall(b"x")
            return all_of(c) == b""
    except OSError:
        return True

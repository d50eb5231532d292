"""Redis and Alertmanager as they are, each on free ports with its own folder."""

import json
import os
import socket

import pytest

from .bodies import now, stamp
from .daemon import BIN
from .http import call
from .process import Process, free_port, lasting_port
from .resp import ask, encoded
from .waiting import wait_until


class Redis:
    """
    Durable unless told otherwise: `durable=False` is Debian's default, snapshots only. `options` are more of its flags;
    `password` is what its requirepass is among them.
    """

    def __init__(self, folder, durable=True, options=(), password=None):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.durable, self.port, self.process = folder, durable, lasting_port(), None
        self.options, self.password = options, password

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        keep = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""] if self.durable else []
        self.process = Process(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder,
                                "--daemonize", "no", "--maxmemory-policy", "noeviction", "--logfile", "redis.log", *keep, *self.options])
        wait_until(self.answers, 10, f"Redis on {self.address}: {self.process.log()}")
        return self

    def command(self, *words):
        """The bytes of its answer."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as s:
            s.sendall(encoded(*words))
            return s.recv(65536)

    def ask(self, *words, timeout=20):
        return ask(self.port, *words, password=self.password, timeout=timeout)

    def answers(self):
        return self.ask_in_vain("PING") == "PONG"

    def role(self):
        """master or slave, in its own opinion; None while it does not say: frozen, just thawed, loading, gone."""
        said = self.ask_in_vain("ROLE")
        return said and said[0]

    def ask_in_vain(self, *words):
        """None where no answer comes, or a refusal: for whoever asks again until one comes."""
        try:
            return self.ask(*words, timeout=2)
        except (OSError, RuntimeError):
            return None

    def stop(self):
        if self.process:
            self.process.kill()


# What tests/tools/unpack_debian.sh could unpack, years younger than the installed one; may be absent.
NEWEST = os.path.join(BIN, "..", "..", "newest-alertmanager", "usr", "bin")


def newest(name):
    """A parameter of a test: that program of the newest Alertmanager. Skipped only where none could be unpacked."""
    path = os.path.join(NEWEST, name)
    return pytest.param(path, id="newest", marks=pytest.mark.skipif(not os.path.exists(path), reason="none was unpacked"))


class Alertmanager:
    """
    `route` is merged into the route, `config` into the whole; every alert goes to one webhook receiver. `program` is the
    installed one unless a test names another.
    """

    def __init__(self, folder, webhook, route=None, peers=(), cluster=False, flags=(), config=None,
                 program="prometheus-alertmanager"):
        os.makedirs(folder, exist_ok=True)
        self.program = program
        self.folder, self.port, self.process = folder, free_port(), None
        self.cluster_port = free_port() if cluster else None
        self.peers, self.flags = peers, flags
        self.config = {
            "route": {"receiver": "runbookd", "group_by": ["..."], "group_wait": "100ms", "group_interval": "1s",
                      "repeat_interval": "4h", **(route or {})},
            "receivers": [{"name": "runbookd",
                           "webhook_configs": [{"url": webhook, "send_resolved": True, "max_alerts": 0}]}],
            **(config or {}),
        }

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def cluster_flags(self):
        if not self.cluster_port:
            return ["--cluster.listen-address="]
        own = f"127.0.0.1:{self.cluster_port}"
        return [f"--cluster.listen-address={own}", f"--cluster.advertise-address={own}", "--cluster.settle-timeout=5s",
                "--cluster.gossip-interval=50ms", "--cluster.pushpull-interval=500ms",
                *(f"--cluster.peer=127.0.0.1:{p.cluster_port}" for p in self.peers)]

    def write_config(self):
        path = os.path.join(self.folder, "alertmanager.yml")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(self.config, f)
        return path

    def reload(self):
        """What `config` has become is in force when this returns."""
        self.write_config()
        code, _, text = call(self.url + "/-/reload", "POST", b"", {})
        assert code == 200, text

    def start(self):
        self.process = Process([self.program, f"--config.file={self.write_config()}", f"--storage.path={self.folder}/data",
                                f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=debug",
                                *self.cluster_flags(), *self.flags])
        wait_until(self.ready, 30, "Alertmanager is ready")
        return self

    def ready(self):
        assert self.process.running, self.process.log()
        try:
            return call(self.url + "/-/ready")[0] == 200
        except OSError:
            return False

    def peers_seen(self):
        status = json.loads(call(self.url + "/api/v2/status")[2])
        return len(status["cluster"].get("peers", []))

    def post(self, alerts):
        """Alerts as Prometheus posts them: label sets with times."""
        assert self.try_post(alerts) == 200

    def try_post(self, alerts):
        data = json.dumps(alerts).encode()
        return call(self.url + "/api/v2/alerts", "POST", data, {"Content-Type": "application/json"})[0]

    def fire(self, label_sets, starts=None):
        self.post([{"labels": labels, "startsAt": stamp(starts or now())} for labels in label_sets])

    def resolve(self, label_sets, starts):
        self.post([{"labels": labels, "startsAt": stamp(starts), "endsAt": stamp(now())} for labels in label_sets])

    def stop(self):
        if self.process:
            self.process.stop(20)

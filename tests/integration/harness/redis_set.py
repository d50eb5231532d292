"""A Redis with replicas, and the Sentinels that watch over them."""

import os

from .process import Process, lasting_port
from .resp import ask
from .services import Redis
from .waiting import wait_until

NAME = "mymaster"
DOWN_AFTER_MS = 500
FAILOVER_TIMEOUT_MS = 3000


class Sentinel:
    def __init__(self, folder, master, quorum, password=None, redis_password=None):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.port, self.process = folder, lasting_port(), None
        self.password = password
        self.config = os.path.join(folder, "sentinel.conf")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(f"port {self.port}\nbind 127.0.0.1\ndir {folder}\nlogfile {folder}/sentinel.log\n"
                    f"sentinel monitor {NAME} 127.0.0.1 {master.port} {quorum}\n"
                    f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER_MS}\n"
                    f"sentinel failover-timeout {NAME} {FAILOVER_TIMEOUT_MS}\n"
                    + (f"sentinel auth-pass {NAME} {redis_password}\n" if redis_password else "")
                    + (f"requirepass {password}\nsentinel sentinel-pass {password}\n" if password else ""))

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        """It rewrites its file: a second start goes on where the first ended."""
        self.process = Process(["redis-sentinel", self.config])
        wait_until(self.answers, 10, f"Sentinel on {self.address}: {self.process.log()}")
        # Hello and INFO more often than each 2 and 10 s: it finds the others, and demotes who comes back, sooner. And on
        # a busy machine it must not take its own lateness for a broken clock, and do nothing for 30 s.
        self.ask("SENTINEL", "DEBUG", "publish-period", 200, "info-period", 500, "tilt-trigger", 20000,
                 "tilt-period", 1000)
        return self

    def ask(self, *words):
        return ask(self.port, *words, password=self.password)

    def answers(self):
        try:
            return self.ask("PING") == "PONG"
        except (OSError, RuntimeError):
            return False

    def fields(self):
        flat = self.ask("SENTINEL", "MASTER", NAME)
        return dict(zip(flat[::2], flat[1::2]))

    def master_port(self):
        return int(self.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)[1])

    def stop(self):
        if self.process:
            self.process.kill()


class RedisSet:
    """`count` Redis, the first of them the master at the start, and `sentinels` Sentinels that agree about it."""

    def __init__(self, folder, count=2, sentinels=3, password=None, sentinel_password=None, durable=True, options=()):
        own = ["--requirepass", password, "--masterauth", password] if password else []
        self.password = password
        self.redises = [Redis(os.path.join(folder, f"redis-{i}"), durable,
                              ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1", *own, *options],
                              password) for i in range(count)]
        self.sentinels = [Sentinel(os.path.join(folder, f"sentinel-{i}"), self.redises[0], sentinels // 2 + 1,
                                   sentinel_password, password) for i in range(sentinels)]

    def start(self):
        self.redises[0].start()
        for replica in self.redises[1:]:
            replica.start()
            replica.ask("REPLICAOF", "127.0.0.1", self.redises[0].port)
        wait_until(self.in_sync, 20, "the replicas are in sync")
        for sentinel in self.sentinels:
            sentinel.start()
        self.wait_agreed()
        return self

    @property
    def addresses(self):
        return [s.address for s in self.sentinels]

    def store(self, **over):
        """What a configuration says under `store`."""
        sentinel = {"master": NAME, "addresses": self.addresses}
        if self.sentinels[0].password:
            sentinel["password"] = self.sentinels[0].password
        own = {"password": self.password} if self.password else {}
        return {"redis": {"sentinel": sentinel, "prefix": "test", "timeout": "1s", **own, **over},
                "on_redis_failure": "reject"}

    # ---- who is what ----

    def asked(self):
        """The Sentinels that run."""
        return [s for s in self.sentinels if s.process.running]

    def master(self):
        """Whom the Sentinels call master; None while they disagree or it does not say so itself."""
        ports = {s.master_port() for s in self.asked()}
        found = [r for r in self.redises if {r.port} == ports and r.role() == "master"]
        return found[0] if found else None

    def in_sync(self):
        return all("master_link_status:up" in (r.ask_in_vain("INFO", "replication") or "") for r in self.redises[1:])

    def in_step(self):
        """Each replica has all that the master has."""
        said = [r.ask("ROLE") for r in self.redises]
        return {words[0] for words in said} == {"master", "slave"} and len(
            {int(words[1 if words[0] == "master" else 4]) for words in said}) == 1

    def agreed(self):
        others = len(self.asked()) - 1
        seen = [s.fields() for s in self.asked()]
        return self.master() and all(
            int(f["num-other-sentinels"]) >= others and int(f["num-slaves"]) >= len(self.redises) - 1
            and f["flags"] == "master" for f in seen)

    def wait_agreed(self, timeout=30):
        wait_until(self.agreed, timeout, "the Sentinels know each other and the replicas")

    def replicas_ready(self):
        """Enough of them follow the master that it can be failed over from."""
        master = self.master()
        said = master and master.ask_in_vain("ROLE")
        return said and said[0] == "master" and said[2]

    # ---- faults ----

    def other_master(self, old):
        """The master, when it is another one and the Sentinels are done with it."""
        found = self.master()
        return found if found and found is not old else None

    def wait_master_other_than(self, old, timeout=30):
        return wait_until(lambda: self.other_master(old), timeout, "another master")

    def failover(self, timeout=60):
        """A planned one; the old master stays as a replica. The new master."""
        old = wait_until(self.master, timeout, "a master")
        # One that was begun may still be given up, as long as the replicas have not told the Sentinels of themselves.
        return wait_until(lambda: self.other_master(old) or self.begin_failover(old), timeout, "another master")

    def begin_failover(self, old):
        sentinel = self.asked()[0]
        fields = sentinel.fields()
        if int(fields["port"]) == old.port and "failover_in_progress" not in fields["flags"]:
            try:
                sentinel.ask("SENTINEL", "FAILOVER", NAME)
            except RuntimeError:  # INPROG, or NOGOODSLAVE as yet
                pass

    def kill_master(self):
        """kill -9 of it: the killed one; wait_master_other_than() it, start() it again."""
        old = wait_until(self.master, 30, "a master")
        old.process.kill()
        return old

    def stop(self):
        for each in self.sentinels + self.redises:
            each.stop()

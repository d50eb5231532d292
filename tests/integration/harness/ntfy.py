"""
A real ntfy of its own, with one user. Topics are open unless settings say otherwise: where they are closed, ntfy 2.27 refuses
its own administrator with 403 now and then, when two of his requests come at once.
"""

import json
import os
import re
import subprocess

from .daemon import BIN
from .http import call
from .process import Process, free_port
from .waiting import wait_until

# What tests/tools/unpack_debian.sh could unpack; may be absent.
NTFY = os.path.join(BIN, "..", "..", "peers", "ntfy", "usr", "bin", "ntfy")


def available():
    return os.path.exists(NTFY)


class Ntfy:
    def __init__(self, folder, **settings):
        os.makedirs(folder)
        self.file, self.url = f"{folder}/server.yml", f"http://127.0.0.1:{free_port()}"
        config = {"listen-http": self.url.removeprefix("http://"), "base-url": self.url, "cache-file": f"{folder}/cache.db",
                  "auth-file": f"{folder}/auth.db", "auth-default-access": "read-write",
                  "visitor-request-limit-exempt-hosts": "127.0.0.1", **settings}
        with open(self.file, "w", encoding="utf-8") as f:
            json.dump(config, f)
        self.process, self.token = None, None

    def start(self):
        self.process = Process([NTFY, "serve", "-c", self.file])
        wait_until(self.ready, 30, "ntfy is ready")
        self.run("user", "add", "--role=admin", "pager")
        self.token = re.search(r"tk_\w+", self.run("token", "add", "pager"))[0]
        return self

    def ready(self):
        assert self.process.running, self.process.log()
        try:
            return call(f"{self.url}/v1/health")[0] == 200
        except OSError:
            return False

    def run(self, what, verb, *args):
        done = subprocess.run([NTFY, what, "-c", self.file, verb, *args], env={**os.environ, "NTFY_PASSWORD": "pw"},
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def messages(self, topic):
        """What its subscribers are shown, the oldest first; nothing while it is asked too often."""
        status, _, text = call(f"{self.url}/{topic}/json?poll=1", headers={"Authorization": f"Bearer {self.token}"})
        if status == 429:
            return []
        assert status == 200, text
        return [m for m in map(json.loads, text.splitlines()) if m["event"] == "message"]

    def stop(self):
        if self.process:
            self.process.stop()

"""A program under test, its log, and its end."""

import os
import random
import signal
import socket
import subprocess
import threading

from .waiting import SLACK


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def lasting_port():
    """Below those that the kernel gives to whoever connects somewhere: it is still free after a kill and a restart."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Process:
    def __init__(self, command, env=None, cwd=None):
        self.ended_on_purpose = False
        # In memory, and no pipe that somebody would have to empty in time: what it has said can be read at once.
        self.said = os.fdopen(os.memfd_create("log"), "rb", buffering=0)
        self.whole, self.at, self.lock = [], 0, threading.Lock()
        self.child = subprocess.Popen(command, env=dict(os.environ, **(env or {})), cwd=cwd, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=self.said)

    @property
    def lines(self):
        """What it has said until now; a line that it wrote before an answer is there when the answer is."""
        with self.lock:
            fd = self.said.fileno()
            text = os.pread(fd, os.fstat(fd).st_size - self.at, self.at)
            *whole, rest = text.split(b"\n")
            self.at += len(text) - len(rest)
            self.whole += [line.decode(errors="replace") for line in whole]
            return self.whole + ([rest.decode(errors="replace")] if rest else [])

    @property
    def running(self):
        return self.child.poll() is None

    def log(self):
        return "\n".join(self.lines)

    def send(self, number):
        self.child.send_signal(number)

    def wait(self, timeout):
        """
        The exit status; a process that is still there after `timeout` seconds (of a quiet machine) is killed and None
        returned.
        """
        self.ended_on_purpose = self.ended_on_purpose or self.running or self.child.returncode in (0, 1, 2)
        try:
            status = self.child.wait(timeout * SLACK)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            status = None
        return status

    def stop(self, timeout=12):
        self.end(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        self.end(signal.SIGKILL)
        return self.wait(10)

    def end(self, number):
        """Its purpose is noted before it is signalled: the child may be gone before anybody looks again."""
        if self.running:
            self.ended_on_purpose = True
            self.send(number)

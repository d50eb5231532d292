"""Between a router and Redis: sees every command, and can hold Redis' answers back."""

import hashlib
import os
import socket
import threading

from .daemon import REPOSITORY

FOLDER = os.path.join(REPOSITORY, "src/store")


def bodies():
    """{verb: the text that its script ends with}; what is no verb's own (the prelude) ends none."""
    out = {}
    for name in os.listdir(FOLDER):
        if name.startswith("redis_") and name.endswith(".lua"):
            with open(os.path.join(FOLDER, name), "rb") as f:
                out[name[len("redis_"):-len(".lua")]] = f.read()
    return out


def commits_in(argv):
    """redis_commit.lua says how its arguments are laid out."""
    n, place = 0, 5
    while place < len(argv):
        n, place = n + 1, place + 1 + int(argv[place])
    return n


class Commands:
    """Splits a stream of commands (arrays of bulk strings)."""

    def __init__(self):
        self.buffer = b""

    def feed(self, data):
        self.buffer += data
        found = []
        while True:
            words, at = self.one()
            if words is None:
                return found
            self.buffer = self.buffer[at:]
            found.append(words)

    def one(self):
        line, at = self.line(0)
        if line is None:
            return None, 0
        words = []
        for _ in range(int(line[1:])):
            line, at = self.line(at)
            if line is None or len(self.buffer) < at + int(line[1:]) + 2:
                return None, 0
            words.append(self.buffer[at:at + int(line[1:])])
            at += int(line[1:]) + 2
        return words, at

    def line(self, at):
        end = self.buffer.find(b"\r\n", at)
        return (None, 0) if end < 0 else (self.buffer[at:end], end + 2)


class RedisProxy:
    """`seen(verb)` is called for every script that a router runs, before Redis gets it; for one with many commits, so many
    times. While `gate` is not set, Redis' answers wait."""

    def __init__(self, port):
        self.port, self.gate = port, threading.Event()
        self.gate.set()
        self.seen = lambda verb: None
        self.texts, self.verbs = bodies(), {}
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.threads = []
        self.spawn(self.accept)

    def spawn(self, run, *args):
        thread = threading.Thread(target=run, args=args)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            self.sockets += [client, server]
            self.spawn(self.forward, client, server)
            self.spawn(self.answer, server, client)

    def forward(self, client, server):
        commands = Commands()
        try:
            while data := client.recv(1 << 16):
                for words in commands.feed(data):
                    self.look(words)
                server.sendall(data)
        except OSError:
            pass
        self.shut(client, server)

    def answer(self, server, client):
        try:
            while data := server.recv(1 << 16):
                self.gate.wait(60)
                client.sendall(data)
        except OSError:
            pass
        self.shut(client, server)

    def shut(self, *ends):
        for s in ends:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def look(self, words):
        name = words[0].upper()
        if name == b"EVAL":
            verb = next(v for v, text in self.texts.items() if words[1].endswith(text))
            self.verbs[hashlib.sha1(words[1]).hexdigest().encode()] = verb
        if name in (b"EVAL", b"EVALSHA"):
            digest = words[1] if name == b"EVALSHA" else hashlib.sha1(words[1]).hexdigest().encode()
            verb = self.verbs.get(digest, "unknown")
            # a load of versions is no webhook's: the router compares its mirror with what Redis has, whenever it is time
            verb = "verify" if verb == "load" and self.argument(words, 3) == b"1" else verb
            for _ in range(commits_in(words[4:]) if verb == "commit" else 1):
                self.seen(verb)

    @staticmethod
    def argument(words, number):
        """ARGV[number] of EVAL or EVALSHA."""
        at = 2 + int(words[2]) + number
        return words[at] if at < len(words) else None

    def stop(self):
        self.gate.set()
        self.shut(self.listener)
        self.listener.close()
        self.shut(*self.sockets)
        for t in self.threads:
            t.join(10)
        for s in self.sockets:
            s.close()

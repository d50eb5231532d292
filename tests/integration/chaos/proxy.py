"""A TCP proxy on loopback that can become a bad network, one direction of each connection per thread."""

import random
import socket
import struct
import threading

from harness.process import lasting_port

PASS, REFUSE, HOLD, SLOW, HALF_REQUEST, HALF_REPLY = "pass", "refuse", "hold", "slow", "half of a request", "half of a reply"
BAD = (REFUSE, HOLD, SLOW, HALF_REQUEST, HALF_REPLY)
CHUNK = 65536
SLOW_SECONDS = 0.2


def reset(connection):
    """An end that the other side notices at once, with whatever was under way lost."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)  # wakes the thread that reads from it
    except OSError:
        pass
    connection.close()


class Proxy:
    """
    REFUSE cuts what is open and refuses what is new. HOLD delivers nothing until it passes again, then everything, as
    TCP does after an outage. SLOW delays each piece. HALF_… lets half of the next piece through, and cuts.
    """

    def __init__(self, target_port):
        self.target_port, self.port = target_port, lasting_port()
        self.changed = threading.Condition()
        self.mode, self.ended = PASS, False
        self.connections = set()
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.thread = threading.Thread(target=self.accept, daemon=True)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.thread.start()
        return self

    def set(self, mode):
        with self.changed:
            self.mode = mode
            self.changed.notify_all()
        if mode == REFUSE:
            self.cut_all()

    def stop(self):
        with self.changed:
            self.ended = True
            self.changed.notify_all()
        reset(self.listener)
        self.cut_all()
        self.thread.join(10)

    def cut_all(self):
        with self.changed:
            gone, self.connections = self.connections, set()
        for connection in gone:
            reset(connection)

    # ---- threads ----

    def accept(self):
        while not self.ended:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.mode == REFUSE:
                reset(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port), 2)
            except OSError:
                reset(client)
                continue
            server.settimeout(None)
            with self.changed:
                self.connections |= {client, server}
            for one, other, half in ((client, server, HALF_REQUEST), (server, client, HALF_REPLY)):
                threading.Thread(target=self.pump, args=(one, other, half), daemon=True).start()

    def pump(self, source, target, half):
        try:
            while data := source.recv(CHUNK):
                mode = self.wait_to_deliver()
                if mode == half:
                    target.sendall(data[:random.randrange(len(data))])
                    break
                target.sendall(data)
        except OSError:
            pass
        with self.changed:
            self.connections -= {source, target}
        reset(source)
        reset(target)

    def wait_to_deliver(self):
        """The mode that holds when the piece at hand may go on."""
        with self.changed:
            if self.mode == SLOW:
                self.changed.wait_for(lambda: self.mode != SLOW or self.ended, SLOW_SECONDS)
            self.changed.wait_for(lambda: self.mode != HOLD or self.ended)
            return self.mode

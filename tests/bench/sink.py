"""A provider that answers at once, in a process of its own, and knows when it was told of which alert (/dev/sdN)."""

import asyncio
import http.client
import json
import multiprocessing
import re
import socket
import time

LENGTH, NUMBER = re.compile(rb"(?i)content-length: (\d+)"), re.compile(rb"/dev/sd(\d+)")


class Provider(asyncio.Protocol):
    def __init__(self, times):
        self.times, self.got = times, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.got += data
        while self.take_one():
            pass

    def take_one(self):
        head, end, rest = self.got.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        size = int(length[1]) if length else 0
        if not end or len(rest) < size:
            return False
        self.got = rest[size:]
        self.answer(head.split(b" ", 2), rest[:size])
        return True

    def answer(self, words, text):
        reply, status = b"{}", b"202 Accepted"
        if words[0] == b"GET":
            reply = json.dumps(len(self.times) if words[1] == b"/count" else self.times).encode()
            status = b"200 OK"
        else:
            number = NUMBER.search(text)
            if number:
                self.times.setdefault(int(number[1]), time.monotonic())
        self.transport.write(b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                             % (status, len(reply), reply))


def serve(listener):
    async def run():
        times = {}
        server = await asyncio.get_running_loop().create_server(lambda: Provider(times), sock=listener)
        await server.serve_forever()
    asyncio.run(run())


class Sink:
    def __init__(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process = multiprocessing.get_context("fork").Process(target=serve, args=(listener,), daemon=True)
        self.process.start()
        listener.close()

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    def count(self):
        return self.ask("/count")

    def times(self):
        return {int(index): at for index, at in self.ask("/times").items()}

    def stop(self):
        self.process.terminate()
        self.process.join()

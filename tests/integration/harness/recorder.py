"""A stand-in for PagerDuty that keeps every request, answers as it is told, and knows which dedup keys are open."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCEPTED = b'{"status":"success","message":"Event processed","dedup_key":"x"}'


@dataclass
class Reply:
    status: int = 202
    headers: dict = field(default_factory=dict)
    body: bytes = ACCEPTED
    hold: threading.Event = None  # answered only when it is set
    delay: float = 0  # seconds until it is answered
    late: bool = False  # counts as accepted only after that delay, as a request does that was long on its way
    cut: bool = False  # the connection ends without an answer; `status` says whether it was accepted


@dataclass
class Request:
    at: float
    path: str
    headers: dict
    body: dict
    status: int = 0

    @property
    def action(self):
        return self.body.get("event_action")

    @property
    def key(self):
        return self.body.get("dedup_key")

    @property
    def accepted(self):
        return 200 <= self.status < 300

    @property
    def labels(self):
        return self.body["payload"]["custom_details"]["labels"]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        """A client that was killed is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        recorder = self.server.recorder
        request, reply = recorder.take(self.path, dict(self.headers), data)
        if reply.hold:
            reply.hold.wait(60)
        if reply.delay:
            recorder.stopped.wait(reply.delay)
        if reply.late:
            recorder.keep(request)
        if reply.cut:
            self.close_connection = True
            return
        self.answer(reply)

    def answer(self, reply):
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *args):
        pass


class Recorder:
    def __init__(self):
        self.lock = threading.Lock()
        self.requests = []
        self.open = set()
        self.stopped = threading.Event()
        self.answer = lambda request: Reply()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.recorder = self
        self.url = f"http://127.0.0.1:{self.server.server_port}/v2/enqueue"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.stopped.set()
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()

    def take(self, path, headers, data):
        request = Request(time.monotonic(), path, headers, json.loads(data))
        with self.lock:
            reply = self.answer(request)
            request.status = reply.status
            if not reply.late:
                self.append(request)
        return request, reply

    def keep(self, request):
        with self.lock:
            request.at = time.monotonic()
            self.append(request)

    def append(self, request):
        self.requests.append(request)
        if request.accepted:
            self.apply(request)

    def apply(self, request):
        if request.action == "trigger":
            self.open.add(request.key)
        elif request.action == "resolve":
            self.open.discard(request.key)

    def all(self, action=None, key=None, accepted=None):
        with self.lock:
            return [r for r in self.requests if (action is None or r.action == action)
                    and (key is None or r.key == key) and (accepted is None or r.accepted == accepted)]

    def triggers(self, key=None):
        return self.all("trigger", key, accepted=True)

    def resolves(self, key=None):
        return self.all("resolve", key, accepted=True)

    def keys(self, action="trigger"):
        """The dedup keys of accepted requests, in the order of their arrival."""
        return [r.key for r in self.all(action, accepted=True)]

    def open_keys(self):
        with self.lock:
            return set(self.open)

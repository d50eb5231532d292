"""Debian's chromium without a window, spoken to over a pipe (the DevTools protocol, one JSON message per NUL)."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import time

CHROMIUM = shutil.which("chromium")


def high_pipe():
    """Beyond the descriptors that the browser wants its ends to be, and closed in other programs."""
    pair = os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in pair]
    for end in pair:
        os.close(end)
    return ends


class Browser:
    """A page at a time; every URL it asked for is in `requests`, what it complained about in `complaints`."""

    def __init__(self, folder, width=412, height=915, dark=False):
        self.requests, self.complaints = [], []
        self.buffer, self.last = b"", 0
        to_read, self.write_to = high_pipe()
        self.read_from, to_write = high_pipe()
        command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                   f"--user-data-dir={folder}", "--no-first-run", "--disable-background-networking",
                   "--disable-component-update", "about:blank"]

        def connect():
            """It reads from 3 and writes to 4."""
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        self.child = subprocess.Popen(command, close_fds=False, preexec_fn=connect, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.session = None
        target = next(t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)
        if dark:
            self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def message(self, timeout):
        deadline = time.monotonic() + timeout
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            ready = select.select([self.read_from], [], [], max(left, 0))[0]
            data = os.read(self.read_from, 1 << 16) if ready else b""
            if not data:
                raise AssertionError("the browser says nothing")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(line)

    def note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif method in ("Runtime.exceptionThrown", "Page.javascriptDialogOpening"):
            self.complaints.append(json.dumps(params))

    def ask(self, method, timeout=30, **params):
        self.last += 1
        question = {"id": self.last, "method": method, "params": params}
        if self.session:
            question["sessionId"] = self.session
        os.write(self.write_to, json.dumps(question).encode() + b"\0")
        deadline = time.monotonic() + timeout
        while True:
            answer = self.message(deadline - time.monotonic())
            if answer.get("id") == self.last:
                assert "error" not in answer, answer
                return answer["result"]
            self.note(answer)

    def until_loaded(self, timeout=30):
        deadline = time.monotonic() + timeout
        while True:
            event = self.message(deadline - time.monotonic())
            self.note(event)
            if event.get("method") == "Page.loadEventFired":
                return

    def open(self, url):
        self.ask("Page.navigate", url=url)
        self.until_loaded()

    def value(self, script):
        """The value of a JavaScript expression; a promise is waited for."""
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def close(self):
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.write_to)
        os.close(self.read_from)

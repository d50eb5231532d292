#!/usr/bin/python3
"""
A stand-in for a pager: takes what runbookd's webhook and pagerduty receivers send, prints it for people, and shows it to a
browser.
"""

import argparse
import collections
import html
import json
import sys
import threading
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TITLES = {"trigger": "PAGE", "update": "STILL FIRING", "acknowledge": "ACKNOWLEDGED", "resolve": "RESOLVED"}
LOCK = threading.Lock()
# What a browser is shown: the newest first, by itself again and again.
SHOWN = collections.deque(maxlen=100)
SCREEN = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Stand-in pager</title>
<style>body {{ font: 16px/1.4 monospace; margin: 2em; white-space: pre-wrap; color-scheme: light dark }}</style>
{pages}"""


def away(text):
    """' (in 14m)' for a time that is yet to come."""
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return ""
    minutes = int((at - datetime.now(timezone.utc)).total_seconds() // 60)
    return f" (in {minutes // 60}h{minutes % 60:02}m)" if minutes >= 60 else f" (in {minutes}m)" if minutes > 0 else ""


def from_webhook(body):
    """The webhook receiver's own body."""
    incident = body["incident"]
    members = incident["members"]
    return body["event"], {
        "summary": incident["summary"],
        "severity": incident["severity"],
        "owner": incident["owner"],
        "runbook": (incident["runbook"] or {}).get("url") or (incident["runbook"] or {}).get("path"),
        "response due": incident["response_due"],
        "firing": f"{members['firing']} of {members['total']}",
        "dedup key": body["dedup_key"],
    }


def from_pagerduty(body):
    details = body.get("payload", {}).get("custom_details", {})
    return body["event_action"], {
        "summary": body.get("payload", {}).get("summary"),
        "severity": details.get("severity"),
        "owner": details.get("owner"),
        "runbook": details.get("runbook"),
        "response due": details.get("response_due"),
        "dedup key": body["dedup_key"],
    }


def from_anything(body):
    return body.get("event", "message"), {name: str(value) for name, value in body.items()}


def read(data):
    body = json.loads(data)
    if "incident" in body:
        return from_webhook(body)
    return from_pagerduty(body) if "event_action" in body else from_anything(body)


def describe(path, data):
    event, fields = read(data)
    lines = [f"---- {TITLES.get(event, event)} to {path.strip('/')} ".ljust(72, "-")]
    if event == "resolve":
        fields.pop("response due", None)
    for name, value in fields.items():
        if value:
            lines.append(f"  {name:<14}{value}{away(value) if name.endswith('due') else ''}")
    return "\n".join(lines)


class Pager(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            text, status = describe(urllib.parse.urlsplit(self.path).path, data), 202
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            text, status = f"---- not understood: {error!r}", 400
        with LOCK:
            print(text, flush=True)
            SHOWN.appendleft(text)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        with LOCK:
            pages = html.escape("\n\n".join(SHOWN) or "No page yet.")
        body = SCREEN.format(pages=pages).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=9199, help="0 picks one (default: %(default)s, as in config/runbookd.yml)")
    options.add_argument("--address", default="127.0.0.1", help="where it listens (default: %(default)s)")
    given = options.parse_args()
    server = ThreadingHTTPServer((given.address, given.port), Pager)
    server.daemon_threads = True
    print(f"The stand-in pager listens on {server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()

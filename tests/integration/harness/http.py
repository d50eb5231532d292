"""One request, one connection."""

import http.client
import json
import urllib.parse


def call(url, method="GET", data=None, headers=None, timeout=120):
    """(status, headers, bytes)"""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=data, headers=headers or {})
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        connection.close()


def get_json(url):
    status, _, data = call(url)
    return status, json.loads(data)


def post_json(url, value, headers=None):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    status, _, reply = call(url, "POST", data, {"Content-Type": "application/json", **(headers or {})})
    return status, json.loads(reply)

"""Certificates made on the spot, and a daemon that speaks TLS or asks who is there."""

import base64
import crypt
import http.client
import json
import os
import shutil
import ssl
import subprocess
import urllib.parse

from .daemon import LABEL, SERIES, Runbookd


def bcrypt(password, rounds=16):
    return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=rounds))


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class Authority:
    """An authority of one test; files NAME.pem and NAME.key in its folder."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = str(folder), name
        os.makedirs(self.folder, exist_ok=True)
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                     f"/CN={name}", "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.pem"))

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def openssl(*args, at=None):
        before = ["faketime", at] if at else []
        subprocess.run([*before, "openssl", *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def issue(self, name, sans, expired=False):
        """NAME.pem and NAME.key; an expired one was made years ago for a day."""
        request, extensions = self.path(f"{name}.csr"), self.path(f"{name}.ext")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", self.path(f"{name}.key"), "-out", request)
        with open(extensions, "w", encoding="utf-8") as f:
            f.write("subjectAltName=" + ",".join(sans) + "\n")
        self.openssl("x509", "-req", "-in", request, "-CA", self.path(f"{self.name}.pem"), "-CAkey",
                     self.path(f"{self.name}.key"), "-CAcreateserial", "-days", "1", "-extfile", extensions, "-out",
                     self.path(f"{name}.pem"), at="2020-01-01" if expired else None)
        return self.path(f"{name}.pem"), self.path(f"{name}.key")

    def context(self, certificate=None):
        context = ssl.create_default_context(cafile=self.path(f"{self.name}.pem"))
        if certificate:
            context.load_cert_chain(*certificate)
        return context


def has_faketime():
    return shutil.which("faketime") is not None


class WebDaemon(Runbookd):
    """`web` is the web configuration; `context` and `headers` are what the test itself shows."""

    def __init__(self, house, web, context=None, headers=None, args=()):
        house.write("web.yml", web)
        super().__init__(house, (f"--web.config.file={house.folder}/web.yml", *args))
        self.context, self.headers = context, headers or {}

    def listening(self):
        found = super().listening()
        if found and self.context:
            self.url = self.url.replace("http://", "https://")
        return found

    def call(self, path, method="GET", data=None, headers=None, context=None):
        """(status, headers, bytes); `headers` stand in place of the daemon's own."""
        parts = urllib.parse.urlsplit(self.url)
        if self.context:
            connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30, context=context or self.context)
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        try:
            connection.request(method, path, body=data, headers=self.headers if headers is None else headers)
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def post(self, path, value, headers=None, context=None):
        headers = {"Content-Type": "application/json", **(self.headers if headers is None else headers)}
        status, _, text = self.call(path, "POST", json.dumps(value).encode(), headers, context)
        return status, json.loads(text)

    def ready(self):
        return self.call("/-/ready")[0] == 200

    def metrics(self):
        out = {}
        for line in self.call("/metrics")[2].decode().splitlines():
            found = SERIES.match(line)
            if found:
                out[found[1], frozenset(LABEL.findall(found[2] or ""))] = float(found[3])
        return out

"""A real Postfix of its own: everything it takes is put on hold, where it can be read as it would have been sent on."""

import os
import re
import shutil
import socket
import subprocess

from .smtp import certificate
from .waiting import wait_until

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.test
mydestination = example.com
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
local_recipient_maps =
alias_maps =
smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
error unix - - n - - error
tlsmgr unix - - n 1000? 1 tlsmgr
local unix - n n - - local
"""


def available():
    return os.geteuid() == 0 and os.path.exists("/usr/lib/postfix/sbin/master") and shutil.which("openssl")


class Postfix:
    def __init__(self, folder):
        self.folder = str(folder)
        os.makedirs(f"{self.folder}/config")
        os.makedirs(f"{self.folder}/data")
        os.makedirs(f"{self.folder}/queue")
        shutil.chown(f"{self.folder}/data", "postfix")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.write("main.cf", MAIN.format(folder=self.folder))
        self.write("master.cf", MASTER.format(port=self.port))
        certificate(self.folder)

    def write(self, name, text):
        with open(f"{self.folder}/config/{name}", "w", encoding="ascii") as f:
            f.write(text)

    def run(self, *command):
        return subprocess.run([command[0], "-c", f"{self.folder}/config", *command[1:]], capture_output=True, timeout=60)

    def start(self):
        started = self.run("postfix", "start")
        assert started.returncode == 0, (started.stdout, started.stderr, self.log())
        wait_until(self.listening, 30, f"Postfix: {self.log()}")
        return self

    def listening(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        try:
            with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def held(self):
        """The mails on hold, in the order of their arrival, headers and body as they would be sent on, as bytes with CRLF."""
        ids = re.findall(r"smtpd\[\d+\]: ([0-9A-F]+): client=", self.log())
        mails = [self.run("postcat", "-bhq", i) for i in ids]
        return [m.stdout.replace(b"\n", b"\r\n") for m in mails if m.returncode == 0 and m.stdout]

    def stop(self):
        self.run("postfix", "stop")

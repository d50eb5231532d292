"""
A real Exim of its own: it keeps all that it takes, where it can be read as it would have been sent on. It was unpacked and not
installed, so a library tells it of users that this machine does not have.
"""

import os
import re
import shutil
import subprocess

from .daemon import BIN
from .process import Process, free_port
from .smtp import certificate
from .waiting import wait_until

# What tests/tools/unpack_debian.sh could unpack; may be absent.
ROOT = os.path.realpath(os.path.join(BIN, "..", "..", "peers", "exim"))
EXIM = os.path.join(ROOT, "usr", "sbin", "exim4")

# As Debian's own configuration: no line over 998 bytes. What is no header by the RFC is refused, too.
CONFIG = """exim_user = mail
exim_group = mail
primary_hostname = mail.test
domainlist local_domains = example.com
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
queue_only = true
keep_environment =
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
begin acl
acl_rcpt:
  deny message = nobody of this name
       local_parts = nobody
  accept
acl_data:
  deny message = maximum allowed line length is 998 octets, got $max_received_linelength
       condition = ${{if > {{$max_received_linelength}}{{998}}}}
  deny !verify = header_syntax
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{u}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


def available():
    return os.geteuid() == 0 and os.path.exists(EXIM) and shutil.which("openssl")


class Exim:
    def __init__(self, folder, password="none"):
        self.folder, self.port = str(folder), free_port()
        self.address = f"127.0.0.1:{self.port}"
        for part in ("spool", "log"):
            os.makedirs(f"{self.folder}/{part}")
            shutil.chown(f"{self.folder}/{part}", "mail", "mail")
        certificate(self.folder)
        shutil.chown(f"{self.folder}/key.pem", "mail")
        self.write("exim.conf", CONFIG.format(folder=self.folder, port=self.port, password=password))
        self.write("passwd", "root:x:0:0::/root:/bin/sh\nmail:x:8:8::/nonexistent:/bin/false\n"
                             "Debian-exim:x:8:8::/nonexistent:/bin/false\n")
        self.write("group", "root:x:0:\nmail:x:8:\nDebian-exim:x:8:\n")
        libraries = os.path.join(ROOT, "usr", "lib", f"{os.uname().machine}-linux-gnu")
        self.env = {"LD_LIBRARY_PATH": libraries, "LD_PRELOAD": os.path.join(libraries, "libnss_wrapper.so"),
                    "NSS_WRAPPER_PASSWD": f"{self.folder}/passwd", "NSS_WRAPPER_GROUP": f"{self.folder}/group"}
        self.process = None

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="ascii") as f:
            f.write(text)

    def command(self, *args):
        return [EXIM, "-C", f"{self.folder}/exim.conf", *args]

    def start(self):
        self.process = Process(self.command("-bdf"), env=self.env)
        wait_until(lambda: "daemon started" in self.log() or not self.process.running, 30, "Exim")
        assert self.process.running, self.process.log()
        return self

    def log(self):
        try:
            with open(f"{self.folder}/log/mainlog", encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def held(self):
        """The mails that it keeps, in the order of their arrival, as bytes with CRLF."""
        mails = []
        for name in re.findall(r" (\S+) <= ", self.log()):
            done = subprocess.run(self.command("-Mvc", name), env={**os.environ, **self.env}, capture_output=True, timeout=60)
            assert done.returncode == 0, done.stderr
            mails.append(done.stdout.replace(b"\n", b"\r\n"))
        return mails

    def stop(self):
        if self.process:
            self.process.stop()

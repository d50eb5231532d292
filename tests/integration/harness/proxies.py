"""nginx, haproxy, caddy and apache, each on a free port with its own folder and what `runbookctl help proxies` says for it."""

import getpass
import os
import re
import shutil
import socket

from .daemon import REPOSITORY
from .process import Process, free_port
from .waiting import wait_until

SITE = "runbookd.example.com"

NGINX = """{user}
daemon off;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
{lines}
    }}
}}
"""
HAPROXY = """defaults
    mode http
    timeout connect 20s
    timeout client 60s
    timeout server 60s
frontend front
    bind 127.0.0.1:{port}
    default_backend runbookd
{lines}
"""
CADDY = """{{
    admin off
    http_port {port}
    default_bind 127.0.0.1
}}
{lines}
"""
APACHE = """ServerRoot {folder}
ServerName localhost
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog /dev/stderr
Listen 127.0.0.1:{port}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
<VirtualHost *>
{lines}
</VirtualHost>
"""
MODULES = "/usr/lib/apache2/modules"


def user_of(root, other):
    """Who the workers are, where the proxy is started by root; otherwise the proxy cannot change it."""
    return root if getpass.getuser() == "root" else other


# program, configuration, how it is started, the line that names the workers' user
KINDS = {
    "nginx": ("nginx", NGINX, ("-e", "stderr", "-p", "{folder}", "-c", "{file}"), user_of("user root;", "")),
    "haproxy": ("haproxy", HAPROXY, ("-db", "-f", "{file}"), ""),
    "caddy": ("caddy", CADDY, ("run", "--adapter", "caddyfile", "--config", "{file}"), ""),
    "apache": ("apache2", APACHE, ("-DFOREGROUND", "-f", "{file}"), user_of("User www-data\nGroup www-data", "")),
}


def program(kind):
    """Its path; None where it is not installed. Servers often are in a folder that only root's PATH has."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return shutil.which(KINDS[kind][0], path=path)


def help_lines(kind):
    with open(os.path.join(REPOSITORY, "src/help/proxies.md"), encoding="utf-8") as f:
        found = re.findall(rf"^```{kind}\n(.*?)^```$", f.read(), re.M | re.S)
    assert len(found) == 1, f"runbookctl help proxies has {len(found)} blocks for {kind}"
    return found[0]


class Proxy:
    """Before the server at `upstream` (HOST:PORT). `change` makes other lines of these."""

    def __init__(self, folder, kind, upstream, change=lambda lines: lines):
        _, skeleton, self.args, user = KINDS[kind]
        self.kind, self.folder, self.port, self.process = kind, str(folder), free_port(), None
        os.makedirs(self.folder)
        self.file = os.path.join(self.folder, "proxy.conf")
        lines = help_lines(kind)
        assert "127.0.0.1:9195" in lines
        lines = change(lines).replace("127.0.0.1:9195", upstream)
        with open(self.file, "w", encoding="ascii") as f:
            f.write(skeleton.format(folder=self.folder, port=self.port, lines=lines, modules=MODULES, user=user))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        args = [a.format(folder=self.folder, file=self.file) for a in self.args]
        env = {"HOME": self.folder, "XDG_CONFIG_HOME": self.folder, "XDG_DATA_HOME": self.folder}
        self.process = Process([program(self.kind), *args], env=env, cwd=self.folder)
        wait_until(self.listening, 20, self.kind)
        return self

    def listening(self):
        assert self.process.running, f"{self.kind} has ended:\n{self.process.log()}"
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            self.process.stop(10)

#!/bin/sh
# alertmanager-irc-relay 0.4.2 (Debian 12): of a message only what stands before the first line break is sent; the rest is
# dropped without a word in the log, and Alertmanager is answered 200. That bites before anybody writes a text of two lines:
# an annotation as YAML's "|" and ">" make it ends with a line break (8.1.1.2, "clip"), Prometheus and Alertmanager hand it on
# as it is, and what the template has behind it is gone. With the status there, "firing" and "resolved" become one and the
# same message; a link at the end never comes. Its README promises Go's templates and says nothing of lines. Known as
# google/alertmanager-irc-relay issue 15, where whole templates of several lines were lost, and mended in 0.4.3, which Debian
# 12 has not.
#
# Seen, with the template "{{ .Annotations.summary }} is {{ .Status }}": summary "Disk full": "Disk full is firing" and "Disk
# full is resolved"; the same summary written with ">": "Disk full" twice.
# Exits 0 while that is so, 1 when it does otherwise, 2 when the packages cannot be had. Needs apt and python3; works in a
# temporary folder, with servers on loopback.
set -eu
relay=0.4.2-1+b9
yaml=6.0-3+b2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "alertmanager-irc-relay=$relay" "python3-yaml=$yaml" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

cat >rules.yml <<'Y'
plain: {summary: Disk full}
folded:
  summary: >
    Disk full
Y
cat >relay.py <<'P'
import json, queue, socket, subprocess, sys, threading, time, urllib.request
sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import yaml

said = queue.Queue()


def channel(connection):
    stream, nick = connection.makefile("rwb"), "nobody"
    for line in stream:
        word, _, rest = line.decode().strip().partition(" ")
        answer = {"USER": ":server 001 %s :welcome" % nick, "PING": ":server PONG server " + rest,
                  "JOIN": ":%s!bot@host JOIN %s" % (nick, rest)}.get(word)
        if word == "NICK":
            nick = rest
        if word == "NOTICE":
            said.put(rest.partition(":")[2])
        if answer:
            stream.write(answer.encode() + b"\r\n")
            stream.flush()


irc = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: channel(irc.accept()[0]), daemon=True).start()
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
with open("relay.yml", "w") as f:
    json.dump({"http_host": "127.0.0.1", "http_port": port, "irc_host": "127.0.0.1", "irc_port": irc.getsockname()[1],
               "irc_use_ssl": False, "irc_nickname": "bot", "irc_nickname_password": "", "irc_channels": [{"name": "#ops"}],
               "msg_template": "{{ .Annotations.summary }} is {{ .Status }}"}, f)


def post(annotations, status):
    alert = {"status": status, "labels": {"alertname": "DiskFull"}, "annotations": annotations, "generatorURL": "",
             "startsAt": "2026-11-30T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}
    body = {"version": "4", "groupKey": "{}", "receiver": "irc", "status": status, "alerts": [alert], "groupLabels": {},
            "commonLabels": alert["labels"], "commonAnnotations": annotations, "externalURL": "http://alerts.example"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/ops", json.dumps(body).encode())
    return urllib.request.urlopen(request, timeout=10).status


server = subprocess.Popen(["root/usr/bin/alertmanager-irc-relay", "--config=relay.yml"], stderr=open("relay.log", "w"))
try:
    for _ in range(120):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.5)
    else:
        sys.exit(2)
    for name, annotations in yaml.safe_load(open("rules.yml")).items():
        for status in ("firing", "resolved"):
            print(f"{name}, {status}: {post(annotations, status)}, \"{said.get(timeout=60)}\"")
finally:
    server.kill()
    server.wait()
P
/usr/bin/python3 relay.py >seen || { status=$?; tail -3 relay.log >&2; exit $status; }
echo "alertmanager-irc-relay $relay:"
cat seen
cat >expected <<'X'
plain, firing: 200, "Disk full is firing"
plain, resolved: 200, "Disk full is resolved"
folded, firing: 200, "Disk full"
folded, resolved: 200, "Disk full"
X
cmp seen expected

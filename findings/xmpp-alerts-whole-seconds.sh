#!/bin/sh
# prometheus-xmpp-alerts 0.5.3 (Debian 12 and testing), which passes Alertmanager's webhooks on as chat messages: in its
# default format (short) it reads startsAt with a format that wants a fraction. Go leaves the fraction out where it is nought,
# as RFC 3339 (5.6, time-secfrac) allows and Alertmanager's webhook has it, so an alert that began on a whole second is
# answered with 500, and with it the other alerts of its group, for as long as it lasts. Of Prometheus' alerts, whose times
# are in milliseconds, that is one in a thousand. Of vmalert's it is all: 1.145 evaluates at whole multiples of the group's
# interval, so of a working chain nothing arrives any more once Prometheus is replaced in it. Times of fewer than nine digits
# were the project's issue 12; none at all still fail.
#
# Seen, three alerts through Alertmanager 0.25: begun at .123 and at .5: a message; at the second: ValueError. vmalert
# 1.145 sent "2026-11-30T14:59:56Z".
# Exits 0 while that is so, 1 when it does otherwise, 2 when the packages cannot be had. Needs apt and python3; works in a
# temporary folder, with servers on loopback.
set -eu
bridge=0.5.3-1.1
alertmanager=0.25.0-1+b4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus-xmpp-alerts=$bridge" "prometheus-alertmanager=$alertmanager" >apt.log 2>&1 ||
	{ tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

cat >chain.py <<'P'
import datetime, http.server, json, queue, socket, subprocess, sys, threading, time, urllib.request
sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import prometheus_xmpp

bodies = queue.Queue()


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=hook.serve_forever, daemon=True).start()
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % s.getsockname()[1]
with open("alertmanager.yml", "w") as f:
    json.dump({"route": {"receiver": "chat", "group_by": ["alertname"], "group_wait": "0s"},
               "receivers": [{"name": "chat", "webhook_configs": [{"url": "http://127.0.0.1:%d/" % hook.server_port}]}]}, f)
server = subprocess.Popen(["root/usr/bin/prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=data",
                           "--web.listen-address=" + address, "--cluster.listen-address="], stderr=open("server.log", "w"))
try:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://{address}/-/ready", timeout=5)
            break
        except OSError:
            time.sleep(0.5)
    else:
        sys.exit(2)
    begun = (datetime.datetime.utcnow() - datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")
    for fraction in (".123", ".5", ""):
        subprocess.run(["root/usr/bin/amtool", "--alertmanager.url=http://" + address, "alert", "add", "Begun" + fraction,
                        "--start=" + begun + fraction + "Z"], check=True)
        body = json.loads(bodies.get(timeout=60))
        assert body["alerts"][0]["startsAt"] == begun + fraction + "Z", body
        try:
            said = "message" if list(prometheus_xmpp.create_message_short(body)) else "nothing"
        except ValueError:
            said = "ValueError"
        print(f"begun at the second{fraction}: {said}")
finally:
    server.terminate()
    server.wait()
P
/usr/bin/python3 chain.py >seen || { status=$?; tail -3 server.log >&2; exit $status; }
echo "prometheus-xmpp-alerts $bridge, Alertmanager $alertmanager:"
cat seen
cat >expected <<'X'
begun at the second.123: message
begun at the second.5: message
begun at the second: ValueError
X
cmp seen expected

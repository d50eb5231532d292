#!/bin/sh
# Prometheus 2.42 reads its own text format with two parsers, the server with one and promtool check metrics (as
# node_exporter's textfile collector and Pushgateway) with the other, and each refuses what the other takes. By the format's
# description ("Line format") tokens stand any number of blanks or tabs apart, blanks at either end of a line are ignored, and
# a time is a whole number of milliseconds, of 64 bits with a sign. promtool finds a page in order whose TYPE lines are set in
# columns, that is indented, or that has a time before 1970; the server takes none of these pages, and no series of them. A
# blank at the end of a line, as a script's echo leaves it, is read by the server and refuses the whole file in a textfile
# folder (known as prometheus/common issue 33); behind a type both refuse it. prometheus_client 0.16 (Python) reads all six.
# 3.5.3 takes indented lines and is otherwise the same, and its promtool refuses the names in quotes that its server reads. So
# a page that promtool passes proves nothing for the server, nor one that is scraped for the textfile collector.
#
# Seen: what each says of six pages, below.
# Exits 0 while that is so, 1 when they do otherwise, 2 when the packages cannot be had. Needs apt and python3; works in a
# temporary folder, with servers on loopback.
set -eu
prometheus=2.42.0+ds-5+deb12u1
client=0.16.0-0.1
decorator=5.1.1-3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus=$prometheus" "python3-prometheus-client=$client" "python3-decorator=$decorator" >apt.log 2>&1 ||
	{ tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

cat >read.py <<'P'
import http.server, json, socket, subprocess, sys, threading, time, urllib.request
sys.path.insert(0, "root/usr/lib/python3/dist-packages")
from prometheus_client.parser import text_string_to_metric_families

pages = {
    "plain": "# TYPE jobs_open gauge\njobs_open 1\n",
    "type in a column": "# TYPE jobs_open     gauge\njobs_open 1\n",
    "indented": "# TYPE jobs_open gauge\n  jobs_open 1\n",
    "time before 1970": "# TYPE jobs_open gauge\njobs_open 1 -86400000\n",
    "blank after a value": "# TYPE jobs_open gauge\njobs_open 1 \n",
    "blank after a type": "# TYPE jobs_open gauge \njobs_open 1\n",
}
names = list(pages)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = pages[names[int(self.path[1:])]].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


source = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=source.serve_forever, daemon=True).start()
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % s.getsockname()[1]
with open("prometheus.yml", "w") as f:
    json.dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [
        {"job_name": n, "metrics_path": "/%d" % i, "static_configs": [{"targets": ["127.0.0.1:%d" % source.server_port]}]}
        for i, n in enumerate(names)]}, f)
server = subprocess.Popen(["root/usr/bin/prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                           "--web.listen-address=" + address], stderr=open("prometheus.log", "w"))
try:
    for _ in range(120):
        time.sleep(0.5)
        try:
            answer = json.load(urllib.request.urlopen(f"http://{address}/api/v1/targets", timeout=5))
        except OSError:
            continue
        health = {t["labels"]["job"]: t["health"] for t in answer["data"]["activeTargets"]}
        if len(health) == len(names) and "unknown" not in health.values():
            break
    else:
        sys.exit(2)
finally:
    server.terminate()
    server.wait()


def lints(page):
    told = subprocess.run(["root/usr/bin/promtool", "check", "metrics"], input=page.encode(), capture_output=True).stderr
    return "refuses" if b"parsing error" in told else "reads"


def parses(page):
    return "reads" if [s.value for m in text_string_to_metric_families(page) for s in m.samples] == [1.0] else "otherwise"


for name, page in pages.items():
    print(f"{name}: server {'reads' if health[name] == 'up' else 'refuses'}, promtool {lints(page)}, Python {parses(page)}")
P
/usr/bin/python3 read.py >seen || { status=$?; tail -3 prometheus.log >&2; exit $status; }
echo "Prometheus $prometheus, prometheus_client $client:"
cat seen
cat >expected <<'X'
plain: server reads, promtool reads, Python reads
type in a column: server refuses, promtool reads, Python reads
indented: server refuses, promtool reads, Python reads
time before 1970: server refuses, promtool reads, Python reads
blank after a value: server reads, promtool refuses, Python reads
blank after a type: server refuses, promtool refuses, Python reads
X
cmp seen expected

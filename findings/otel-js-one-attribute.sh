#!/bin/sh
# @opentelemetry/exporter-prometheus 0.223.0 (npm): of two attribute keys that become the same label (http.route and
# http_route) it writes both, of a key that begins with a digit (5xx) the digit, and of a histogram's attribute "le" a second
# le. Prometheus refuses each of these, and not the series but the whole page: one request with such an attribute, from one
# library among many, and everything that the process measures is gone until it is started anew, since the exporter repeats
# what it has counted. OpenTelemetry's specification ("Prometheus and OpenMetrics compatibility", metric attributes) has the
# values of keys that meet joined with ";" and what no label may have replaced by "_". The Python exporter 1.45.1 (Debian
# testing's) replaces the digit, but does not join either: the last value wins and the other is lost, silently. Rules on up
# see it, rules on the metrics do not.
#
# Seen, by Prometheus 2.42 (3.5.3 likewise): plain: up; http.route with http_route: down, label not unique; 5xx: down,
# "expected label name"; le at a histogram: down. The error is Prometheus' own, the exporter logs nothing.
# Exits 0 while that is so, 1 when they do otherwise, 2 when the packages cannot be had. Needs apt, node, npm and python3;
# works in a temporary folder, with servers on loopback.
set -eu
prometheus=2.42.0+ds-5+deb12u1
exporter=0.223.0
folder=$(mktemp -d)
servers=
trap 'for server in $servers; do kill "$server" 2>/dev/null || true; done; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus=$prometheus" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root
npm init -y >/dev/null
npm install --no-audit --no-fund "@opentelemetry/exporter-prometheus@$exporter" @opentelemetry/sdk-metrics@2.12.1 \
	@opentelemetry/api@1.9.1 >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }

cat >pages.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { diag, DiagLogLevel } from '@opentelemetry/api';
const log = (...words) => console.error(...words);
diag.setLogger({ error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN);
const cases = {
  plain: (meter) => meter.createCounter('served').add(1, { 'http.route': '/jobs' }),
  meeting: (meter) => meter.createCounter('served').add(1, { 'http.route': '/jobs', http_route: '/jobs/{id}' }),
  digit: (meter) => meter.createCounter('served').add(1, { '5xx': 'true' }),
  le: (meter) => meter.createHistogram('took').record(1, { le: 'north' }),
};
const pages = {};
for (const [name, record] of Object.entries(cases)) {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meter = new MeterProvider({ readers: [exporter] }).getMeter('worker');
  meter.createUpDownCounter('alive').add(1);
  record(meter);
  pages['/' + name] = exporter;
}
const server = createServer((request, response) => pages[request.url].getMetricsRequestHandler(request, response));
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
node pages.mjs 2>exporter.log &
servers=$!
tries=0
until [ -s port ]; do
	tries=$((tries + 1))
	[ $tries -lt 60 ] || { cat exporter.log >&2; exit 2; }
	sleep 1
done

cat >scrape.py <<'P'
import json, socket, subprocess, sys, time, urllib.request

target = "127.0.0.1:" + open("port").read()
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % s.getsockname()[1]
names = ["plain", "meeting", "digit", "le"]
with open("prometheus.yml", "w") as f:
    json.dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [
        {"job_name": n, "metrics_path": "/" + n, "static_configs": [{"targets": [target]}]} for n in names]}, f)
server = subprocess.Popen(["root/usr/bin/prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                           "--web.listen-address=" + address], stderr=open("prometheus.log", "w"))
try:
    for _ in range(120):
        time.sleep(0.5)
        try:
            answer = json.load(urllib.request.urlopen(f"http://{address}/api/v1/targets", timeout=5))
        except OSError:
            continue
        seen = {t["labels"]["job"]: t for t in answer["data"]["activeTargets"]}
        if len(seen) == len(names) and all(t["health"] != "unknown" for t in seen.values()):
            break
    else:
        sys.exit(2)
    for n in names:
        print(f"{n}: {seen[n]['health']} {seen[n]['lastError']}".rstrip())
finally:
    server.terminate()
    server.wait()
P
python3 scrape.py >seen || { tail -3 prometheus.log >&2; exit 2; }
echo "exporter $exporter, Prometheus $prometheus; the exporter logged $(grep -c . exporter.log || true) lines"
cat seen
cat >expected <<'E'
plain: up
meeting: down label name "http_route" is not unique: invalid sample
digit: down expected label name, got "INVALID"
le: down label name "le" is not unique: invalid sample
E
cmp seen expected && ! grep -q . exporter.log

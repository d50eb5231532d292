#!/bin/sh
# parse-prometheus-text-format 1.1.1 (npm): a histogram or summary that has labels of its own is read as one series without
# any. The buckets of all label sets go into one table, the last one read wins, and count and sum are left out; nothing is
# raised. Counters and gauges keep their labels. Without labels, as in the package's examples, histograms are right. So
# whoever takes the requests of each handler from such a page gets those of one of them, and cannot see of which.
# prometheus_client 0.16 (Python) and promtool 2.42 read a series for each label set, as the text format has it.
#
# Seen: prom-client 15.1.3 writes two handlers, three and one observations: what is read is one entry, buckets 1 and 1, no
# labels, no count; a summary alike; the counter beside them has both handlers.
# Exits 0 while that is so, 1 when the package does otherwise, 2 when it cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
version=1.1.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "parse-prometheus-text-format@$version" prom-client@15.1.3 >npm.log 2>&1 ||
	{ tail -5 npm.log >&2; exit 2; }
cat >page.mjs <<'JS'
import client from 'prom-client';
import reader from 'parse-prometheus-text-format';
const parse = reader.default ?? reader;

async function read(Kind, labelled) {
  const registry = new client.Registry();
  const labelNames = labelled ? ['handler'] : [];
  const metric = new Kind({name: 'm', help: 'h', labelNames, buckets: [1], percentiles: [0.5], registers: [registry]});
  const of = (handler) => (labelled ? metric.labels(handler) : metric);
  for (const handler of ['/a', '/a', '/a', '/b'])
    metric.inc ? of(handler).inc() : of(handler).observe(0.5);
  return parse(await registry.metrics()).map((family) => family.metrics);
}
for (const kind of ['Counter', 'Histogram', 'Summary'])
  for (const labelled of [false, true])
    console.log(kind, labelled ? 'with labels:' : 'without:', JSON.stringify(await read(client[kind], labelled)));
JS
node page.mjs >seen
echo "parse-prometheus-text-format $version:"
cat seen
cat >expected <<'E'
Counter without: [[{"value":"4"}]]
Counter with labels: [[{"value":"3","labels":{"handler":"/a"}},{"value":"1","labels":{"handler":"/b"}}]]
Histogram without: [[{"buckets":{"1":"4","+Inf":"4"},"count":"4","sum":"2"}]]
Histogram with labels: [[{"buckets":{"1":"1","+Inf":"1"}}]]
Summary without: [[{"quantiles":{"0.5":"0.5"},"count":"4","sum":"2"}]]
Summary with labels: [[{"quantiles":{"0.5":"0.5"}}]]
E
cmp seen expected

#!/bin/sh
# @grafana/promql-builder 0.0.6 (npm, "Library to compose PromQL queries"): five things that it offers do not come out as
# PromQL. The strings of label_replace and count_values are written without quotes, so they read as metrics; neg and id put
# "[object Object]" behind their sign; a subquery that has a range and no resolution has no colon either, which makes it a
# range of an expression; on and ignoring of no label lose their brackets and take the right side for labels. Prometheus
# refuses all of these. without of no label, which in PromQL keeps all labels (one sum for each series), is left out
# altogether: that query is in order and means the sum over everything. Label values are quoted and operands bracketed as they
# must be, so one does not look for this. Whoever makes rules with it has to give each to promtool, and compare.
#
# Seen: each expression as it is built and what promtool 2.42 says of it (3.5.3 likewise); what was meant is in the script.
# Exits 0 while that is so, 1 when it does otherwise, 2 when the packages cannot be had. Needs apt, node and npm; works in a
# temporary folder.
set -eu
prometheus=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus=$prometheus" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root
npm init -y >/dev/null
npm install --no-audit --no-fund @grafana/promql-builder@0.0.6 >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >build.cjs <<'JS'
const { spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const promql = require('@grafana/promql-builder');
const jobs = () => promql.vector('jobs');
const sites = () => promql.vector('sites');
const meant = {
  'label_replace(jobs, "host", "$1", "instance", "(.*):.*")': promql.labelReplace(jobs(), 'host', '$1', 'instance', '(.*):.*'),
  'count_values("version", jobs)': promql.countValues('version', jobs()),
  '-jobs': promql.neg(jobs()),
  'jobs[1h:]': promql.subquery(jobs()).range('1h'),
  'jobs and on() sites': promql.and(jobs(), sites()).on([]),
  'sum without() (jobs)': promql.sum(jobs()).without([]),
  'jobs[1h:5m]': promql.subquery(jobs()).range('1h').resolution('5m'),
  'jobs and on(site) sites': promql.and(jobs(), sites()).on(['site']),
  'jobs{path="a\\\\b\\"c"}': jobs().label('path', 'a\\b"c'),
};
const accepts = (expression) => {
  const range = /\]$/.test(expression) ? `max_over_time(${expression})` : expression;
  writeFileSync('rules.yml', JSON.stringify({ groups: [{ name: 'one', rules: [{ record: 'one', expr: range }] }] }));
  return spawnSync('root/usr/bin/promtool', ['check', 'rules', 'rules.yml']).status === 0;
};
for (const [text, builder] of Object.entries(meant)) {
  if (!accepts(text)) throw new Error(`what was meant is refused: ${text}`);
  const built = builder.toString();
  console.log(`${accepts(built) ? 'accepted' : 'refused'}: ${built}`);
}
JS
node build.cjs >seen || { cat seen; exit 1; }
echo "promql-builder 0.0.6, promtool $prometheus:"
cat seen
cat >expected <<'X'
refused: label_replace(jobs, host, $1, instance, (.*):.*)
refused: count_values(version, jobs)
refused: -[object Object]
refused: (jobs)[1h]
refused: (jobs) and on(sites)
accepted: sum(jobs)
accepted: (jobs)[1h:5m]
accepted: (jobs) and on(site) (sites)
accepted: jobs{path="a\\b\"c"}
X
cmp seen expected

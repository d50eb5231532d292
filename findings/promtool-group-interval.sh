#!/bin/sh
# promtool test rules (Prometheus 2.42; 3.5.3 likewise) evaluates every group at the test file's evaluation_interval: the
# interval that the group itself sets, which by Prometheus' own words is how often its rules are evaluated, counts for nothing,
# and the page on unit tests does not say so. So a test shows green for an alert that the server would have to be lucky to see,
# and for a time of firing that the server cannot keep; and with a long evaluation_interval red for what the server does see.
# VictoriaMetrics' vmalert-tool does the same and names it among its limitations. Whoever takes such tests for a proof that an
# alert comes in time has to write evaluation_interval equal to the group's interval, a file for each interval.
#
# Seen: a target down for one minute, the second of the test. In a group of interval 1h it fires at 1m; with "for: 2m" and a
# target down for good it fires at 3m. In a group of interval 1m with evaluation_interval 1h it is missed.
# Exits 0 while that is so, 1 when promtool does otherwise, 2 when the package cannot be had. Needs apt; works in a temporary
# folder.
set -eu
version=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root

wrong=0
# expect GROUP-INTERVAL EVALUATION-INTERVAL FOR SAMPLES AT yes|no: does the alert fire at AT?
expect() {
	cat >rules.yml <<Y
groups:
- name: seldom
  interval: $1
  rules:
  - {alert: Down, expr: up == 0, for: $3}
Y
	cat >test.yml <<Y
rule_files: [rules.yml]
evaluation_interval: $2
tests:
- interval: 1m
  input_series:
  - {series: up, values: '$4'}
  alert_rule_test:
  - {eval_time: $5, alertname: Down, exp_alerts: [{}]}
Y
	if root/usr/bin/promtool test rules test.yml >test.log 2>&1; then
		got=yes
	elif grep -q 'got:\[\]' test.log; then
		got=no
	else
		got=$(cat test.log)
	fi
	echo "promtool $version: group interval $1, evaluation_interval $2, for $3, samples $4: firing at $5: $got"
	[ "$got" = "$6" ] || wrong=1
}
expect 1h 1m 0s '1 0 1 1 1' 1m yes
expect 1h 1m 0s '1 0 1 1 1' 2m no
expect 1h 1m 2m '1 0 0 0 0' 3m yes
expect 1m 1h 0s '1 0 1 1 1' 1m no
exit $wrong

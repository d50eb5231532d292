#!/bin/sh
# Prometheus 2.42 (Debian 12's; 3.5.3 likewise): histogram_quantile(0, …) of a classic histogram is NaN as soon as the lowest
# bucket is empty, which it is wherever nothing is faster than the smallest bound. Its own documentation offers just this call
# as the estimate of the smallest value, and lists NaN for no observations, missing buckets and a φ of NaN alone. An alert on
# it ("even the fastest answer takes more than …") is silent for good, since NaN compares with nothing, and promtool check
# rules has no word against it. A φ of 0.000001 gives the lower bound of the first bucket that holds something; so does 0 where
# the same buckets come as a native histogram (3.5.3, custom buckets), and in VictoriaMetrics 1.145.
#
# Seen: four observations between 0.1 and 0.5, none below: NaN for 0, 0.1000004 for 0.000001, 0.5 for 1; "> 0.05" fires with
# 0.000001 and not with 0; with one observation below 0.1 the quantile of 0 is 0.
# Exits 0 while that is so, 1 when Prometheus does otherwise, 2 when the package cannot be had. Needs apt; works in a temporary
# folder.
set -eu
version=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root

cat >rules.yml <<'Y'
groups:
- name: latency
  rules:
  - {alert: SlowestIsSlow, expr: 'histogram_quantile(1, lat_bucket) > 0.05'}
  - {alert: FastestIsSlow, expr: 'histogram_quantile(0, lat_bucket) > 0.05'}
  - {alert: NearlyFastestIsSlow, expr: 'histogram_quantile(0.000001, lat_bucket) > 0.05'}
Y
# answers: what a query of the histogram with COUNT observations below 0.1 gives, as promtool tells it of an expectation that
# cannot hold. No answer is "nil".
answers() {
	cat >test.yml <<Y
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
- input_series:
  - {series: 'lat_bucket{le="0.1"}', values: '$1 $1'}
  - {series: 'lat_bucket{le="0.5"}', values: '4 4'}
  - {series: 'lat_bucket{le="+Inf"}', values: '4 4'}
  promql_expr_test:
  - {expr: '$2', eval_time: 1m, exp_samples: [{labels: '{no="such"}', value: 0}]}
Y
	root/usr/bin/promtool test rules test.yml 2>&1 | sed -n 's/.*got: *\({} \)\{0,1\}//p'
}
root/usr/bin/promtool check rules rules.yml
wrong=0
expect() {
	got=$(answers "$1" "$2")
	echo "prometheus $version: $1 of 4 below 0.1: $2 -> $got"
	[ "$got" = "$3" ] || wrong=1
}
expect 0 'histogram_quantile(0, lat_bucket)' NaN
expect 0 'histogram_quantile(0.000001, lat_bucket)' 1.000004E-01
expect 0 'histogram_quantile(1, lat_bucket)' 5E-01
expect 1 'histogram_quantile(0, lat_bucket)' 0E+00
firing='ALERTS{alertstate="firing"}'
expect 0 "count by (alertname) ($firing)" '{alertname="NearlyFastestIsSlow"} 1E+00, {alertname="SlowestIsSlow"} 1E+00'
exit $wrong

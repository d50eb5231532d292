#!/bin/sh
# Ceph's alert rules as Debian 12 packages them (ceph-prometheus-alerts 16.2.15): CephNodeInconsistentMTU compares each host
# with scalar(… by (device) …), and Prometheus' scalar() of more than one series is NaN. So where two interfaces are wrong on
# a host the alert is silent, and where one is, every host is named whose other interface happens to have that same MTU,
# with a text that says it differs from a median that it equals. promtool check rules finds the file in order.
#
# Seen, with promtool 2.42 and four hosts, the fourth with an MTU of its own: eth0 alone: one alert (n4 eth0), right.
# eth0 and eth1 both wrong on n4: none. eth0 wrong, every eth1 at that value: five alerts, four of them false.
# Exits 0 while that is so, 1 when the rules do otherwise, 2 when the packages cannot be had. Needs apt; works in a
# temporary folder.
set -eu
rules=16.2.15+ds-0+deb12u2 promtool=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "ceph-prometheus-alerts=$rules" "prometheus=$promtool" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
file=root/etc/prometheus/ceph/ceph_default_alerts.yml
root/usr/bin/promtool check rules "$file" | grep -q 'SUCCESS: 58 rules' || exit 1

# device MTU-of-n1..n3 MTU-of-n4
series() {
	n=1
	for mtu in "$2" "$2" "$2" "$3"; do
		echo "  - {series: 'node_network_mtu_bytes{instance=\"n$n\",device=\"$1\"}', values: '${mtu}x10'}"
		echo "  - {series: 'node_network_up{instance=\"n$n\",device=\"$1\"}', values: '1x10'}"
		n=$((n + 1))
	done
}
# expect NAME NUMBER: that many alerts with the series of standard input
wrong=0
expect() {
	{
		printf 'rule_files: [%s]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n' "$file"
		cat
		printf '  alert_rule_test:\n  - {eval_time: 9m, alertname: CephNodeInconsistentMTU, exp_alerts: []}\n'
	} >test.yml
	# An alert that was not expected fails promtool's test and is printed.
	root/usr/bin/promtool test rules test.yml >out.log 2>&1 || true
	found=$(grep -c 'Labels:{alertname="CephNodeInconsistentMTU"' out.log || true)
	echo "$1: $found alerts"
	[ "$found" = "$2" ] || wrong=1
}
series eth0 1500 9000 | expect "eth0 wrong on n4" 1
{ series eth0 1500 9000; series eth1 1500 9000; } | expect "eth0 and eth1 wrong on n4" 0
{ series eth0 1500 9000; series eth1 9000 9000; } | expect "eth0 wrong on n4, eth1 the same everywhere" 5
exit $wrong

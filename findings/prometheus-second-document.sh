#!/bin/sh
# promtool 2.42 and amtool 0.25 (3.5.3 and 0.33.1 likewise): of a file with two YAML documents the first is read and what comes
# after "---" is not even looked at, though "helm template", kustomize and cat join files in just this way. Known for rule files
# (prometheus/prometheus issue 15834), and true of everything around them: "check config" and "amtool check-config" call a
# configuration in order whose second half names a receiver that is not there, "check rules" counts the first half's rules, and
# "test rules" is green with a failing test in the second. Unknown keys, which all of them refuse, pass there. vmalert 1.145
# loads the rules of all documents of the same file, so one rule folder means two sets of alerts.
#
# Seen: one rule of three found; "SUCCESS" for a test that must fail; "SUCCESS" for a route to a receiver that is not there. With
# the halves in files of their own the rules are two and one and the rest is refused.
# Exits 0 while that is so, 1 when they do otherwise, 2 when the packages cannot be had. Needs apt; works in a temporary folder.
set -eu
prometheus=2.42.0+ds-5+deb12u1
alertmanager=0.25.0-1+b4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "prometheus=$prometheus" "prometheus-alertmanager=$alertmanager" >apt.log 2>&1 ||
	{ tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

rule='{alert: Down, expr: up == 0}'
printf 'groups:\n- name: first\n  rules: [%s]\n' "$rule" >rules-1.yml
printf 'groups:\n- name: second\n  rules: [%s, %s]\n' "$rule" '{alert: Up, expr: up == 1}' >rules-2.yml
printf 'rule_files: [rules-1.yml]\ntests: []\n' >test-1.yml
printf '%s\n' 'rule_files: [rules-1.yml]' 'tests:' '- input_series: [{series: up, values: "1 1"}]' '  alert_rule_test:' \
	'  - {eval_time: 1m, alertname: Down, exp_alerts: [{}]}' >test-2.yml
printf 'route: {receiver: pager}\nreceivers: [{name: pager}]\n' >alertmanager-1.yml
printf 'route: {receiver: nobody}\nno_such_key: 1\n' >alertmanager-2.yml
printf 'rule_files: []\n' >prometheus-1.yml
printf 'no_such_key: 1\n' >prometheus-2.yml

wrong=0
# expect WANTED COMMAND... KIND: what the command says of the first half, of the second, and of both in one file
expect() {
	wanted=$1 program=$2 command=$3 kind=$4
	{ cat "$kind-1.yml"; echo ---; cat "$kind-2.yml"; } >"$kind-both.yml"
	got=
	for part in 1 2 both; do
		if root/usr/bin/$program $command "$kind-$part.yml" >said 2>&1; then
			got="$got$part: accepted$(sed -n 's/.*SUCCESS: \([0-9]* rules\) found/ \1/p' said); "
		else
			got="$got$part: refused; "
		fi
	done
	echo "$program $command: $got"
	[ "$got" = "$wanted" ] || wrong=1
}
expect '1: accepted 1 rules; 2: accepted 2 rules; both: accepted 1 rules; ' promtool 'check rules' rules
expect '1: accepted; 2: refused; both: accepted; ' promtool 'test rules' test
expect '1: accepted; 2: refused; both: accepted; ' promtool 'check config' prometheus
expect '1: accepted; 2: refused; both: accepted; ' amtool check-config alertmanager
exit $wrong

#!/bin/sh
# rrule-temporal 2.2.8, "fully compliant" by its README: in a yearly rule BYDAY is not looked at beside BYYEARDAY, and
# BYMONTHDAY not beside a BYDAY with a number. RFC 5545 (3.3.10, note 2 below the table of what expands and what limits) lets
# BYDAY limit where BYYEARDAY or BYMONTHDAY is there. So "the first and last day of the year, if a working day" comes on a
# Saturday, and the 1st where it is the year's first Monday on the 6th. With BYMONTH beside them the latter is right. libical
# 3.0.16, rrule 2.8.1 and python-dateutil 2.8.2 leave the Saturday out.
#
# Seen: after 31 December 2027, a Friday, comes 1 January 2028, a Saturday, where rrule has 1 January 2029; after 1 January
# 2024, a Monday, 6 January 2025.
# Exits 0 while that is so, 1 when one does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
temporal=2.2.8 rrule=2.8.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "rrule-temporal@$temporal" "rrule@$rrule" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >temporal.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';
const set = new RRuleTemporal({ rruleString: `DTSTART:${process.argv[2]}Z\nRRULE:${process.argv[3]}` });
console.log(set.all().map((at) => at.toPlainDate().toString()).join(' '));
JS
cat >rrule.mjs <<'JS'
import rrule from 'rrule';
const set = rrule.rrulestr(`DTSTART:${process.argv[2]}Z\nRRULE:${process.argv[3]}`);
console.log(set.all().map((at) => at.toISOString().slice(0, 10)).join(' '));
JS
wrong=0
expect() {
	got=$(node "$1.mjs" "$2" "$3")
	echo "$1: DTSTART:$2 RRULE:$3 -> $got"
	[ "$got" = "$4" ] || wrong=1
}
ends='FREQ=YEARLY;BYYEARDAY=1,-1;BYDAY=MO,TU,WE,TH,FR;COUNT=5'
expect temporal 20260101T090000 "$ends" '2026-01-01 2026-12-31 2027-01-01 2027-12-31 2028-01-01'
expect rrule 20260101T090000 "$ends" '2026-01-01 2026-12-31 2027-01-01 2027-12-31 2029-01-01'
first='FREQ=YEARLY;BYMONTHDAY=1;BYDAY=1MO;COUNT=2'
expect temporal 20240101T090000 "$first" '2024-01-01 2025-01-06'
expect rrule 20240101T090000 "$first" '2024-01-01 2029-01-01'
month='FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYDAY=1MO;COUNT=2'
expect temporal 20240101T090000 "$month" '2024-01-01 2029-01-01'
expect rrule 20240101T090000 "$month" '2024-01-01 2029-01-01'
exit $wrong

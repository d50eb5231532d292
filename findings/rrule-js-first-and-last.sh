#!/bin/sh
# rrule 2.8.1 (JavaScript): where BYSETPOS names a day from both ends (first and last) and the set has that one day, it comes
# twice at the same instant; COUNT counts both. RFC 5545's recurrence set has each once; libical 3.0.16, ical.js 2.2.1 and
# python-dateutil 2.8.2, which this library was made after, give it once.
#
# Seen: first and last of the 29th to the 31st: in February 2028, which has a 29th alone, twice the 29th.
# Exits 0 while that is so, 1 when rrule does otherwise, 2 when it cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
version=2.8.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "rrule@$version" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >occurrences.mjs <<'JS'
import rrule from 'rrule';
const [start, rule] = process.argv.slice(2);
const text = (d) => d.toISOString().replace(/[-:]/g, '').slice(0, 15);
console.log(rrule.rrulestr(`DTSTART:${start}Z\nRRULE:${rule}`).all((d, i) => i < 4).map(text).join(' '));
JS
wrong=0
expect() {
	got=$(node occurrences.mjs "$1" "$2")
	echo "rrule $version: DTSTART:$1 RRULE:$2 -> $got"
	[ "$got" = "$3" ] || wrong=1
}
expect 20280131T090000 'FREQ=MONTHLY;BYMONTHDAY=29,30,31;BYSETPOS=1,-1' \
	'20280131T090000 20280229T090000 20280229T090000 20280329T090000'
exit $wrong

#!/bin/sh
# rrule-temporal 2.2.8: FREQ=HOURLY leaves out one hour of the night in which the clocks go back: after the first 02:00 comes
# 03:00, two hours later. FREQ=MINUTELY;INTERVAL=60 has both, and FREQ=HOURLY;INTERVAL=2 counts hours passed (the only thing
# its README has on this, of RSCALE's hourly rules, is "elapsed real hours"). One would guess that an hourly rule either goes
# by the hours passed or by the clock; this does the one where INTERVAL is 2 and the other where it is 1. So the check that a
# heartbeat came each hour looks away for an hour once a year. In spring all are alike.
#
# Seen, in Berlin on 25 October 2026: HOURLY 00+02 01+02 02+02 03+01; MINUTELY;INTERVAL=60 00+02 01+02 02+02 02+01.
# Exits 0 while that is so, 1 when it does otherwise, 2 when it cannot be installed. Needs node and npm; works in a temporary
# folder.
set -eu
version=2.2.8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "rrule-temporal@$version" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >occurrences.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';
const [start, rule] = process.argv.slice(2);
const set = new RRuleTemporal({ rruleString: `DTSTART;TZID=Europe/Berlin:${start}\nRRULE:${rule};COUNT=4` });
console.log(set.all().map((at) => String(at.hour).padStart(2, '0') + at.offset.slice(0, 3)).join(' '));
JS
wrong=0
expect() {
	got=$(node occurrences.mjs "$1" "$2")
	echo "rrule-temporal $version: DTSTART;TZID=Europe/Berlin:$1 RRULE:$2 -> $got"
	[ "$got" = "$3" ] || wrong=1
}
expect 20261025T000000 'FREQ=HOURLY' '00+02 01+02 02+02 03+01'
expect 20261025T000000 'FREQ=MINUTELY;INTERVAL=60' '00+02 01+02 02+02 02+01'
expect 20261025T000000 'FREQ=HOURLY;INTERVAL=2' '00+02 02+02 03+01 05+01'
expect 20260329T000000 'FREQ=HOURLY' '00+01 01+01 03+02 04+02'
expect 20260329T000000 'FREQ=MINUTELY;INTERVAL=60' '00+01 01+01 03+02 04+02'
exit $wrong

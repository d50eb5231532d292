#!/bin/sh
# rrule-rust 3.1.1: of a rule with an occurrence in the hour that the clocks leave out and one in the hour after it, both come
# at the same instant, and where there are minutes they go back in time. RFC 5545 (3.3.10) says of a local time that does not
# exist both that it is ignored and not counted and that it means the time an hour later; by neither is a start in the
# recurrence set twice (3.8.5.2 takes duplicates for one). COUNT counts both, so a shift is lost at the other end, and whoever
# pages per occurrence pages twice. rrule-temporal 2.2.8 goes by the first sentence.
#
# Seen, in Berlin on 29 March 2026: every half hour from 01:30: 01:30 03:00 03:30 03:00 03:30 04:00; at 2 and 3 o'clock daily:
# 03:00 twice that day.
# Exits 0 while that is so, 1 when one does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
rust=3.1.1 temporal=2.2.8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "rrule-rust@$rust" "rrule-temporal@$temporal" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >rust.mjs <<'JS'
import { RRuleSet } from 'rrule-rust';
const two = (n) => String(n).padStart(2, '0');
const set = RRuleSet.fromString(`DTSTART;TZID=Europe/Berlin:${process.argv[2]}\nRRULE:${process.argv[3]}`);
console.log(set.all().map((at) => `${two(at.day)}T${two(at.time.hour)}:${two(at.time.minute)}`).join(' '));
JS
cat >temporal.mjs <<'JS'
import { RRuleTemporal } from 'rrule-temporal';
const set = new RRuleTemporal({ rruleString: `DTSTART;TZID=Europe/Berlin:${process.argv[2]}\nRRULE:${process.argv[3]}` });
console.log(set.all().map((at) => at.toPlainDateTime().toString().slice(8, 16)).join(' '));
JS
wrong=0
expect() {
	got=$(node "$1.mjs" "$2" "$3")
	echo "$1: DTSTART;TZID=Europe/Berlin:$2 RRULE:$3 -> $got"
	[ "$got" = "$4" ] || wrong=1
}
halves='FREQ=MINUTELY;INTERVAL=30;COUNT=6'
expect rust 20260329T013000 "$halves" '29T01:30 29T03:00 29T03:30 29T03:00 29T03:30 29T04:00'
expect temporal 20260329T013000 "$halves" '29T01:30 29T03:00 29T03:30 29T04:00 29T04:30 29T05:00'
hours='FREQ=DAILY;BYHOUR=2,3;COUNT=5'
expect rust 20260328T020000 "$hours" '28T02:00 28T03:00 29T03:00 29T03:00 30T02:00'
expect temporal 20260328T020000 "$hours" '28T02:00 28T03:00 29T03:00 30T02:00 30T03:00'
exit $wrong

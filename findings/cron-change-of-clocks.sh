#!/bin/sh
# One crontab line over a change of the clocks, by the two readers of npm that know time zones, cron-parser 5.10.6 and croner
# 11.0.1. Debian's cron(8) catches up a fixed time that was left out soon after the change and leaves lines with a * to the
# new time; OCPS 1.4 (4.3.1) would have both left out. croner goes by the first and says so. cron-parser, whose README has it
# handle this "correctly", goes by neither: every two hours, on the even ones, has a run at 03:00 and the next at 04:00, and
# what is at 02:30 comes at 03:30. In autumn croner runs "every 20 minutes from 2 to 3" in both hours, cron-parser in the
# first. So of one line two schedulers make different handovers twice a year.
#
# Seen, in Berlin, in UTC: every two hours in spring 01:00 02:00 04:00 by cron-parser, 02:00 04:00 by croner; in autumn 00:00
# 03:00 and 00:00 01:00 03:00.
# Exits 0 while that is so, 1 when one does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
parser=5.10.6 croner=11.0.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "cron-parser@$parser" "croner@$croner" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >runs.mjs <<'JS'
import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
const [reader, line, from, until] = process.argv.slice(2);
const zone = 'Europe/Berlin';
let next;
if (reader === 'cron-parser') {
	const runs = CronExpressionParser.parse(line, { currentDate: from, tz: zone });
	next = () => runs.next().toDate();
} else {
	const runs = new Cron(line, { timezone: zone });
	let last = new Date(from);
	next = () => (last = runs.nextRun(last));
}
const times = [];
for (let at = next(); at < new Date(until); at = next()) times.push(at.toISOString().slice(11, 16));
console.log(times.join(' ') || 'none');
JS
wrong=0
expect() {
	got=$(node runs.mjs "$1" "$2" 2026-03-28T23:30:00Z 2026-03-29T05:00:00Z)
	got="$got / $(node runs.mjs "$1" "$2" 2026-10-24T22:30:00Z 2026-10-25T04:00:00Z)"
	echo "$1: $2 -> $got"
	[ "$got" = "$3" ] || wrong=1
}
expect cron-parser '30 2 * * *' '01:30 / 00:30'
expect croner '30 2 * * *' '01:00 / 00:30'
expect cron-parser '*/20 2 * * *' '01:00 01:20 01:40 / 00:00 00:20 00:40'
expect croner '*/20 2 * * *' 'none / 00:00 00:20 00:40 01:00 01:20 01:40'
expect cron-parser '0 */2 * * *' '01:00 02:00 04:00 / 00:00 03:00'
expect croner '0 */2 * * *' '02:00 04:00 / 00:00 01:00 03:00'
exit $wrong

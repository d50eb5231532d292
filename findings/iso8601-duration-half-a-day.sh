#!/bin/sh
# iso8601-duration 2.1.4 (npm): its README gives P0.5D as a duration that it reads ("fractions are allowed on the smallest
# unit"), and it refuses it; of P1W0.5D, as ISO 8601-2 allows it and the README says weeks may be, it reads the week and says
# nothing of the half day. Of a sign before the P the README says that it is not supported, and one expects an error as for
# P0.5D; it is taken off: -PT15M, which is how iCalendar (RFC 5545, 3.8.6.3) writes "a quarter of an hour before", comes out
# as a quarter of an hour after. tinyduration 3.4.1 and luxon 3.7.2 read all of these.
#
# Seen: P0.5D: RangeError; P1W0.5D: 604800 seconds for 648000; -PT15M: 900.
# Exits 0 while that is so, 1 when one does otherwise, 2 when they cannot be installed. Needs node and npm; works in a
# temporary folder.
set -eu
version=2.1.4 luxon=3.7.2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "iso8601-duration@$version" "luxon@$luxon" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
grep -q 'e\.g\. `P0\.5D`' node_modules/iso8601-duration/README.md || { echo 'the README no longer speaks of P0.5D'; exit 1; }
cat >seconds.mjs <<'JS'
import { parse, toSeconds } from 'iso8601-duration';
import { Duration } from 'luxon';
const text = process.argv[2];
let own;
try {
	own = toSeconds(parse(text));
} catch (error) {
	own = error.name;
}
console.log(own, Duration.fromISO(text).as('seconds'));
JS
wrong=0
expect() {
	got=$(TZ=UTC node seconds.mjs "$1")
	echo "$1: iso8601-duration $version and luxon $luxon say $got"
	[ "$got" = "$2" ] || wrong=1
}
expect P0.5D 'RangeError 43200'
expect P1W0.5D '604800 648000'
expect P1WT12H '648000 648000'
expect -PT15M '900 -900'
expect PT15M '900 900'
exit $wrong

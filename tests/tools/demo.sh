#!/bin/sh
# Shows one alert going from webhook to page and back: the example configuration, rules and catalog, a stand-in pager,
# and a real Alertmanager in front where one is installed. Free ports, a temporary folder, nothing left behind.
# Exit status 1 when a page or its end does not come.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bin=${RUNBOOKD_BIN_DIR:-$top/build/release/bin}
python=${PYTHON:-python3}
seconds=30
pids=
dir=$(mktemp -d)

say() { if test -t 1; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi; }

fail() {
	echo "demo: $*" >&2
	for log in runbookd alertmanager pager; do
		test ! -s "$dir/$log.log" || { echo "---- $log.log" >&2; tail -n 20 "$dir/$log.log" >&2; }
	done
	exit 1
}

clean_up() {
	status=$?
	trap - EXIT INT TERM
	for pid in $pids; do kill "$pid" 2>/dev/null || true; done
	for pid in $pids; do wait "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
	exit "$status"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# wait_for WHAT COMMAND…: until the command succeeds
wait_for() {
	what=$1 tries=$((seconds * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || fail "$what did not come within $seconds s"
		sleep 0.1 # sleep: one look at a time, bounded by tries
	done
}

answers() { "$python" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)' "$1"; }
free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
said() { grep -q "$1" "$dir/pager.log"; }

command -v "$python" >/dev/null || { echo "demo: the stand-in pager needs python3" >&2; exit 1; }
test -x "$bin/runbookd" || { echo "demo: $bin/runbookd is not built: run make" >&2; exit 1; }

say "A stand-in pager, and runbookd with the example configuration, rules and catalog"
"$python" "$here/pager.py" --port 0 >"$dir/pager.log" 2>&1 &
pids="$! $pids"
wait_for "the stand-in pager" said "listens on"
pager=$(sed -n 's/.*listens on //p' "$dir/pager.log")

cp -R "$top/config" "$top/rules" "$dir/"
mkdir "$dir/data"
sed -i -e "s/127\.0\.0\.1:9199/127.0.0.1:$pager/" -e 's/^  # base_url:/  base_url:/' "$dir/config/runbookd.yml"
"$bin/runbookd" --config.file="$dir/config/runbookd.yml" --web.listen-address=127.0.0.1:0 2>"$dir/runbookd.log" &
pids="$! $pids"
wait_for "runbookd" grep -q 'msg="Listening on"' "$dir/runbookd.log"
RUNBOOKD_URL=http://$(sed -n 's/.*msg="Listening on" address=//p' "$dir/runbookd.log")
export RUNBOOKD_URL
wait_for "runbookd" answers "$RUNBOOKD_URL/-/ready"
echo "runbookd answers on $RUNBOOKD_URL, the pager on port $pager"

# Debian's name is prometheus-alertmanager.
am_bin=$(command -v prometheus-alertmanager || command -v alertmanager || true)
if test -n "$am_bin" && command -v amtool >/dev/null; then
	am=http://127.0.0.1:$(free_port)
	sed -e "s|http://127.0.0.1:9195/|$RUNBOOKD_URL/|" -e 's/group_wait: .*/group_wait: 1s/' \
		-e 's/group_interval: .*/group_interval: 1s/' "$top/config/alertmanager.yml" >"$dir/alertmanager.yml"
	"$am_bin" --config.file="$dir/alertmanager.yml" --storage.path="$dir/alertmanager" \
		--web.listen-address="${am#http://}" --cluster.listen-address= 2>"$dir/alertmanager.log" &
	pids="$! $pids"
	wait_for "Alertmanager" answers "$am/-/ready"
	echo "Alertmanager stands in front on $am"
else
	am=
	echo "No Alertmanager here: what it would post is posted instead (apt install prometheus-alertmanager)"
fi

started=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# alert STATUS LABEL=VALUE…: the first label is the alert's name
alert() {
	status=$1
	shift
	if test -n "$am"; then
		end=
		test "$status" = firing || end=--end=$(date -u +%Y-%m-%dT%H:%M:%SZ)
		amtool --alertmanager.url="$am" alert add --start="$started" $end "$@"
	else
		"$python" -c '
import json, sys
status, starts, *pairs = sys.argv[1:]
labels = dict(pair.split("=", 1) for pair in pairs)
print(json.dumps({"version": "4", "status": status, "groupLabels": {"alertname": labels["alertname"]}, "alerts": [
    {"status": status, "labels": labels, "annotations": {}, "startsAt": starts}]}))' "$status" "$started" "$@" |
			"$bin/runbookctl" send - >/dev/null
	fi
}

database() { alert "$1" alertname=PostgresqlDown instance=db-1:9187 cluster=eu1 severity=critical; }
disk() { alert "$1" alertname=NodeFilesystemAlmostOutOfSpace instance=web-3:9100 mountpoint=/var cluster=eu1 severity=critical; }

say "Two alerts fire"
database firing
disk firing
wait_for "the page for the database" said "PostgreSQL on db-1:9187 does not answer"
wait_for "the page for the disk" said "/var on web-3:9100 is nearly full"
said "https://.*database/postgres-down" || fail "the page carries no runbook link"
sed -n '2,$p' "$dir/pager.log"
shown=$(wc -l <"$dir/pager.log")

say "runbookctl incidents list"
"$bin/runbookctl" incidents list

say "The database is back"
database resolved
wait_for "the end of the database's incident" said "RESOLVED to oncall"
tail -n +"$((shown + 1))" "$dir/pager.log"

say "runbookctl incidents list"
"$bin/runbookctl" incidents list

#!/bin/sh
# etcd's alert rules as Debian 12 packages them (etcd-server 3.4.23, etcd3_alert.rules.yml; etcd-mixin beside it is alike):
# six of the thirteen are silent with an etcd that runs as it is installed. "High number of leader changes" and "of failed
# proposals" compare a rate, which is per second, with the 3 and 5 that older rules (increase over an hour, in
# etcd3_alert.rules) had: 2,700 changes of leader in a quarter of an hour, and a text that would call the rate the number
# "within the last hour". GRPCRequestsSlow reads a histogram that etcd has with --metrics=extensive alone, which neither the
# rules nor their README say; the three for HTTP read etcd_http_…, which belong to the API of version 2, off since 3.4.
# promtool check rules finds all in order, and the mixin's own tests cover none of the six. Later releases of the mixin have
# increase and no HTTP; who took these rules over has to.
#
# Seen: of what the rules read, an etcd that has served puts lacks grpc_server_handling_seconds_bucket and etcd_http_…, and
# has them with --metrics=extensive --enable-v2. With promtool 2.42: a leader lost every 20 seconds and a proposal every
# second, for an hour: no alert; etcdNoLeader beside them fires.
# Exits 0 while that is so, 1 when they do otherwise, 2 when the packages cannot be had. Needs apt and python3; works in a
# temporary folder, with etcd on loopback.
set -eu
etcd=3.4.23-4+b4
promtool=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "etcd-server=$etcd" "prometheus=$promtool" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done
zcat root/usr/share/doc/etcd-server/op-guide/etcd3_alert.rules.yml.gz >rules.yml

cat >metrics.py <<'P'
import json, re, shutil, socket, subprocess, sys, time, urllib.error, urllib.request

read = set(re.findall(r"\b(?:etcd|grpc)_[a-z_]+(?:total|bucket|leader)\b", open("rules.yml").read()))
# What needs a second member, or a change of leader or a failure, to be there.
read -= {"etcd_network_peer_round_trip_time_seconds_bucket"}


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return "http://127.0.0.1:%d" % s.getsockname()[1]


def ask(url, data=None, method=None):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, data, method=method), timeout=10).read().decode()
    except urllib.error.HTTPError:
        return ""


for flags in ([], ["--metrics=extensive", "--enable-v2"]):
    client, peer = free(), free()
    server = subprocess.Popen(["root/usr/bin/etcd", "--data-dir=data", "--initial-cluster=default=" + peer,
                               "--listen-client-urls=" + client, "--advertise-client-urls=" + client,
                               "--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, *flags],
                              stderr=open("etcd.log", "w"))
    try:
        for _ in range(120):
            try:
                if "true" in ask(client + "/health"):
                    break
            except OSError:
                pass
            time.sleep(0.5)
        else:
            sys.exit(2)
        ask(client + "/v3/kv/put", json.dumps({"key": "YQ==", "value": "YQ=="}).encode())
        ask(client + "/v2/keys/a", b"value=a", "PUT")
        ask(client + "/v2/keys/b")
        has = set(re.findall(r"^[a-z_]+", ask(client + "/metrics"), re.M))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree("data", ignore_errors=True)
    print(f"etcd {' '.join(flags) or 'as installed'} lacks:", *sorted(read - has) or ["nothing"], sep="\n  ")
P
python3 metrics.py >seen || { tail -3 etcd.log >&2; exit 2; }

cat >test.yml <<'Y'
rule_files: [rules.yml]
evaluation_interval: 10s
tests:
- interval: 20s
  input_series:
  - {series: 'etcd_server_leader_changes_seen_total{job="etcd", instance="a"}', values: '0+1x180'}
  - {series: 'etcd_server_proposals_failed_total{job="etcd", instance="a"}', values: '0+20x180'}
  - {series: 'etcd_server_has_leader{job="etcd", instance="a"}', values: '0x180'}
  alert_rule_test:
  - {eval_time: 1h, alertname: etcdHighNumberOfLeaderChanges, exp_alerts: []}
  - {eval_time: 1h, alertname: etcdHighNumberOfFailedProposals, exp_alerts: []}
  - eval_time: 1h
    alertname: etcdNoLeader
    exp_alerts:
    - exp_labels: {severity: critical, job: etcd, instance: a}
      exp_annotations: {message: 'etcd cluster "etcd": member a has no leader.'}
Y
lint=no
root/usr/bin/promtool check rules rules.yml >/dev/null 2>&1 && lint=yes
silent=no
root/usr/bin/promtool test rules test.yml >test.log 2>&1 && silent=yes
echo "etcd-server $etcd, promtool $promtool: in order: $lint;" \
	"180 changes of leader and 3,600 failed proposals in an hour are silent: $silent"
cat seen
cat >expected <<'X'
etcd as installed lacks:
  etcd_http_failed_total
  etcd_http_received_total
  etcd_http_successful_duration_seconds_bucket
  grpc_server_handling_seconds_bucket
etcd --metrics=extensive --enable-v2 lacks:
  nothing
X
cmp seen expected && [ "$lint" = yes ] && [ "$silent" = yes ]

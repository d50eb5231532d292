#!/bin/sh
# newest_alertmanager.sh FOLDER: unpacks the Alertmanager of Debian testing there, once, installing nothing. The stable one is
# years older, and the matchers that both take are compared with both. Fails where apt or the mirror is not to be had.
set -eu

out=$1
[ ! -x "$out/usr/bin/amtool" ] || exit 0

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
chmod 755 "$state"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
echo "deb $mirror testing main" >"$state/sources.list"

apt() {
  apt-get -qq -o Dir::State="$state" -o Dir::State::Lists="$state/lists" -o Dir::State::status=/var/lib/dpkg/status \
    -o Dir::Cache="$state/cache" -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o APT::Sandbox::User=root "$@"
}
apt update
(cd "$state" && apt download prometheus-alertmanager)
mkdir -p "$out"
dpkg -x "$state"/prometheus-alertmanager_*.deb "$out"

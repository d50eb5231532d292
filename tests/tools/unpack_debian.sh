#!/bin/sh
# unpack_debian.sh SUITE FOLDER PROGRAM PACKAGE...: unpacks Debian packages there, once, installing nothing; FOLDER/PROGRAM is what
# they are wanted for. SUITE is `testing`, or `here` for the release of this machine. What the checks compare with or talk to comes
# so where it is too old in the stable release (Alertmanager), not in it (ntfy), or would drive out what is installed (a second
# mail server). Fails where apt or the mirror is not to be had.
set -eu

suite=$1 out=$2 program=$3
shift 3
[ ! -x "$out/$program" ] || exit 0

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
chmod 755 "$state"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"

apt() {
  apt-get -qq -o Dir::State="$state" -o Dir::State::Lists="$state/lists" -o Dir::State::status=/var/lib/dpkg/status \
    -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root "$@"
}
if [ "$suite" != here ]; then
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  echo "deb $mirror $suite main" >"$state/sources.list"
  printf 'Dir::Etc::SourceList "%s/sources.list";\nDir::Etc::SourceParts "/dev/null";\n' "$state" >"$state/apt.conf"
  export APT_CONFIG="$state/apt.conf"
fi
apt update
(cd "$state" && apt download "$@")
mkdir -p "$out"
for package in "$state"/*.deb; do
  dpkg -x "$package" "$out"
done

#!/bin/sh
# apt_install.sh PACKAGE...: install those that are missing (Debian, Ubuntu); does nothing when all are there.
#
# Some packages bring a daemon whose installation starts it (redis-server, redis-sentinel, prometheus-alertmanager). The checks start
# their own on free ports, so while apt runs a policy keeps daemons from starting; it is gone when this script ends.
# Under systemd a newly installed daemon is also disabled, or it would come up with the next boot.
set -eu

policy=/usr/sbin/policy-rc.d
daemons="redis-server redis-sentinel prometheus-alertmanager"

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "Not a Debian system; install the equivalents of: $*" >&2
  exit 0
fi

missing=
for package in "$@"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing$missing"

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Neither root nor sudo: as root, run apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  as_root=sudo
fi

own_policy=
cleanup() {
  [ -z "$own_policy" ] || $as_root rm -f "$policy"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ ! -e "$policy" ]; then
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi

$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing

if [ -d /run/systemd/system ]; then
  for daemon in $daemons; do
    case " $missing " in *" $daemon "*) $as_root systemctl disable --quiet "$daemon" ;; esac
  done
fi

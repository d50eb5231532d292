#!/bin/sh
# deb_suites.sh SUITE…: the Debian package of these sources, built, installed, started and purged in a debootstrapped system
# of each suite, whose libraries differ. `make check-deb` calls it, as root; the systems stay in build/suites for the next time.
# MIRROR says where from, as for debootstrap.
set -eu

version=$(sed -n 's/^VERSION := //p' Makefile)
revision=$(git rev-parse --short=12 HEAD)
mirror=${MIRROR:-$(sed -nE 's/^(URIs:|deb) (https?:[^ ]*debian).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)}
root='' daemon=''

[ "$(id -u)" = 0 ] || { echo 'check-deb needs root: it makes systems of their own' >&2; exit 1; }

# In the system, without services that start by themselves and without questions.
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
wrong() { echo "$suite: $*" >&2; exit 1; }
done_with() { [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :; umount "$root/proc" 2>/dev/null || :; }
trap done_with EXIT

make_system() {
	[ -e "$root/.made" ] && return
	rm -rf "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >"$root.log" 2>&1 || wrong "debootstrap failed: see $root.log"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	touch "$root/.made"
}

# What builds it is what debian/control names; lintian is that suite's own.
build() {
	rm -rf "$root/src" "$root/deb"
	mkdir -p "$root/src"
	git ls-files -z --cached --others --exclude-standard | tar cf - --null -T - | tar xf - -C "$root/src"
	rm -rf "$root/build-depends"
	mkdir "$root/build-depends"
	sed 's/@MAINTAINER@/Nobody <nobody@example.org>/' config/debian/control >"$root/build-depends/control"
	inside sh -c 'apt-get -q update && apt-get -qy --no-install-recommends install devscripts equivs lintian git-core- git make adduser &&
		mk-build-deps --install --remove --tool "apt-get -qy --no-install-recommends" /build-depends/control' >"$root.log" 2>&1 ||
		wrong "what builds it could not be installed: see $root.log"
	inside sh -c "cd /src && DEBFULLNAME='A Builder' DEBEMAIL=builder@example.org SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) \
		config/debian/build.sh /deb $version $revision" >"$root.log" 2>&1 || wrong "it does not build: see $root.log"
}

check_lint() {
	said=$(inside sh -c 'lintian --fail-on=error,warning --suppress-tags=initial-upload-closes-no-bugs /deb/*.changes' 2>&1) || wrong "lintian: $said"
}

# As the unit's ExecStart does, by the user whom the package has made. What it depends on, and nothing that builds it.
check_life() {
	package=$(cd "$root/deb" && echo runbookd_*.deb)
	inside sh -c "apt-get -qy install --no-install-recommends /deb/$package" >"$root.log" 2>&1 || wrong "it does not install: see $root.log"
	inside dpkg -s runbookd | grep -q '^Status: install ok installed' || wrong 'it is not installed'
	[ "$(inside stat -c '%a %U:%G' /etc/runbookd)" = '750 root:runbookd' ] || wrong '/etc/runbookd may be read by others'
	inside runbookctl --config.file=/etc/runbookd/runbookd.yml check >/dev/null || wrong 'its own configuration has mistakes'
	command=$(sed -n 's/^ExecStart=//p' "$root"/usr/lib/systemd/system/runbookd.service "$root"/lib/systemd/system/runbookd.service 2>/dev/null | head -1)
	[ -n "$command" ] || wrong 'there is no unit'
	mount -t proc proc "$root/proc" 2>/dev/null || :
	inside install -d -o runbookd -g runbookd /var/lib/runbookd
	# On a port of its own. Every step is an exec, so that the process is the daemon itself.
	command=$(echo "$command" | sed -E 's/--web.listen-address=[^ ]+/--web.listen-address=127.0.0.1:0/')
	(exec chroot "$root" /usr/bin/setpriv --reuid=runbookd --regid=runbookd --clear-groups /usr/bin/env -i PATH=/usr/bin:/bin \
		STATE_DIRECTORY=/var/lib/runbookd sh -c "cd /var/lib/runbookd && exec $command") >"$root.daemon" 2>&1 &
	daemon=$!
	address=''
	for _ in $(seq 300); do
		address=$(sed -nE 's/.*Listening on.* address=([0-9.:]+).*/\1/p' "$root.daemon" | head -1)
		[ -z "$address" ] || break
		kill -0 $daemon 2>/dev/null || break
		sleep 0.1 # sleep: between two looks at its log
	done
	[ -n "$address" ] || wrong "it does not start: $(cat "$root.daemon")"
	inside runbookctl --url="http://$address" send alertname=FirstPage severity=critical | grep -q page || wrong 'it does not page'
	kill $daemon
	wait $daemon || wrong "it does not end well: $(cat "$root.daemon")"
	daemon=''
	inside apt-get -qy purge runbookd >"$root.log" 2>&1 || wrong "it is not purged: see $root.log"
	for left in /etc/runbookd /var/lib/runbookd /usr/bin/runbookd; do
		[ ! -e "$root$left" ] || wrong "$left is left after a purge"
	done
}

mkdir -p "${SUITES_DIR:-build/suites}"
for suite; do
	root=$(realpath "${SUITES_DIR:-build/suites}")/$suite
	make_system
	build
	check_lint
	check_life
	done_with
	echo "$suite: $(cd "$root/deb" && echo *.deb | tr ' ' '\n' | grep -v dbgsym) builds, installs, starts, pages and is purged"
done

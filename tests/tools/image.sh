#!/bin/sh
# image.sh: the Dockerfile as it stands, built and run without Docker: buildah takes its steps, in a debootstrapped Debian that
# has the name of the image it begins FROM. The image must know each of its libraries, take its own configuration, start by its
# own ENTRYPOINT and CMD as its own user, and page. `make check-image` calls it, as root. MIRROR says where from, as for
# debootstrap; IMAGE_DIR keeps the Debian and the layers for the next time.
set -eu

folder=$(realpath "${IMAGE_DIR:-build/image}")
mirror=${MIRROR:-$(sed -nE 's/^(URIs:|deb) (https?:[^ ]*debian).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)}
base=debian:12-slim
image=runbookd-check
container='' daemon='' tree=''

[ "$(id -u)" = 0 ] || { echo 'check-image needs root: it makes a system of its own' >&2; exit 1; }
wrong() { echo "image: $*" >&2; exit 1; }
image_tool() { buildah --root "$folder/layers" --runroot "$folder/run" ${STORAGE_DRIVER:+--storage-driver "$STORAGE_DRIVER"} "$@"; }
done_with() {
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :
	[ -z "$tree" ] || umount "$tree/proc" 2>/dev/null || :
	[ -z "$container" ] || image_tool rm "$container" >/dev/null 2>&1 || :
}
trap done_with EXIT

[ "$(sed -n 's/^FROM \([^ ]*\).*/\1/p' Dockerfile | sort -u)" = "$base" ] || wrong "the Dockerfile does not begin FROM $base"

# The apt of this machine may be configured for its network: the same lines serve in there.
make_base() {
	[ -e "$folder/.made" ] && return
	rm -rf "$folder/debian"
	mkdir -p "$folder/debian"
	debootstrap --variant=minbase bookworm "$folder/debian" ${mirror:+"$mirror"} >"$folder/debian.log" 2>&1 ||
		wrong "debootstrap failed: see $folder/debian.log"
	first=$(image_tool from scratch)
	image_tool add -q "$first" "$folder/debian" / >/dev/null
	image_tool commit -q "$first" "docker.io/library/$base" >/dev/null
	image_tool rm "$first" >/dev/null
	touch "$folder/.made"
}

# "runbookd --config.file=…", as the image's configuration has it.
command_of() {
	image_tool inspect --type image --format '{{range .OCIv1.Config.Entrypoint}}{{.}} {{end}}{{range .OCIv1.Config.Cmd}}{{.}} {{end}}' "$image"
}

check_life() {
	container=$(image_tool from --pull-never "$image")
	tree=$(image_tool mount "$container")
	user=$(image_tool inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
	home=$(image_tool inspect --type image --format '{{.OCIv1.Config.WorkingDir}}' "$image")
	in_image="setpriv --reuid=$user --regid=$user --clear-groups env -i PATH=/usr/local/bin:/usr/bin:/bin"
	[ "$user" != root ] && [ -n "$user" ] || wrong 'it runs as root'
	! chroot "$tree" ldd /usr/local/bin/runbookd /usr/local/bin/runbookctl | grep 'not found' || wrong 'libraries are missing'
	chroot "$tree" /usr/local/bin/runbookd --version | grep -q "$revision" || wrong 'it does not know its revision'
	mount -t proc proc "$tree/proc" 2>/dev/null || :
	command=$(command_of)
	(exec chroot "$tree" $in_image sh -c "cd $home && exec $command --web.listen-address=127.0.0.1:0") >"$folder/daemon" 2>&1 &
	daemon=$!
	address=''
	for _ in $(seq 300); do
		address=$(sed -nE 's/.*Listening on.* address=([0-9.:]+).*/\1/p' "$folder/daemon" | head -1)
		[ -z "$address" ] || break
		kill -0 $daemon 2>/dev/null || break
		sleep 0.1 # sleep: between two looks at its log
	done
	[ -n "$address" ] || wrong "it does not start: $(cat "$folder/daemon")"
	chroot "$tree" /usr/local/bin/runbookctl --url="http://$address" send alertname=FirstPage severity=critical | grep -q page ||
		wrong 'it does not page'
	kill $daemon
	wait $daemon || wrong "it does not end well: $(cat "$folder/daemon")"
	daemon=''
}

mkdir -p "$folder"
make_base
revision=$(git rev-parse --short=12 HEAD)
image_tool bud -q --isolation chroot --pull-never --build-arg "REVISION=$revision" -t "$image" . >"$folder/build.log" 2>&1 ||
	wrong "it does not build: see $folder/build.log"
check_life
echo "$image builds from the Dockerfile, starts as its own user, pages and ends"

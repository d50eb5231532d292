#!/bin/sh
# build.sh FOLDER VERSION REVISION: a Debian package of these sources, made in FOLDER and left there. `make deb` calls it.
# DEBFULLNAME and DEBEMAIL say who has built it, as for dch.
set -eu

folder=$1 version=$2 revision=$3
tree=$folder/runbookd-$version
name=${DEBFULLNAME:-$(git config user.name 2>/dev/null || id -un)}
mail=${DEBEMAIL:-$(git config user.email 2>/dev/null || echo "$(id -un)@$(hostname -f)")}
# The same sources give the same package: the day is that of the last commit, unless SOURCE_DATE_EPOCH says another.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}

rm -rf "$folder"
mkdir -p "$tree"
tar cf - --exclude=__pycache__ Makefile src include rules config tests README.md CHANGELOG.md CONTRIBUTING.md LICENSE | tar xf - -C "$tree"
cp -R config/debian "$tree/debian"
rm "$tree/debian/build.sh"
sed -i "s|@MAINTAINER@|$name <$mail>|" "$tree/debian/control"
cat >"$tree/debian/changelog" <<EOF
runbookd ($version) unstable; urgency=medium

  * Revision $revision; what has changed stands in NEWS.md.

 -- $name <$mail>  $(LC_ALL=C date -u -R -d "@$epoch")
EOF
echo "$revision" >"$tree/debian/revision"
cd "$tree"
SOURCE_DATE_EPOCH=$epoch dpkg-buildpackage --build=binary --no-sign ${DEB_FLAGS-}
cd - >/dev/null
rm -rf "$tree"
ls "$folder"/*.deb

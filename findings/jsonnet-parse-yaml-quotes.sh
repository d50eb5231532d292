#!/bin/sh
# jsonnet 0.18.0 as Debian 12 packages it: std.parseYaml takes no notice of quotes. A quoted scalar is a string in every YAML
# (1.2.2, 10.3.2: only plain scalars are resolved to other types), and people quote a label's value for just that reason; here
# "5" becomes a number, "1.10" another one, "true" a boolean and "null" nothing. So jsonnet's own std.manifestYamlDoc, which
# quotes its strings, is not read back by std.parseYaml: of rules, routes or values that pass through it twice the labels
# change, and Prometheus and Helm then refuse or mistake them. Read as JSON (std.parseJson) the same text keeps its types.
# 0.22.0 keeps quoted strings, and gives "*x" for an alias of &x and "~" for a null, silently; 0.18.0 refuses aliases.
#
# Seen: {severity: "1", version: "1.10", page: "true", owner: "null"} written as YAML and read again: 1, 1.1, true and null.
# Exits 0 while that is so, 1 when jsonnet does otherwise, 2 when the package cannot be had. Needs apt; works in a temporary
# folder.
set -eu
version=0.18.0+ds-3+b2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "jsonnet=$version" >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
dpkg -x ./*.deb root

cat >round.jsonnet <<'J'
local labels = { severity: '1', version: '1.10', page: 'true', owner: 'null', team: 'db' };
{
  written: std.manifestYamlDoc(labels),
  yaml: std.manifestJsonEx(std.parseYaml(self.written), ''),
  json: std.manifestJsonEx(std.parseJson(std.manifestJson(labels)), ''),
  report: [std.strReplace(text, '\n', ' ') for text in [self.written, self.yaml, self.json]],
}.report
J
root/usr/bin/jsonnet round.jsonnet >seen
echo "jsonnet $version: written as YAML, read by parseYaml, and the same labels read by parseJson:"
cat seen
cat >expected <<'E'
[
   "\"owner\": \"null\" \"page\": \"true\" \"severity\": \"1\" \"team\": \"db\" \"version\": \"1.10\"",
   "{ \"owner\": null, \"page\": true, \"severity\": 1, \"team\": \"db\", \"version\": 1.1000000000000001 }",
   "{ \"owner\": \"null\", \"page\": \"true\", \"severity\": \"1\", \"team\": \"db\", \"version\": \"1.10\" }"
]
E
cmp seen expected

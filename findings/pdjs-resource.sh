#!/bin/sh
# @pagerduty/pdjs 2.2.4 (npm, PagerDuty's own client): by its README an answer's "resource" is the data that was asked for. It
# is looked up by the first word of the path, in the plural for GET and in the singular for everything else, so it is there
# for a list and for a thing made with POST, and undefined, without an error, wherever PagerDuty's API names its answer
# otherwise: one incident, user or schedule (GET /incidents/{id} answers "incident"), a list below one ("alerts",
# "overrides"), several incidents acknowledged at once (PUT /incidents answers "incidents"). all(), "to fetch all pages",
# joins the resources, so of a list below one thing it fetches every page and then fails with a TypeError, from the second
# page on: a long incident's alerts or log entries, never a short one's. And requestTimeout, which its types offer and which
# is 30 seconds by default, ends no request: "data" is right, and waiting has to be bounded by oneself.
#
# Seen, from a server on loopback that answers as PagerDuty's documentation has it: what "resource" and "data" hold, all()
# with one and with two pages, and requestTimeout: 100 with an answer after a second.
# Exits 0 while that is so, 1 when it does otherwise, 2 when it cannot be installed. Needs node and npm; works in a temporary
# folder, with a server on loopback.
set -eu
version=2.2.4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund "@pagerduty/pdjs@$version" >npm.log 2>&1 || { tail -5 npm.log >&2; exit 2; }
cat >ask.cjs <<'JS'
const { createServer } = require('node:http');
const { api } = require('@pagerduty/pdjs');

const page = (name, all, query) => {
  const offset = Number(query.get('offset') ?? 0);
  return { [name]: all.slice(offset, offset + 2), limit: 2, offset, more: offset + 2 < all.length };
};
const answers = {
  'GET /incidents': (query) => page('incidents', [{ id: 'A' }, { id: 'B' }, { id: 'C' }], query),
  'GET /incidents/A': () => ({ incident: { id: 'A' } }),
  'PUT /incidents/A': () => ({ incident: { id: 'A' } }),
  'PUT /incidents': () => ({ incidents: [{ id: 'A' }, { id: 'B' }] }),
  'GET /incidents/A/alerts': (query) => page('alerts', [{ id: 'D' }, { id: 'E' }], query),
  'GET /incidents/B/alerts': (query) => page('alerts', [{ id: 'F' }, { id: 'G' }, { id: 'H' }], query),
  'GET /slow': () => ({ slow: [] }),
};
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://loopback');
  const path = url.pathname.replace('/api.pagerduty.com', '');
  const body = JSON.stringify(answers[`${request.method} ${path}`](url.searchParams));
  setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(body), path === '/slow' ? 1000 : 0);
});
const ids = (value) => (value === undefined ? 'undefined' : JSON.stringify(value).replace(/[^A-Z,]/g, ''));
server.listen(0, '127.0.0.1', async () => {
  // The client takes what follows ".com/" for the path, so the host it would have asked stands in this one's path.
  const base = `http://127.0.0.1:${server.address().port}/api.pagerduty.com`;
  const client = api({ token: 'of-nobody' });
  for (const method of ['GET', 'PUT'])
    for (const path of ['/incidents', '/incidents/A', '/incidents/A/alerts'])
      if (answers[`${method} ${path}`]) {
        const body = method === 'PUT' ? { data: {} } : {};
        const { resource, data } = await api({ token: 'of-nobody', method, url: base + path, ...body });
        console.log(`${method} ${path}: data ${Object.keys(data)[0]}, resource ${ids(resource)}`);
      }
  for (const path of ['/incidents', '/incidents/A/alerts', '/incidents/B/alerts'])
    console.log(`all ${path}: ${await client.all(path, { url: base + path }).then(
      ({ resource }) => ids(resource), (error) => error.name)}`);
  const begun = Date.now();
  const waited = await api({ token: 'of-nobody', url: base + '/slow', requestTimeout: 100 })
    .then(() => 'answered', () => 'ended');
  console.log(`requestTimeout 100: ${waited} ${Date.now() - begun >= 900 ? 'after the second' : 'at once'}`);
  server.close();
  server.closeAllConnections();
});
JS
node ask.cjs >seen || { cat seen; exit 1; }
echo "pdjs $version:"
cat seen
cat >expected <<'X'
GET /incidents: data incidents, resource A,B
GET /incidents/A: data incident, resource undefined
GET /incidents/A/alerts: data alerts, resource undefined
PUT /incidents: data incidents, resource undefined
PUT /incidents/A: data incident, resource A
all /incidents: A,B,C
all /incidents/A/alerts: undefined
all /incidents/B/alerts: TypeError
requestTimeout 100: answered after the second
X
cmp seen expected

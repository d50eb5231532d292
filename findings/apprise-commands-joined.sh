#!/bin/sh
# Apprise 1.2.0 (Debian 12; 2.0.0 likewise) turns a message into the format that each service takes, so that one text does for
# mail, chat and SMS. One would expect what converters do (python3-html2text 2020.1.16 keeps all of this). From HTML to text
# it leaves the address of every link out ("See the runbook."), makes one line of the lines of a <pre>, so that two commands
# become one, and numbers no steps. From Markdown to HTML it knows no fenced code (an extension of Python-Markdown, which it
# does not turn on; 2.0.0 does so for tables): the fence becomes a part of the running text, its language the first word of
# the command, and where HTML is shown the lines run together. notify() answers True. From Markdown to text nothing is
# touched, so a runbook's steps come through where they are written in Markdown and sent to a service for text, and nowhere
# else.
#
# Seen: the message that a service for text and one for HTML get (json:// on loopback): "df -h du -s /var" for two commands,
# and <p><code>sh, df -h, du -s /var</code></p>.
# Exits 0 while that is so, 1 when it does otherwise, 2 when the packages cannot be had. Needs apt and python3; works in a
# temporary folder, with a server on loopback.
set -eu
apprise=1.2.0-1
libraries="python3-markdown=3.4.1-2+deb12u1 python3-requests=2.28.1+dfsg-1 python3-requests-oauthlib=1.3.0+ds-1
	python3-oauthlib=3.2.2-1 python3-click=8.1.3-2 python3-yaml=6.0-3+b2 python3-certifi=2022.9.24-1
	python3-chardet=5.1.0+dfsg-2 python3-idna=3.3-1+deb12u1 python3-urllib3=1.26.12-1+deb12u4"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download "apprise=$apprise" $libraries >apt.log 2>&1 || { tail -3 apt.log >&2; exit 2; }
for package in ./*.deb; do dpkg -x "$package" root; done

cat >notify.py <<'P'
import http.server, json, queue, sys, threading
sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import apprise

got = queue.Queue()


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        got.put(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
html = ('<p>See <a href="https://runbooks.example/disk">the runbook</a>.</p>'
        '<ol><li>Drain</li><li>Wait</li></ol><pre>df -h\ndu -s /var</pre>')
markdown = "See [the runbook](https://runbooks.example/disk).\n\n```sh\ndf -h\ndu -s /var\n```\n"
for written, wanted, body in (("html", "text", html), ("markdown", "html", markdown), ("markdown", "text", markdown)):
    sender = apprise.Apprise()
    sender.add(f"json://127.0.0.1:{service.server_port}/?format={wanted}")
    answer = sender.notify(body=body, body_format=written)
    print(f"{written} to {wanted}, {answer}:\n{got.get(timeout=30)}")
P
/usr/bin/python3 notify.py >seen || exit 1
echo "Apprise $apprise:"
cat seen
cat >expected <<'X'
html to text, True:
See the runbook.
- Drain
- Wait
df -h du -s /var
markdown to html, True:
<p>See <a href="https://runbooks.example/disk">the runbook</a>.</p>
<p><code>sh
df -h
du -s /var</code></p>
markdown to text, True:
See [the runbook](https://runbooks.example/disk).

```sh
df -h
du -s /var
```
X
cmp seen expected

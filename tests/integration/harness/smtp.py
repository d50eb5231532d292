"""A mail server that is strict about SMTP and keeps what it was given."""

import base64
import email
import email.policy
import re
import socketserver
import subprocess
import threading


def certificate(folder):
    """cert.pem and key.pem of 127.0.0.1, signed by itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{folder}/key.pem",
                    "-out", f"{folder}/cert.pem"], check=True, capture_output=True)


ONCE = ("Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type")
ID = r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>"


def faults(mail):
    """What RFC 5322 and 2045 do not allow in these bytes, as they were sent: a list of words."""
    out = []
    lines = mail.split(b"\r\n")
    head, _, _ = mail.partition(b"\r\n\r\n")
    out += [f"not ASCII or a control character: {line[:80]!r}" for line in lines if re.search(rb"[^\t\x20-\x7e]", line)]
    out += [f"a line of {len(line)}" for line in lines if len(line) > 78 and b"<" not in line]
    out += [f"no header: {line!r}" for line in head.split(b"\r\n") if not re.match(rb"[!-9;-~]+: |[ \t]+\S", line)]
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    out += [f"{part.get_content_type()}: {d!r}" for part in parsed.walk() for d in part.defects]
    out += [f"{name} stands {len(parsed.get_all(name, []))} times" for name in ONCE if len(parsed.get_all(name, [])) > 1]
    out += [f"{name} is missing" for name in ("Date", "From", "To", "Subject", "Message-ID") if name not in parsed]
    out += [f"{name}: {d!r}" for name, value in parsed.items() for d in getattr(value, "defects", ())]
    for name in ("Message-ID", "In-Reply-To", "References"):
        if name in parsed and not re.fullmatch(rf"{ID}(\s+{ID})*", parsed[name]):
            out.append(f"{name}: {parsed[name]}")
    return out


class Session(socketserver.StreamRequestHandler):
    timeout = 20

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        server = self.server.mail
        self.sender, self.recipients, self.user = None, [], None
        self.say("220 mail.test ESMTP")
        while True:
            line = self.rfile.readline(2000)
            if not line:
                return
            if not line.endswith(b"\r\n"):
                server.problems.append(f"a line without CRLF: {line!r}")
            word, _, rest = line.decode("ascii").strip().partition(" ")
            answer = server.answers.get(word.upper())
            if answer:
                self.say(answer)
            elif word.upper() == "QUIT":
                self.say("221 bye")
                return
            elif not self.command(server, word.upper(), rest):
                return

    def command(self, server, word, rest):
        if word == "EHLO":
            self.wfile.write(b"250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n")
        elif word == "AUTH":
            self.say("334 ")
            _, self.user, password = base64.b64decode(self.rfile.readline(2000)).decode().split("\0")
            self.say("235 fine" if password == server.password else "535 5.7.8 no")
        elif word == "MAIL":
            self.sender, self.recipients = re.match(r"FROM:<([^>]+)>", rest)[1], []
            self.say("250 fine")
        elif word == "RCPT":
            address = re.match(r"TO:<([^>]+)>", rest)[1]
            if address in server.refused:
                self.say(server.refused[address])
            else:
                self.recipients.append(address)
                self.say("250 fine")
        elif word == "DATA":
            return self.data(server)
        else:
            self.say("502 unknown")
        return True

    def data(self, server):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline(2000)) != b".\r\n":
            if not line:
                return False
            if not line.endswith(b"\r\n") or len(line) > 1000 or b"\0" in line or any(c > 126 for c in line):
                server.problems.append(f"a line that is not clean: {line!r}")
            lines.append(line[1:] if line.startswith(b"..") else line)
        if server.cut_after_data:
            server.cut_after_data -= 1
            return False
        self.say(server.after_data)
        if server.after_data.startswith("250"):
            server.mails.append((self.sender, self.recipients, b"".join(lines), self.user))
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class MailServer:
    def __init__(self):
        self.mails, self.problems, self.refused, self.answers = [], [], {}, {}
        self.password, self.after_data, self.cut_after_data = None, "250 queued", 0
        self.server = Server(("127.0.0.1", 0), Session)
        self.server.mail = self
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()

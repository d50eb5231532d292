"""Stand-ins for the providers of all receiver kinds. Each knows its provider's documented requests and nothing else: what
does not fit is a problem that the test reports. What was understood is kept as (what, key) in `events`."""

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

SECRET = "S3cr3tS3cr3tS3cr3tS3cr3t99"


class Wrong(Exception):
    """The provider would refuse this."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def text(value, most, what):
    need(isinstance(value, str) and value, f"{what} must be text")
    need(len(value) <= most, f"{what} has {len(value)} characters")
    need("\r" not in value and "\0" not in value, f"{what} has control characters")
    return value


def utf16(value):
    return len(value.encode("utf-16-le")) // 2


def bearer(request, scheme="Bearer"):
    need(request.headers.get("Authorization") == f"{scheme} {SECRET}", "the authorization is wrong")


class Exchange:
    def __init__(self, method, path, headers, data):
        url = urlsplit(path)
        self.method, self.path, self.query = method, unquote(url.path), parse_qs(url.query)
        self.headers, self.data = headers, data
        self.json = json.loads(data) if data else None


class Kind:
    """settings(url): the receiver's own part of the configuration. take(exchange): (status, reply) of a fitting request."""

    acknowledges = True  # False: the provider has no such thing, nothing may be sent
    alone = True  # there is one incident: whatever follows its first message belongs to it

    def __init__(self):
        self.events, self.texts = [], []

    def saw(self, what, key=None):
        self.events.append((what, key))

    def says(self, value):
        self.texts.append(value)
        if "Acknowledged by" in value:
            self.saw("acknowledge")
        elif "Resolved" in value:
            self.saw("resolve")
        else:
            self.saw("trigger")


class PagerDuty(Kind):
    def settings(self, url):
        return {"pagerduty": {"routing_key": SECRET, "url": url + "/v2/enqueue"}}

    def take(self, r):
        need(r.method == "POST" and r.path == "/v2/enqueue", "not the Events API")
        need(len(r.data) <= 512 * 1024, "too large")
        need(r.json["routing_key"] == SECRET, "routing_key")
        text(r.json["dedup_key"], 255, "dedup_key")
        action = r.json["event_action"]
        need(action in ("trigger", "acknowledge", "resolve"), "event_action")
        if action == "trigger":
            payload = r.json["payload"]
            text(payload["summary"], 1024, "summary")
            text(payload["source"], 1024, "source")
            need(payload["severity"] in ("critical", "error", "warning", "info"), "severity")
            need(all(set(link) <= {"href", "text"} for link in r.json["links"]), "links")
            self.texts.append(json.dumps(payload))
        self.saw(action, r.json["dedup_key"])
        return 202, {"status": "success", "message": "Event processed", "dedup_key": r.json["dedup_key"]}


class Opsgenie(Kind):
    def settings(self, url):
        return {"opsgenie": {"api_key": SECRET, "api_url": url}}

    def take(self, r):
        bearer(r, "GenieKey")
        if r.method == "POST" and r.path == "/v2/alerts":
            text(r.json["message"], 130, "message")
            text(r.json["alias"], 512, "alias")
            text(r.json["description"], 15000, "description")
            need(r.json["priority"] in ("P1", "P2", "P3", "P4", "P5"), "priority")
            need(all(isinstance(v, str) for v in r.json["details"].values()), "details are text")
            need(set(r.json) <= {"message", "alias", "description", "details", "priority", "source", "entity", "tags"},
                 "unknown field")
            self.texts.append(r.json["description"])
            self.saw("trigger", r.json["alias"])
        elif r.method == "PUT":
            what = re.fullmatch(r"/v2/alerts/[^/]+/(message|description|priority)", r.path)[1]
            need(set(r.json) == {what} and r.query == {"identifierType": ["alias"]}, "no such call")
            self.texts.append(text(r.json[what], {"message": 130, "description": 15000, "priority": 2}[what], what))
        else:
            found = re.fullmatch(r"/v2/alerts/([^/]+)/(acknowledge|close)", r.path)
            need(found and r.query == {"identifierType": ["alias"]}, "no such call")
            need(set(r.json) <= {"user", "source", "note"}, "unknown field")
            self.saw("resolve" if found[2] == "close" else found[2], found[1])
        return 202, {"result": "Request will be processed", "took": 0.1, "requestId": "r"}


class Slack(Kind):
    def settings(self, url):
        return {"slack": {"api_url": f"{url}/services/{SECRET}"}}

    def take(self, r):
        need(r.method == "POST" and r.path == f"/services/{SECRET}", "no such webhook")
        text(r.json["text"], 40000, "text")
        (attachment,) = r.json["attachments"]
        need(set(attachment) <= {"color", "fallback", "blocks"}, "unknown field")
        for block in attachment["blocks"]:
            need(block["type"] == "section" and block["text"]["type"] == "mrkdwn", "block")
            value = text(block["text"]["text"], 3000, "section")
            need("<!" not in value and "<@" not in value, "somebody is mentioned")
            self.says(value)
        return 200, "ok"


class SlackBot(Kind):
    def __init__(self):
        super().__init__()
        self.edits = []

    def settings(self, url):
        return {"slack": {"app_token": SECRET, "channel": "#crew", "app_url": url + "/api/chat.postMessage"}}

    def take(self, r):
        """One message, edited as things change; the news are replies in its thread."""
        bearer(r)
        if r.path == "/api/chat.update":
            need((r.json["channel"], r.json["ts"]) == ("C1", "1.5"), "not the incident's message")
            self.edits.append(r.json["attachments"][0]["blocks"][0]["text"]["text"])
        elif "thread_ts" in r.json:
            need(r.path == "/api/chat.postMessage" and r.json["channel"] == "C1", "channel")
            need(r.json["thread_ts"] == "1.5", "not the incident's thread")
            self.says(r.json["text"])
        else:
            need(r.path == "/api/chat.postMessage" and r.json["channel"] == "#crew", "channel")
            need(not self.alone or not self.events, "a second message")
            self.says(r.json["attachments"][0]["blocks"][0]["text"]["text"])
        return 200, {"ok": True, "channel": "C1", "ts": "1.5"}


class Teams(Kind):
    def settings(self, url):
        return {"msteams": {"webhook_url": f"{url}/workflows/{SECRET}"}}

    def take(self, r):
        need(len(r.data) <= 28 * 1024, "too large")
        need(r.json["type"] == "message", "type")
        (attachment,) = r.json["attachments"]
        need(attachment["contentType"] == "application/vnd.microsoft.card.adaptive", "contentType")
        card = attachment["content"]
        need(card["type"] == "AdaptiveCard" and card["version"] == "1.4", "card")
        need(all(b["type"] == "TextBlock" and b["text"] for b in card["body"]), "body")
        need(all(a["type"] == "Action.OpenUrl" and a["url"].startswith("http") for a in card["actions"]), "actions")
        self.says("\n".join(b["text"] for b in card["body"]))
        return 202, None


class Webhook(Kind):
    def settings(self, url):
        return {"webhook": {"url": f"{url}/{SECRET}", "bearer_token": SECRET}}

    def take(self, r):
        bearer(r)
        text(r.json["title"], 1024, "title")
        self.texts.append(r.json["text"])
        self.saw(r.json["event"], r.json["dedup_key"])
        return 200, None


class Discord(Kind):
    def settings(self, url):
        return {"discord": {"webhook_url": f"{url}/api/webhooks/1/{SECRET}"}}

    def take(self, r):
        need(r.json["allowed_mentions"] == {"parse": []}, "somebody is mentioned")
        (embed,) = r.json["embeds"]
        need(utf16(text(embed["title"], 256, "title")) + utf16(text(embed["description"], 4096, "description")) <= 6000,
             "embed")
        need(isinstance(embed["color"], int) and 0 <= embed["color"] <= 0xFFFFFF, "color")
        self.says(embed["description"])
        return 204, None


class Telegram(Kind):
    def settings(self, url):
        return {"telegram": {"bot_token": f"7:{SECRET}", "chat_id": "-100", "api_url": url}}

    def take(self, r):
        need(r.path == f"/bot7:{SECRET}/sendMessage", "no such bot")
        need(r.json["chat_id"] == "-100" and r.json["parse_mode"] == "HTML", "chat_id, parse_mode")
        need(utf16(text(r.json["text"], 4096, "text")) <= 4096, "text")
        replied = r.json.get("reply_parameters", {}).get("message_id")
        need(not self.alone or replied == (5 if self.events else None), "the news are replies to the first message")
        need(not re.sub(r"</?(b|a( href=\"[^\"<>]*\")?)>", "", r.json["text"]).count("<"), "unknown tags")
        self.says(r.json["text"])
        return 200, {"ok": True, "result": {"message_id": 5}}


class Pushover(Kind):
    def settings(self, url):
        return {"pushover": {"token": SECRET, "user_key": SECRET, "api_url": url + "/1/messages.json"}}

    def take(self, r):
        need(r.json["token"] == SECRET, "token")
        cancelled = re.fullmatch(r"/1/receipts/cancel_by_tag/([^/]+)\.json", r.path)
        if cancelled:
            return 200, {"status": 1, "canceled": 0}
        need(r.path == "/1/messages.json" and r.json["user"] == SECRET, "user")
        text(r.json["title"], 250, "title")
        need(r.json["priority"] in (-2, -1, 0, 1, 2), "priority")
        if r.json["priority"] == 2:
            need(r.json["retry"] >= 30 and r.json["expire"] <= 10800, "retry, expire")
        self.says(text(r.json["message"], 1024, "message"))
        return 200, {"status": 1, "request": "x"}


class Mattermost(Kind):
    def settings(self, url):
        return {"mattermost": {"webhook_url": f"{url}/hooks/{SECRET}"}}

    def take(self, r):
        need(r.path == f"/hooks/{SECRET}", "no such webhook")
        (attachment,) = r.json["attachments"]
        need(set(attachment) <= {"fallback", "color", "title", "title_link", "text"}, "unknown field")
        need("@channel" not in attachment["text"], "somebody is mentioned")
        self.says(text(attachment["text"], 16383, "text"))
        return 200, "ok"


class RocketChat(Kind):
    def settings(self, url):
        return {"rocketchat": {"api_url": url, "token": SECRET, "token_id": "u1", "channel": "#crew"}}

    def take(self, r):
        need(r.headers.get("X-Auth-Token") == SECRET and r.headers.get("X-User-Id") == "u1", "authorization")
        need(r.path == "/api/v1/chat.postMessage" and r.json["channel"] == "#crew", "channel")
        need("@channel" not in r.json["attachments"][0]["text"], "somebody is mentioned")
        need(not self.alone or r.json.get("tmid") == ("m1" if self.events else None), "the news are replies to the first message")
        self.says(text(r.json["attachments"][0]["text"], 5000, "text"))
        return 200, {"success": True, "message": {"_id": "m1"}}


class Webex(Kind):
    def settings(self, url):
        return {"webex": {"api_url": url + "/v1/messages", "token": SECRET, "room_id": "r1"}}

    def take(self, r):
        bearer(r)
        need(r.json["roomId"] == "r1", "roomId")
        need(len(r.json["markdown"].encode()) <= 7439, "markdown")
        need("<@" not in r.json["markdown"], "somebody is mentioned")
        need(not self.alone or r.json.get("parentId") == ("w1" if self.events else None), "the news are replies to the first message")
        self.says(r.json["markdown"])
        return 200, {"id": "w1"}


class WeChat(Kind):
    token = 0  # the one that counts; it is over after two messages, though two hours were promised
    sent = 0

    def settings(self, url):
        return {"wechat": {"api_url": url + "/cgi-bin/", "api_secret": SECRET, "corp_id": "crew", "agent_id": "7",
                           "to_user": "ann|bea"}}

    def take(self, r):
        if r.path == "/cgi-bin/gettoken":
            need(r.method == "GET" and r.query == {"corpid": ["crew"], "corpsecret": [SECRET]}, "gettoken")
            self.token += 1
            return 200, {"errcode": 0, "errmsg": "ok", "access_token": f"T/{self.token}", "expires_in": 7200}
        need(r.method == "POST" and r.path == "/cgi-bin/message/send", "no such call")
        if r.query != {"access_token": [f"T/{self.token}"]}:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        need(r.json["touser"] == "ann|bea" and r.json["agentid"] == 7 and r.json["msgtype"] == "text", "who is told")
        need(len(r.json["text"]["content"].encode()) <= 2048, "content")
        self.says(r.json["text"]["content"])
        self.sent += 1
        self.token += self.sent % 2 == 0
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": "m1"}


class VictorOps(Kind):
    def settings(self, url):
        return {"victorops": {"api_url": url + "/alert", "api_key": SECRET, "routing_key": "crew"}}

    def take(self, r):
        need(r.path == f"/alert/{SECRET}/crew", "no such endpoint")
        kinds = {"CRITICAL": "trigger", "WARNING": "trigger", "INFO": "trigger", "ACKNOWLEDGEMENT": "acknowledge",
                 "RECOVERY": "resolve"}
        need(r.json["message_type"] in kinds, "message_type")
        self.texts.append(text(r.json["state_message"], 20480, "state_message"))
        self.saw(kinds[r.json["message_type"]], r.json["entity_id"])
        return 200, {"result": "success", "entity_id": r.json["entity_id"]}


class Jira(Kind):
    def __init__(self):
        super().__init__()
        self.issues = {}

    def settings(self, url):
        return {"jira": {"api_url": url + "/rest/api/2", "user": "ana", "password": SECRET, "project": "CREW",
                         "resolve_transition": "Done"}}

    def take(self, r):
        pair = base64.b64decode(r.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        need(pair == f"ana:{SECRET}", "authorization")
        path = r.path.removeprefix("/rest/api/2")
        if path == "/search":
            label = re.search(r'labels="([^"]+)"', r.json["jql"])[1]
            found = [k for k, i in self.issues.items() if label in i["labels"] and not i["done"]]
            return 200, {"issues": [{"key": k, "fields": {}} for k in found]}
        if path == "/issue":
            fields = r.json["fields"]
            need(fields["project"] == {"key": "CREW"} and fields["issuetype"] == {"name": "Bug"}, "project, issuetype")
            text(fields["summary"], 255, "summary")
            need(not any(" " in label for label in fields["labels"]), "labels")
            key = f"CREW-{len(self.issues) + 1}"
            self.issues[key] = {"labels": fields["labels"], "done": False}
            self.says(text(fields["description"], 32767, "description"))
            return 201, {"id": "1", "key": key}
        return self.take_issue(r, *re.fullmatch(r"/issue/([A-Z]+-\d+)/(\w+)", path).groups())

    def open_issues(self):
        return sum(not issue["done"] for issue in self.issues.values())

    def take_issue(self, r, key, what):
        need(key in self.issues, "no such issue")
        if what == "comment":
            self.says(text(r.json["body"], 32767, "comment"))
            return 201, {"id": "1"}
        need(what == "transitions", "no such call")
        if r.method == "GET":
            return 200, {"transitions": [{"id": "11", "name": "Begin"}, {"id": "31", "name": "Done"}]}
        need(r.json == {"transition": {"id": "31"}}, "transition")
        self.issues[key]["done"] = True
        return 204, None


class GitHub(Kind):
    def __init__(self):
        super().__init__()
        self.issues = []

    def settings(self, url):
        return {"github": {"api_url": url, "repo": "crew/pumps", "token": SECRET}}

    def take(self, r):
        bearer(r)
        need(r.headers.get("Accept") == "application/vnd.github+json", "Accept")
        path = r.path.removeprefix("/repos/crew/pumps/issues")
        if not path and r.method == "GET":
            need(r.query["state"] == ["open"] and r.query["labels"] == ["runbookd"], "query")
            return 200, [i for i in self.issues if i["state"] == "open"]
        if not path:
            text(r.json["title"], 256, "title")
            self.issues.append({"number": len(self.issues) + 1, "state": "open", "body": r.json["body"]})
            self.says(text(r.json["body"], 65536, "body"))
            return 201, self.issues[-1]
        number, what = re.fullmatch(r"/(\d+)(/comments)?", path).groups()
        if what:
            self.says(text(r.json["body"], 65536, "body"))
            return 201, {"id": 1}
        need(r.method == "PATCH" and r.json == {"state": "closed", "state_reason": "completed"}, "close")
        self.issues[int(number) - 1]["state"] = "closed"
        return 200, self.issues[int(number) - 1]

    def open_issues(self):
        return sum(issue["state"] == "open" for issue in self.issues)


class GoAlert(Kind):
    acknowledges = False

    def settings(self, url):
        return {"goalert": {"url": url + "/api/v2/generic/incoming", "token": SECRET}}

    def take(self, r):
        need(r.path == "/api/v2/generic/incoming" and r.query == {"token": [SECRET]}, "token")
        text(r.json["summary"], 1024, "summary")
        self.texts.append(text(r.json["details"], 6144, "details"))
        self.saw({"close": "resolve", None: "trigger"}[r.json.get("action")], r.json["dedup"])
        return 204, None


class Ntfy(Kind):
    def settings(self, url):
        return {"ntfy": {"url": url, "topic": "crew", "token": SECRET}}

    def take(self, r):
        bearer(r)
        need(r.path in ("", "/") and r.json["topic"] == "crew", "topic")
        need(len(r.json["message"].encode()) <= 4096, "message")
        need(1 <= r.json["priority"] <= 5 and len(r.json["actions"]) <= 3, "priority, actions")
        need(all(a["action"] == "view" and a["label"] and a["url"] for a in r.json["actions"]), "actions")
        self.says(r.json["message"])
        return 200, {"id": "n1"}


class IncidentIo(Kind):
    acknowledges = False

    def settings(self, url):
        return {"incidentio": {"url": url + "/v2/alert_events/http/s1", "alert_source_token": SECRET}}

    def take(self, r):
        bearer(r)
        need(r.json["status"] in ("firing", "resolved"), "status")
        text(r.json["title"], 1000, "title")
        self.texts.append(r.json["description"])
        self.saw({"firing": "trigger", "resolved": "resolve"}[r.json["status"]], r.json["deduplication_key"])
        return 202, {"status": "success", "deduplication_key": r.json["deduplication_key"]}


KINDS = [PagerDuty, Opsgenie, Slack, SlackBot, Teams, Webhook, Discord, Telegram, Pushover, Mattermost, RocketChat,
         Webex, WeChat, VictorOps, Jira, GitHub, GoAlert, Ntfy, IncidentIo]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(*self.server.provider.take(self.command, self.path, self.headers, data))

    do_GET = do_PUT = do_PATCH = do_POST

    def answer(self, status, reply):
        data = b"" if reply is None else reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data if status != 204 else b"")

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True


class Provider:
    """One kind's stand-in on a free port."""

    def __init__(self, kind):
        self.kind, self.problems, self.lock = kind(), [], threading.Lock()
        self.refuse = None  # (status, body) for whatever comes
        self.requests = 0
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.provider = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def receiver(self, name="oncall"):
        return {"name": name, "rate_limit": {"per_second": 0}, **self.kind.settings(self.url)}

    def take(self, method, path, headers, data):
        with self.lock:
            self.requests += 1
            if self.refuse:
                return self.refuse
            try:
                return self.kind.take(Exchange(method, path, headers, data))
            except (Wrong, KeyError, TypeError, ValueError, AttributeError) as problem:
                self.problems.append(f"{method} {path} {data[:2000]}: {problem!r}")
                return 400, {"message": str(problem)}

    def events(self):
        with self.lock:
            return [what for what, _ in self.kind.events]

    def stop(self):
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()

"""Webhook bodies as Alertmanager sends them."""

import time
from datetime import datetime, timezone

NEVER = "0001-01-01T00:00:00Z"


def now():
    return time.time()


def stamp(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alert(name, /, *, status="firing", starts=None, ends=None, annotations=None, **labels):
    """One alert; `starts` and `ends` in seconds since 1970, a minute ago and now where nothing is said."""
    resolved = status == "resolved"
    return {
        "status": status,
        "labels": {"alertname": name, **labels},
        "annotations": annotations or {},
        "startsAt": stamp(now() - 60 if starts is None else starts),
        "endsAt": stamp(now() if ends is None else ends) if resolved else NEVER,
        "generatorURL": "http://prometheus.test/graph?g0.expr=up",
    }


def body(*alerts, group=None, receiver="runbookd"):
    firing = any(a["status"] == "firing" for a in alerts)
    labels = {"alertname": alerts[0]["labels"].get("alertname", "")} if group is None and alerts else group or {}
    return {
        "version": "4",
        "groupKey": "{}:" + repr(sorted(labels.items())),
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": receiver,
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.test",
        "alerts": list(alerts),
    }

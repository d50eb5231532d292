"""What `runbookctl import` makes of a file, and whom its rules tell."""

import json
import re

from .daemon import Ctl

HOOK = "    webhook_configs: [{url: 'https://%s.example.com/hook'}]\n"


def receivers(*names, nobody=()):
    lines = "receivers:\n"
    for name in names:
        lines += f"  - name: {json.dumps(name)}\n" + HOOK % re.sub(r"\W", "-", name)
    for name in nobody:
        lines += f"  - name: {json.dumps(name)}\n"
    return lines


def explained(ctl, config, sets, tmp_path, *flags):
    body = tmp_path / "alerts.json"
    body.write_text(json.dumps({"version": "4", "alerts": [{"status": "firing", "labels": labels} for labels in sets]}))
    return ctl.json(config, "explain", "--no-secrets", "--alert", str(body), *flags)["alerts"]


def told_by(ctl, config, sets, tmp_path):
    return [set(alert["fields"]["receivers"]["value"]) if alert["page"] else set() for alert in explained(ctl, config, sets, tmp_path)]


def imported(tmp_path, text, *flags, status=0):
    ctl = Ctl(folder=tmp_path)
    source = tmp_path / "alertmanager.yml"
    source.write_text(text)
    folder = str(tmp_path / "out")
    ctl.run("import", str(source), f"--output={folder}", *flags, status=status)
    return ctl, str(source), folder

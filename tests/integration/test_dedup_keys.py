"""A key that a template makes names an alarm for as long as it is open at the provider: no second one opens, the first one is closed."""

import pytest

from harness import alert, body, now, wait_until
from harness.providers import Opsgenie, PagerDuty, Provider, VictorOps

RULES = [{"name": "all", "matchers": ['alertname=~".+"'], "group_by": ["alertname"], "severity": "P1"}]


class Keyed:
    """A provider that knows alarms by what `template` makes of them, and the daemon that pages it."""

    def __init__(self, kind, template, make, start):
        self.make, self.provider, self.starts = make, Provider(kind), now() - 60
        self.configure(template)
        self.daemon = start(self.house)

    def configure(self, template):
        receiver = {**self.provider.receiver(), "update_interval": "1s"}
        if template:
            receiver[type(self.provider.kind).__name__.lower()]["dedup_key"] = template
        self.house = self.make(RULES, receivers=[receiver], dedup={"late_grace": "1s", "flap": {"changes": 0}})

    def reload(self, template):
        self.configure(template)
        assert self.daemon.reload()[0] == 200

    def send(self, status, *pumps):
        return self.daemon.send(body(*(alert("PumpStopped", status=status, starts=self.starts, pump=p) for p in pumps)))

    def send_and_hear(self, status, *pumps):
        before = self.provider.requests
        key = self.send(status, *pumps)[0]["key"]
        wait_until(lambda: self.provider.requests > before, 20, "the provider hears of it")
        return key

    def end(self, *pumps):
        """All that the provider has heard, once it is over."""
        self.send("resolved", *pumps)
        wait_until(lambda: "resolve" in self.provider.events(), 20, "it is over there")
        with self.provider.lock:
            return list(self.provider.kind.events)


@pytest.fixture
def keyed(local_house, start):
    running = []

    def make(kind, template):
        running.append(Keyed(kind, template, local_house, start))
        return running[-1]

    yield make
    for one in running:
        one.provider.stop()
        assert not one.provider.problems


@pytest.mark.parametrize("kind", [PagerDuty, Opsgenie, VictorOps], ids=lambda kind: kind.__name__)
def test_who_joins_opens_no_second_alarm(keyed, kind):
    """What all members share has changed with the second one; a template of it would now give another key."""
    k = keyed(kind, "pump {{labels.pump}}")
    k.send_and_hear("firing", "7")
    k.send_and_hear("firing", "7", "8")
    heard = k.end("7", "8")
    assert heard[0][0] == "trigger" and "resolve" in dict(heard)
    assert len({key for _, key in heard}) == 1, heard


@pytest.mark.parametrize("before, after", [("{{labels.alertname}}", "v2 {{labels.alertname}}"), ("{{labels.alertname}}", None),
                                           (None, "{{labels.alertname}}")])
def test_a_template_that_a_reload_changes_leaves_no_alarm_open(keyed, before, after):
    k = keyed(PagerDuty, before)
    key = k.send_and_hear("firing", "7")
    wait_until(lambda: k.daemon.api(f"incidents/{key}")["deliveries"][0]["told"] == "firing", 20, "it is told")
    k.reload(after)
    first = "PumpStopped" if before else key
    assert k.end("7") == [("trigger", first), ("resolve", first)]
    k.starts = now()
    k.send_and_hear("firing", "7")
    again = k.provider.kind.events[-1]  # the next page goes by the new template
    assert again == ("trigger", {None: f"{key}-2", "{{labels.alertname}}": "PumpStopped-2"}.get(after, "v2 PumpStopped-2"))

"""What the integration tests stand on: the real programs, a provider that remembers, and waiting with a deadline."""

from .bodies import alert, body, now, stamp
from .daemon import BIN, Ctl, House, Runbookd, settings
from .http import call, get_json, post_json
from .mute import Mute
from .recorder import Recorder, Reply
from .redis_set import NAME, RedisSet, Sentinel
from .services import Alertmanager, Redis, newest
from .waiting import wait_until

__all__ = ["alert", "body", "now", "stamp", "BIN", "Ctl", "House", "Runbookd", "settings", "call", "get_json",
           "post_json", "Mute", "Recorder", "Reply", "Alertmanager", "Redis", "NAME", "RedisSet",
           "Sentinel", "newest", "wait_until"]

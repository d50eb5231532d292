import pytest

from harness import Alertmanager, House, Recorder, Redis, RedisSet, Runbookd, settings, wait_until


@pytest.fixture
def recorder():
    r = Recorder()
    yield r
    r.stop()


@pytest.fixture
def redis(tmp_path):
    r = Redis(str(tmp_path / "redis")).start()
    yield r
    r.stop()


@pytest.fixture
def redis_set(tmp_path):
    """redis_set(count=2, sentinels=3, …) runs one; a RedisSet."""
    running = []

    def run(**options):
        made = RedisSet(str(tmp_path / f"set-{len(running)}"), **options)
        running.append(made)
        return made.start()

    yield run
    for made in running:
        made.stop()


@pytest.fixture(params=["sqlite", "redis"])
def store(request):
    """What the configuration says under `store`: each test that takes it runs on both."""
    if request.param == "sqlite":
        return {"sqlite": {"path": "runbookd.db"}}
    return redis_store(request.getfixturevalue("redis"))


@pytest.fixture
def shared_store(redis):
    return redis_store(redis)


def redis_store(redis):
    return {"redis": {"address": redis.address, "prefix": "test", "timeout": "5s"}, "sqlite": {"path": "runbookd.db"}}


@pytest.fixture
def start(tmp_path):
    """start(house) runs a daemon. At the end each must exit 0 and have nothing to hide."""
    daemons = []

    def run(house, args=(), expected_errors=()):
        daemon = Runbookd(house, args)
        daemon.expected_errors += expected_errors
        daemons.append(daemon)
        return daemon.start()

    yield run
    finish_all(daemons)


@pytest.fixture
def launch():
    """launch(house) runs a daemon that need not become ready: its store does not come up."""
    daemons = []

    def run(house):
        daemon = Runbookd(house)
        daemons.append(daemon)
        daemon.launch()
        wait_until(daemon.listening, 20, "Listening on")
        return daemon

    yield run
    finish_all(daemons)


def finish_all(daemons):
    failures = []
    for daemon in daemons:
        try:
            daemon.finish()
        except AssertionError as failure:
            failures.append(str(failure))
        finally:
            if daemon.process:
                daemon.process.kill()
    assert not failures, "\n".join(failures)


@pytest.fixture
def house(tmp_path, recorder, store):
    """house(rules=…, name=…, dedup={…}) writes a folder for a daemon with the recorder as its only receiver."""
    return maker(tmp_path, recorder, store)


@pytest.fixture
def shared_house(tmp_path, recorder, shared_store):
    """The same for replicas: always on Redis."""
    return maker(tmp_path, recorder, shared_store)


@pytest.fixture
def local_house(tmp_path, recorder):
    """The same on SQLite, for what has nothing to do with the store."""
    return maker(tmp_path, recorder, {"sqlite": {"path": "runbookd.db"}})


def maker(tmp_path, recorder, store):
    def make(rules=None, name="a", **over):
        own = over.pop("store", store)
        return House(tmp_path / name, settings(recorder, own, **over), rules)

    return make


@pytest.fixture
def alertmanager(tmp_path):
    """alertmanager(webhook) runs a real one."""
    running = []

    def run(webhook, **options):
        am = Alertmanager(str(tmp_path / f"alertmanager-{len(running)}"), webhook, **options)
        running.append(am)
        return am.start()

    yield run
    for am in running:
        am.stop()



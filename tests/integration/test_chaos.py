"""
Short versions of `make chaos`: every kind of fault a few times. And that the harness notices when alerts are lost.
"""

import dataclasses

import pytest

from chaos.faults import KINDS, RedisKilled
from chaos.run_kind import Run
from chaos.scenarios import RedisAway, SentinelPair

SEED = 5
FAULTS = 2


def run(kind, folder, faults=FAULTS, **options):
    if why := kind.missing():
        pytest.skip(why)
    return Run(kind, str(folder), faults, SEED, **options)()


def check(result):
    assert result.verdict.acked > 0
    assert result.clean, "\n".join(result.verdict.lines())


@pytest.mark.parametrize("name", sorted(KINDS))
def test_nothing_answered_200_is_lost(name, tmp_path):
    check(run(KINDS[name], tmp_path))


def test_redis_away_for_5_s_the_first_page_is_out_within_2(tmp_path):
    check(run(RedisAway, tmp_path, faults=1, hold=(5, 5)))


class SentinelPairInHaste(SentinelPair):
    quiet = (1, 1)


def test_sentinel_fails_over_under_two_alertmanagers_and_two_routers(tmp_path):
    check(run(SentinelPairInHaste, tmp_path, faults=2))


class RedisForgets(RedisKilled):
    """A Redis that keeps nothing on disk: what was answered 200 is gone with it, and nobody will send it again."""

    name, rest = "redis-forgets", 4


def test_a_store_that_forgets_is_noticed(tmp_path):
    setup = dataclasses.replace(RedisForgets.setup, durable=False, on_redis_failure="reject")
    verdict = run(RedisForgets, tmp_path, setup=setup).verdict
    assert verdict.zombie or verdict.lost
    assert verdict.others, "its open incidents are not the truth's"

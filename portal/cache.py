"""The cache: Redis only makes things quick, so its absence must not make anything fail."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

log = logging.getLogger(__name__)


def forgiving(method: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except (RedisConnectionError, RedisTimeoutError) as error:
            log.warning("The cache does not answer; going on without it: %s", error)
            return instead(*args, **kwargs)

    return call


class ForgivingClient(RedisCacheClient):
    """A cache that has forgotten everything while Redis is away."""

    add = forgiving(RedisCacheClient.add, lambda *a, **k: True)
    get = forgiving(RedisCacheClient.get, lambda self, key, default=None: default)
    set = forgiving(RedisCacheClient.set, lambda *a, **k: None)
    touch = forgiving(RedisCacheClient.touch, lambda *a, **k: False)
    delete = forgiving(RedisCacheClient.delete, lambda *a, **k: False)
    get_many = forgiving(RedisCacheClient.get_many, lambda *a, **k: {})
    has_key = forgiving(RedisCacheClient.has_key, lambda *a, **k: False)
    incr = forgiving(RedisCacheClient.incr, lambda self, key, delta=1: delta)
    set_many = forgiving(RedisCacheClient.set_many, lambda *a, **k: None)
    delete_many = forgiving(RedisCacheClient.delete_many, lambda *a, **k: None)


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient

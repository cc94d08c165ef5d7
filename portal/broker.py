"""The broker's client: a worker outlives a broker that went away, whatever it was doing at that moment."""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """A channel that says what it is when its connection is gone.

    Celery closes a lost connection twice over. The second time, with messages in hand, the channel asks for the
    address of a connection that is no longer there: an AttributeError, which nobody expects, and the worker ends.
    A connection error is expected: the worker connects again. The messages come back by their visibility timeout, and
    what they were to wake is found by the sweep before.
    """

    @property
    def pool(self) -> Any:
        try:
            return super().pool
        except AttributeError:
            if self.connection is not None and self.connection.client is not None:
                raise
            raise RedisConnectionError("The connection of this channel is closed.") from None


class Transport(redis.Transport):
    Channel = Channel


def install() -> None:
    """Let redis:// and rediss:// mean this transport, in this process."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"

"""What the commands in bin/ tell the person in front of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something the person can put right. The text, shown without a traceback, says how."""


def say(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print `what`, and how long it took once done."""
    print(f"  {what} … ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("✗")
        raise
    say(f"{time.monotonic() - began:.1f} s")

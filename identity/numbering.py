"""Numbers that people quote: deal registrations, quotes, orders. They tell nothing: neither how many there are, nor
which came before.

A number is a prefix, the year, six random digits (longer when six are used up) and a check character, as in
`DR-2026-004217-T`. The check character is the sum of the digits, year first, each times its place (2 for the first, 3
for the second …), modulo 31, as a letter or digit of `SIGNS`. 31 is prime, so any one wrong digit and any two
neighbours swapped are noticed; `SIGNS` leaves out what is misread aloud (0 1 I L O).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
UNIQUE_VIOLATION = "23505"
T = TypeVar("T")
_NUMBER = re.compile(r"([A-Z]{1,4})-(\d{4})-(\d{6,9})-([2-9A-HJKMNP-Z])")


def check_character(year: int, serial: str) -> str:
    digits = f"{year:04d}{serial}"
    return SIGNS[sum(place * int(digit) for place, digit in enumerate(digits, start=2)) % 31]


def new_number(prefix: str, year: int, digits: int = 6) -> str:
    """A number at random. Unique only with the database's help: who stores it tries again, see `with_unused`."""
    serial = f"{secrets.randbelow(10**digits):0{digits}d}"
    return f"{prefix}-{year:04d}-{serial}-{check_character(year, serial)}"


def is_number(prefix: str, text: str) -> bool:
    """Whether this is a well-formed number of that prefix with the right check character."""
    match = _NUMBER.fullmatch(text)
    return match is not None and match[1] == prefix and check_character(int(match[2]), match[3]) == match[4]


def as_typed(text: str) -> str:
    """What somebody typed or dictated, as a number is written: capitals, plain dashes, no spaces."""
    text = re.sub(r"[\s\u2010-\u2015]", lambda found: "" if found[0].isspace() else "-", text)
    return text.upper()


def with_unused(make: Callable[[], dict[str, Any]], store: Callable[[dict[str, Any]], T]) -> T:
    """Store with a number made at random; with another one when it is taken, which is rare.

    `store` does it in a savepoint of its own.
    """
    for _ in range(4):
        try:
            return store(make())
        except IntegrityError as error:
            if getattr(error.__cause__, "pgcode", "") != UNIQUE_VIOLATION:
                raise
    return store(make())

"""Calendars as RFC 5545 has them. Pure: events in, text out.

Of what calendar programs differ in: lines are folded at 75 octets and never within a character; whole days have an
exclusive end; a day has no time zone; moments are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WIDTH = 75  # octets of a line, without its end
PRODUCT = "-//Portway//Renewals//EN"
REFRESH = "PT6H"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is on a day, all of it. `uid` stays the same for as long as it is the same thing."""

    uid: str
    day: date
    summary: str
    description: str = ""
    url: str = ""


def calendar(name: str, events: Iterable[Event], *, stamp: datetime) -> bytes:
    """A calendar with these events, as it goes out; `stamp` says as of when."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(name)}",
        f"NAME:{text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(event: Event, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_day(event.day)}"
    yield f"DTEND;VALUE=DATE:{_day(event.day + timedelta(days=1))}"  # the first day that is not part of it
    yield f"SUMMARY:{text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{text(event.description)}"
    if event.url:
        yield f"URL;VALUE=URI:{event.url}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy for it
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def text(value: str) -> str:
    """A value of type TEXT: what has a meaning in a line is escaped, what cannot be in one is left out."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = "".join(sign for sign in value if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))
    for sign in ("\\", ";", ","):
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A line in octets with its end, broken where it is too long; what follows a break begins with a space."""
    parts: list[bytes] = []
    current = b""
    for sign in line:
        octets = sign.encode()
        if len(current) + len(octets) > WIDTH:
            parts.append(current)
            current = b" "
        current += octets
    return b"\r\n".join([*parts, current]) + b"\r\n"

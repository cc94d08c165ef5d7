"""Which enquiries look like a machine's. What is suspected is kept as spam, for the partner to see; its sender reads
the same answer as everybody, so that nobody can try out what gets through.

A person is asked for nothing: no picture puzzle, no third party. The guards, each enough:

- a field that people do not see has been filled in;
- the form came back sooner than anybody types, or is older than half a day, or its stamp is not ours;
- too many came from one network address, or in the name of one e-mail address, in this minute;
- what was written has more than two links, or a link where a name belongs.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.cache import cache

from identity.limits import within

from ..leads.content import Enquiry

SALT = "cosell.directory.stamp"
QUICKEST = timedelta(seconds=3)
OLDEST = timedelta(hours=12)
MOST_LINKS = 2
#: So many times the limit from one address is no misunderstanding any more: it is refused, and nothing is kept.
FLOOD = 10
_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a form was shown, and what makes this one different from all others."""

    shown_at: datetime
    nonce: str


def new_stamp(now: datetime) -> str:
    """For a hidden field of the form."""
    return signing.dumps([now.timestamp(), secrets.token_urlsafe(9)], salt=SALT)


def read_stamp(value: str) -> Stamp | None:
    """None for one that we did not give out."""
    try:
        at, nonce = signing.loads(value, salt=SALT)
        return Stamp(datetime.fromtimestamp(at, UTC), str(nonce))
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None


def suspicions(enquiry: Enquiry, *, trap: str, stamp: Stamp | None, address: str, now: datetime) -> list[str]:
    """Why this may be a machine's, by the name of the guard; empty for a person. Every call counts as one sent."""
    per_minute = settings.ENQUIRIES_PER_MINUTE
    written = " ".join((enquiry.company, enquiry.first_name, enquiry.last_name, enquiry.job_title))
    found = {
        "trap": bool(trap.strip()),
        "time": not _in_time(stamp, now),
        "address": not within("enquiry-from", address, per_minute=per_minute, now=now),
        "email": not within("enquiry-as", enquiry.email.casefold(), per_minute=per_minute, now=now),
        "links": len(_LINK.findall(enquiry.wish)) > MOST_LINKS or bool(_LINK.search(written)),
    }
    return [name for name, suspected in found.items() if suspected]


def _in_time(stamp: Stamp | None, now: datetime) -> bool:
    return stamp is not None and QUICKEST <= now - stamp.shown_at <= OLDEST


def floods(address: str, *, now: datetime) -> bool:
    """Whether so much comes from one address that keeping it would harm others. Every call counts as one."""
    return not within("enquiry-flood", address, per_minute=FLOOD * settings.ENQUIRIES_PER_MINUTE, now=now)


def claim(stamp: Stamp | None) -> bool:
    """Whether this form is sent for the first time: a button pressed twice is one enquiry."""
    return stamp is None or bool(cache.add(_key(stamp), 1, timeout=int(OLDEST.total_seconds())))


def release(stamp: Stamp | None) -> None:
    """What it was sent for came to nothing: it can be sent again."""
    if stamp is not None:
        cache.delete(_key(stamp))


def _key(stamp: Stamp) -> str:
    return f"enquiry:{stamp.nonce}"

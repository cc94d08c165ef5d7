"""Links that lead to setting up one line. Whoever has one can do it; only a hash of its secret is kept.

A link is mailed, or given to a signed-in partner who goes on at once. The line's former links end with a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from identity import tenancy
from identity.actors import Actor
from notifications.actions import Posted, post_letters
from notifications.clock import zone
from notifications.letters import Letter, one_line
from notifications.models import Priority

from .models import Handing, SetupLine, SetupLink

#: Longer than any line stays open; a line that closes before takes its link along.
LINK_DAYS = timedelta(days=90)
ONE_DAY = timedelta(days=1)
LINKS_A_DAY = 10  # of one line: nobody's mailbox is filled from here


class TooManyMails(Exception):
    """At most LINKS_A_DAY links of a line are made in a day."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a link by its secret: even of one that is over, so that the page can say so."""

    link_id: int
    line_id: int
    site_id: int  # the line's reseller
    sent_to: str
    handed_to: str
    expires_at: datetime
    revoked_at: datetime | None
    language: str
    time_zone: str

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


def digest(secret: str) -> str:
    """What is kept of a secret: 256 random bits, so a plain hash cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return token_urlsafe(32)


def make_link(
    line: SetupLine, *, to: str, handed_to: str = "", entered: dict[str, Any] | None = None, now: datetime
) -> str:
    """A new link for whoever reads mail at `to`; the line's other links end. Returns its secret, kept nowhere.

    `entered`: what was entered of the services so far, for whoever goes on with it.
    Two of the same line come one after the other: whoever holds a link cannot hold the line itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('setup link'), %s)", [line.id % 2**31])
    SetupLink.objects.filter(line=line, revoked_at__isnull=True).update(revoked_at=now)
    secret = new_secret()
    # In bulk, so that the row is not asked for again.
    link = link_for(line, secret, to=to, handed_to=handed_to, now=now)
    link.entered = entered or {}
    SetupLink.objects.bulk_create([link])
    return secret


def demand_few(line: SetupLine, now: datetime) -> None:
    """Before people have another link made. Raises TooManyMails."""
    if SetupLink.objects.filter(line=line, sent_at__gt=now - ONE_DAY).count() >= LINKS_A_DAY:
        raise TooManyMails


def link_for(line: SetupLine, secret: str, *, to: str, handed_to: str = "", now: datetime) -> SetupLink:
    """The row of a link, not saved yet."""
    return SetupLink(
        line=line, site_id=line.reseller_id, digest=digest(secret), sent_to=to, handed_to=handed_to,
        sent_at=now, expires_at=now + LINK_DAYS,
    )  # fmt: skip


def opened(secret: str) -> Opened | None:
    """The link of this secret; None where there never was one."""
    with tenancy.door(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_setup_link(%s)", [digest(secret)])
        row = cursor.fetchone()
    return Opened(*row) if row else None


def address(secret: str) -> str:
    """The full address of a link."""
    return str(settings.PORTAL_URL + reverse("setup:start", args=[secret]))


def mail_link(
    line: SetupLine, secret: str, *, to: str, handed_to: str, language: str, by: Actor, now: datetime
) -> None:
    """Mail a link to whoever is to set the line up, in their language. It is forgotten once it is sent.

    Raises ValidationError for what is no address.
    """
    posted = letter_for(line, secret, to=to, handed_to=handed_to, language=language, by=by)
    post_letters([posted], sensitive=True, priority=Priority.AWAITED)


def letter_for(
    line: SetupLine, secret: str, *, to: str, handed_to: str, language: str, by: Actor | None = None
) -> Posted:
    """The *Set up now* mail. `by` is named where somebody handed the set-up over."""
    with translation.override(language):
        letter = Letter(
            one_line(_subject(line)), _paragraphs(line, handed_to, by), (_("Set up now"), address(secret))
        )
    return Posted(to, letter, language, f"setup.link:{digest(secret)[:40]}")


def _subject(line: SetupLine) -> str:
    return _("Set up %(description)s") % {"description": line.description}


def _paragraphs(line: SetupLine, handed_to: str, by: Actor | None) -> list[str]:
    words = {
        "description": _isolated(line.description),
        "customer": _isolated(line.customer_name),
        "reseller": _isolated(line.reseller_name),
        "number": _isolated(line.order_number),
        "by": _isolated(by.name if by else ""),
        "day": closing_day(line),
    }
    found = []
    if handed_to == Handing.COLLEAGUE:
        found.append(_("%(by)s asks you to set up what %(reseller)s ordered for %(customer)s.") % words)
    elif handed_to == Handing.CUSTOMER:
        found.append(
            _(
                "%(reseller)s ordered this for %(customer)s and asks you to set it up. The organisation will be yours"
                " alone: %(reseller)s gets no access to it."
            )
            % words
        )
    else:
        found.append(_("What %(reseller)s ordered for %(customer)s can be set up now.") % words)
    found.append(_("It is %(description)s, of order %(number)s.") % words)
    found.append(
        _(
            "You can leave at any time and begin again with the same link: nothing is kept before you confirm it."
        )
    )
    if words["day"]:
        found.append(
            _("If nobody sets it up by %(day)s, the line closes. The reseller can open it again.") % words
        )
    found.append(
        _(
            "Whoever has the link can set this up, so pass it on only to somebody who should."
            " Opening it changes nothing."
        )
    )
    return found


def closing_day(line: SetupLine) -> str:
    """The last day before the line closes, in words of the active language; "" where it does not close by itself."""
    if line.closes_at is None or line.onboarded_at is not None:
        return ""
    return date_format(line.closes_at.astimezone(zone(line.time_zone)), "DATE_FORMAT")


def _isolated(text: str) -> str:
    """A name in plain text, kept from scrambling the sentence around it when it runs the other way."""
    return f"\u2068{text}\u2069"

"""What the rules allow in the life of a registration: extensions, changes, appeals, an end; else why not, and who can
change that.

One place for buttons, pages, API and actions: `possible.py` asks it for the page, `actions` ask it once more with the
deal's row locked.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity.actors import Actor
from identity.models import Site
from identity.privileges import Refusal
from notifications.values import pack, unpack

from .clock import days_ahead_of, valid_until
from .models import Deal
from .queries import rules_in_force
from .rules import Rules
from .states import LIVE, WAITING, Status


def written(value: Any) -> str:
    """A day, a moment or a name as the reader's language writes it within a sentence."""
    return str(unpack(pack({"it": value}))["it"])


class Known:
    """What such a rule goes by beside the deal's own row; each is looked up once, when it is first asked for."""

    def __init__(self, deal: Deal, *, now: datetime, rules: Rules | None = None) -> None:
        self.deal = deal
        self.now = now
        if rules is not None:
            self.rules = rules

    @cached_property
    def rules(self) -> Rules:
        return rules_in_force()

    @cached_property
    def time_zone(self) -> str:
        """Of the partner's site, whose days count."""
        return Site.objects.values_list("time_zone", flat=True).get(id=self.deal.site_id)

    @cached_property
    def follow_ups(self) -> list[tuple[str, str]]:
        """Of each deal that takes this one up again: its status, and the text of its appeal or nothing."""
        return list(Deal.objects.filter(previous_id=self.deal.id).values_list("status", "appeal_text"))

    @cached_property
    def rejected_by(self) -> int | None:
        """Who rejected the deal that this one takes up again."""
        return Deal.objects.values_list("reviewer_id", flat=True).get(id=self.deal.previous_id)

    # -------------------------------------------------------------------------------------------- worked out

    @property
    def ran_out(self) -> bool:
        """Whether the approval's time is over, even if nobody has noted it yet. It stands still while an extension
        waits to be decided.
        """
        deal = self.deal
        return (
            deal.status == Status.APPROVED
            and deal.extension_asked_at is None
            and deal.expires_at is not None
            and deal.expires_at <= self.now
        )

    @cached_property
    def extension_from(self) -> datetime:
        """From when on an extension may be asked for. Only of a deal that expires."""
        assert self.deal.expires_at is not None
        return days_ahead_of(self.deal.expires_at, self.time_zone, days=self.rules.extension_from_days)

    @property
    def extensions_left(self) -> int:
        return max(0, self.rules.extensions - self.deal.extensions)

    @cached_property
    def appeal_until(self) -> datetime:
        """The end of the last day on which a rejection may be appealed against. Only of a deal that was decided."""
        assert self.deal.decided_at is not None
        return valid_until(self.deal.decided_at, self.time_zone, days=self.rules.appeal_days)

    def day(self, moment: datetime) -> date:
        """The day that a moment falls on at the partner's site."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


# ------------------------------------------------------------------------------------------------ why not
#
# Each says why the deal's partner (or the desk) cannot do this now, or None. The deal's state has been looked at
# before, by `possible.py` and by the database's own rules.


def of_end(known: Known) -> Refusal | None:
    """Winning, losing, and changing: not once the time is over."""
    if not known.ran_out:
        return None
    return Refusal(
        _("The registration ran out on %(date)s.") % {"date": _day(known, known.deal.expires_at)},
        _("Once it is marked as expired, you can register the deal again."),
    )


def of_asking(known: Known) -> Refusal | None:
    """An extension: only approved, in time, not too early, not too often, one request at a time."""
    deal, rules = known.deal, known.rules
    if deal.status != Status.APPROVED:
        return not_approved(deal)
    if deal.extension_asked_at is not None:
        return _extension_waits(known)
    if known.ran_out:
        return of_end(known)
    if not known.extensions_left:
        if not rules.extensions:
            return Refusal(
                _("The programme's rules grant no extensions."), _("Channel operations sets the rules.")
            )
        words = ngettext(
            "This deal was extended %(count)s time, and that is how often the rules allow it.",
            "This deal was extended %(count)s times, and that is how often the rules allow it.",
            deal.extensions,
        )
        return Refusal(
            words % {"count": deal.extensions},
            _("Mark it as won or lost in time, or register it again when it has expired."),
        )
    if known.now < known.extension_from:
        days = ngettext(
            "An extension can be asked for in the last %(count)s day.",
            "An extension can be asked for in the last %(count)s days.",
            rules.extension_from_days,
        )
        return Refusal(
            days % {"count": rules.extension_from_days},
            _("You can ask from %(date)s on.") % {"date": _day(known, known.extension_from)},
        )
    return None


def of_deciding_extension(known: Known) -> Refusal | None:
    if known.deal.status == Status.APPROVED and known.deal.extension_asked_at is not None:
        return None
    return Refusal(_("No extension waits for a decision."), _("The partner asks for one, on this page."))


def of_amending(known: Known) -> Refusal | None:
    """Changing an approved deal. While an extension waits, only what keeps the approval: see `of_key_fields`."""
    return not_approved(known.deal) if known.deal.status != Status.APPROVED else of_end(known)


def of_key_fields(known: Known) -> Refusal | None:
    """Changing what the approval is about: it goes back to the desk, and a request for more time with it."""
    return _extension_waits(known) if known.deal.extension_asked_at is not None else None


def of_appealing(known: Known) -> Refusal | None:
    """Once, in time, against a rejection that was not itself the answer to an appeal."""
    deal = known.deal
    if deal.status != Status.REJECTED:
        return Refusal(_("The deal was not rejected."), _("An appeal is made against a rejection."))
    again = _("You can still put right what was missing and register the deal again.")
    if deal.appeal_text:
        return Refusal(_("This rejection was the answer to an appeal, and there is no further one."), again)
    if any(text for _status, text in known.follow_ups):
        return Refusal(
            _("An appeal was made already, and there is only one."), _("Its page says how it stands.")
        )
    if any(status in LIVE for status, _text in known.follow_ups):
        return Refusal(_("The deal was registered again already."), _("Go on with the new registration."))
    if known.now > known.appeal_until:
        return Refusal(
            _("An appeal was possible until %(date)s.") % {"date": _day(known, known.appeal_until)}, again
        )
    return None


def of_judging(known: Known, by: Actor) -> Refusal | None:
    """Approving or rejecting: of an appeal, not whoever rejected the deal before."""
    deal = known.deal
    if deal.appeal_text and deal.status in WAITING and known.rejected_by == by.user_id:
        return Refusal(
            _("You rejected this deal before, and somebody else decides an appeal."),
            _("Any of your colleagues at the deal desk."),
        )
    return None


def not_approved(deal: Deal) -> Refusal:
    """Why something that only an approved deal allows is not possible."""
    if deal.status in WAITING:
        return Refusal(
            _("The deal waits for the vendor's decision."),
            _("The vendor's deal desk decides; write a comment if something has changed."),
        )
    if deal.status == Status.RETURNED:
        return Refusal(_("The deal was returned for changes."), _("Change it now, and submit it again."))
    return Refusal(_("The deal is not approved."), _("The deal desk approves a deal first."))


def _extension_waits(known: Known) -> Refusal:
    return Refusal(
        _("A request for an extension waits for a decision."),
        _("The deal desk decides by %(date)s; you can take the request back.")
        % {"date": written(known.deal.extension_due_at)},
    )


def _day(known: Known, moment: datetime | None) -> str:
    return written(known.day(moment)) if moment else ""


# Kept for good from the first approval on (the database holds to it as well).
CUSTOMER = (
    "customer", "customer_id", "customer_name", "customer_country", "customer_tax_id", "customer_domain",
)  # fmt: skip


def of_customer(deal: Deal) -> Refusal | None:
    """Changing the customer: a registration is for one customer, from its approval on."""
    if deal.number is None:
        return None
    return Refusal(
        _("The number was given for this customer, so the customer stays."),
        _("For another customer, register another deal; you can withdraw this one."),
    )

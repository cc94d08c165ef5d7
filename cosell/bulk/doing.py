"""Doing what a row asks for, through the actions of deals: all of it, or nothing and a reason for every flaw."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from feeds.reading.styles import Style
from identity.actors import Actor
from identity.privileges import Refusal

from ..models import Outcome, Referral
from ..referrals import actions
from ..referrals.actions.sharing import ASKED
from ..referrals.content import DealContent
from ..states import Status, Substatus
from .columns import BY_NAME
from .meaning import Ground, Meaning, before_of, meaning_of, place_of
from .reading import Read

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What became of a row."""

    outcome: Outcome
    referral: Referral | None = None
    flaws: tuple[tuple[str, str], ...] = ()


class Unfit(Exception):
    """The row is left out, with what is wrong: title and sentence each."""

    def __init__(self, *flaws: tuple[str, str]) -> None:
        super().__init__(flaws)
        self.flaws = flaws


def deals_named(reads: Iterable[Read]) -> dict[str, Referral]:
    """The deals that these rows are about, by Referral ID, with all that is compared: as far as one may see them."""
    ids = {name for read in reads if (name := read.values.get("referral_id"))}
    found = Referral.objects.filter(public_id__in=ids).select_related("location", "customer")
    return {
        each.public_id: each for each in found.prefetch_related("team__membership", "solutions__solution")
    }


def do(
    read: Read,
    deals: Mapping[str, Referral],
    ground: Ground,
    *,
    styles: Mapping[str, Style],
    by: Actor,
    now: datetime,
) -> Done:
    """Do what a row asks for, in a savepoint of its own."""
    name = read.values.get("referral_id")
    try:
        if name and name not in deals:  # another partner's and one that never was are the same
            raise Unfit((_title("referral_id"), _("You have no deal with this Referral ID.")))
        with transaction.atomic():
            return (
                _change(deals[name], read, ground, styles, by, now)
                if name
                else _make(read, ground, styles, by, now)
            )
    except Unfit as unfit:
        return Done(Outcome.UNPROCESSED, None, (*unfit.flaws,))
    except actions.BadContent as bad:
        flaws = [(place_of(field, read), text) for field, texts in bad.errors.items() for text in texts]
        return Done(Outcome.UNPROCESSED, None, tuple(flaws))
    except actions.DealChanged:
        return Done(Outcome.UNPROCESSED, None, (changed_meanwhile(),))
    except actions.NotPossible as refused:
        return Done(Outcome.UNPROCESSED, None, (("", _told(refused.refusal)),))
    except Referral.DoesNotExist:  # it went out of sight meanwhile
        return Done(
            Outcome.UNPROCESSED,
            None,
            ((_title("referral_id"), _("You have no deal with this Referral ID.")),),
        )
    except (OperationalError, InterfaceError):
        raise  # not the row's fault: the piece is done again
    except Exception:  # one row never keeps the others from being done
        log.exception("A row that looked right could not be done.")
        text = _("The portal could not keep this row. Try it in the form of the deal.")
        return Done(Outcome.UNPROCESSED, None, (("", text),))


def changed_meanwhile() -> tuple[str, str]:
    return (
        _title("version"),
        _("The deal was changed meanwhile. Download it anew, and make your change in what it says now."),
    )


def _make(read: Read, ground: Ground, styles: Mapping[str, Style], by: Actor, now: datetime) -> Done:
    if ground.no_new_deal is not None:  # said once, and not what follows from it
        raise Unfit(("", _told(ground.no_new_deal)))
    meaning = meaning_of(read, ground, None, styles)
    return Done(Outcome.CREATED, actions.make_deal(_sound(meaning), by=by, now=now))


def _change(
    referral: Referral, read: Read, ground: Ground, styles: Mapping[str, Style], by: Actor, now: datetime
) -> Done:
    version = read.values.get("version")
    if version is None:
        if _title("version") in read.flawed:
            raise Unfit(*read.flaws)
        text = _("Give the version that the download has: it tells whether the deal was changed meanwhile.")
        raise Unfit((_title("version"), text))
    if version != referral.version:
        raise Unfit(changed_meanwhile())
    meaning = meaning_of(read, ground, referral, styles)
    before = before_of(referral)
    content = meaning.content
    if content == before and meaning.substatus == referral.substatus and not meaning.flaws:
        return Done(Outcome.UNCHANGED, referral)
    if referral.status == Status.CLOSED:
        raise Unfit(
            ("", _("This deal is closed, and a closed deal is never changed, by anyone. Leave its row out."))
        )
    return Done(Outcome.UPDATED, _walk(referral, before, _sound(meaning), meaning, by, now))


def _walk(
    deal: Referral, before: DealContent, content: DealContent, meaning: Meaning, by: Actor, now: datetime
) -> Referral:
    """From what the deal is to what it is to be: accepted first, then changed, shared further, and closed last."""
    wanted = meaning.substatus
    if deal.substatus != Substatus.ACCEPTED and wanted == Substatus.ACCEPTED:
        deal = actions.accept(deal, version=deal.version, by=by, now=now)
    if wanted == Substatus.DECLINED and content != before:
        raise Unfit(
            (_title("substatus"), _("This row declines the deal, and changes it besides. Do one of the two."))
        )
    kept = replace(content, sharing=before.sharing)
    if kept != before:
        deal = actions.edit_deal(deal, kept, version=deal.version, by=by, now=now)
    if content.sharing != before.sharing:
        asked = {name: getattr(content, name) for name in ASKED}
        deal = actions.upgrade(deal, content.sharing, version=deal.version, by=by, now=now, **asked)
    reason = {"reason": meaning.reason, "text": meaning.reason_text}
    if wanted == Substatus.DECLINED:
        deal = actions.decline(deal, **reason, version=deal.version, by=by, now=now)
    elif wanted == Substatus.LOST:
        deal = actions.lose(deal, **reason, version=deal.version, by=by, now=now)
    elif wanted == Substatus.WON:
        deal = actions.win(deal, version=deal.version, by=by, now=now)
    return deal


def _sound(meaning: Meaning) -> DealContent:
    """The content of a row without flaws. Raises Unfit."""
    if meaning.flaws or meaning.content is None:
        raise Unfit(*meaning.flaws)
    return meaning.content


def _title(name: str) -> str:
    return str(BY_NAME[name].label)


def _told(refusal: Refusal) -> str:
    return f"{refusal.reason} {refusal.who}"

"""Whom the outbox tells of a deal, worked out when it is due. Registered when the app starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from identity.models import Site, User
from notifications.choosers import Addressee, Chosen, Recipient, register_chooser
from notifications.kinds import NoticeKind

from ..models import Referral
from ..referrals.queries import sides_of
from . import words
from .facts import colleagues_of, facts_of
from .recipients import Group, Verdict, decide
from .telling import CHOOSER


def choose(audience: Mapping[str, Any], kind: NoticeKind, doer: int | None) -> Chosen:
    """The people of one partner whom one deal concerns: those of the group that counts find it in their inbox, those of
    them who are mailed get a mail. Nobody, where the deal is not there (any more).

    The deal is meant by its number, or by that of an invitation, which the other side knows.
    """
    which = sides_of(audience["invitation"]) if "invitation" in audience else Q(public_id=audience["deal"])
    referral = Referral.objects.filter(which, site_id=audience["site_id"]).first()
    if referral is None:
        return Chosen()
    return chosen_by(
        decide(facts_of(referral, kind, colleagues_of(referral.site_id, kind), doer)), referral.site_id
    )


def chosen_by(verdicts: Iterable[Verdict], site_id: int, why: Mapping[Group, Any] = words.WHY) -> Chosen:
    """Those whom a rule's verdicts say, of one partner, each with `why` they are told."""
    verdicts = list(verdicts)
    site = Site.objects.get(id=site_id)
    users = User.objects.in_bulk([each.candidate.user_id for each in verdicts if each.candidate.user_id])
    chosen = Chosen()
    for verdict in sorted(verdicts, key=lambda each: not each.mailed):
        if (user := users.get(verdict.candidate.user_id or 0)) is not None:
            if verdict.concerned:
                chosen.people.append(_person(verdict, user, site, why))
        elif verdict.mailed:
            chosen.addresses.append(_address(verdict, site, why))
    return chosen


def _person(verdict: Verdict, user: User, site: Site, why: Mapping[Group, Any]) -> Recipient:
    return Recipient(user, site, "chosen", mailed=verdict.mailed, sentence=why[verdict.group])


def _address(verdict: Verdict, site: Site, why: Mapping[Group, Any]) -> Addressee:
    candidate = verdict.candidate
    return Addressee(candidate.address, candidate.language, why[verdict.group], site.name, site.time_zone)


register_chooser(CHOOSER, choose)

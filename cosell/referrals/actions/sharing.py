"""A deal is shared further: private, then partner-led, then co-sell, and never back (C6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from identity.actors import Actor

from ...models import Referral
from ...states import UPGRADES, Sharing
from ...told.telling import tell_deal
from ..content import DealContent, content_of, problems_of
from ..possible import why_not_upgrade
from . import ground
from .ground import BadContent
from .making import tell_of_new

#: What an upgrade may bring along: what is asked then, and was not before.
ASKED = (
    "help_type", "vendor_notes", "contact_first_name", "contact_last_name", "contact_title", "contact_phone",
    "contact_email", "consent_share", "consent_contact", "consent_sellers",
)  # fmt: skip


@transaction.atomic
def upgrade(
    referral: Referral, to: str, *, version: int | None, by: Actor, now: datetime, **asked: Any
) -> Referral:
    """Share a deal further: `to` is a Sharing above its own. Where that is co-sell, the vendor's time to answer begins.

    `asked` holds any of ASKED; what is not given stays. Raises TypeError for anything else, and BadContent,
    NotPossible, DealClosed, DealChanged.
    """
    if unknown := set(asked) - set(ASKED):
        raise TypeError(f"An upgrade does not ask for {', '.join(sorted(unknown))}.")
    held = ground.held_for(why_not_upgrade, referral, version=version, by=by, now=now)
    if to not in UPGRADES[held.sharing]:
        raise BadContent({"sharing": [_("A deal is only ever shared further, never less.")]})
    before = content_of(held)
    content = replace(before, sharing=to, **asked)
    if errors := problems_of_upgrade(content):
        raise BadContent(errors)
    columns = {name: getattr(content, name) for name in ASKED} | {"sharing": to}
    if to == Sharing.COSELL:
        columns["vendor_answer_by"] = ground.answer_by(now)
    ground.store(held, "upgraded", by=by, now=now, detail={"from": before.sharing, "to": to}, **columns)
    tell_deal("referral.upgraded", held, by=by, now=now, site_side=True, staff_side=to != Sharing.COSELL)
    tell_of_new(held, by=by, now=now)
    return held


def problems_of_upgrade(content: DealContent) -> dict[str, list[str]]:
    """What keeps a deal that says this from being shared so far. What is not asked now is as it was, and stays."""
    about = {*ASKED, "solutions", "team"}
    return {field: said for field, said in problems_of(content).items() if field in about}

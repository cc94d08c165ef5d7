"""Whom the outbox tells of a lead, by the same rule as of deals (C11). Registered when the app starts.

Whoever works on it stands where a deal has its team; then the location's contact; then the referrals administrators of
the company and of that location. One address for all co-sell mail takes the place of them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.choosers import Chosen, register_chooser
from notifications.kinds import NoticeKind

from ..models import Lead
from ..told import words
from ..told.delivery import chosen_by
from ..told.facts import colleagues_of, facts_at
from ..told.recipients import Group, decide
from .notices import CHOOSER

WHY: dict[Group, Any] = {
    Group.PREFERRED: words.WHY[Group.PREFERRED],
    Group.TEAM: _("You get this mail because you work on this lead of %(site)s."),
    Group.LOCATION: _(
        "You get this mail because you are the contact of the location of %(site)s that this lead is of."
    ),
    Group.ADMINS: _("You get this mail because you administer the leads of %(site)s."),
}


def choose(audience: Mapping[str, Any], kind: NoticeKind, doer: int | None) -> Chosen:
    """The people of one partner whom a lead concerns."""
    lead = Lead.objects.filter(site_id=audience["site_id"], public_id=audience["lead"]).first()
    if lead is None:
        return Chosen()
    facts = facts_at(
        lead.site_id, lead.location_id, kind, colleagues_of(lead.site_id, kind), worker=lead.assigned_user_id,
        doer=doer,
    )  # fmt: skip
    return chosen_by(decide(facts), lead.site_id, WHY)


register_chooser(CHOOSER, choose)

"""For whom guided selling is: those who sell to customers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal


def demand_seller(actor: Actor) -> None:
    """Raises PrivilegeMissing for whoever does not work for a reseller."""
    if actor.kind is not Kind.RESELLER:
        raise PrivilegeMissing(
            Refusal(
                _("Guided selling is for resellers: what it proposes is quoted to a customer."),
                _("The people of a reseller's site can do it."),
            ),
            Privilege.GUIDED_SELLING_USE,
        )

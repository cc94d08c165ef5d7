"""Who reads quotes: the reseller that makes them, and the vendor's people once they are no proposals any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege, Refusal


def demand_reader(actor: Actor) -> None:
    """Raises PrivilegeMissing for a distributor, who has no quotes of its own. The database decides of the rest."""
    if actor.kind is Kind.DISTRIBUTOR:
        raise PrivilegeMissing(
            Refusal(
                _("Quotes are made by resellers, and are theirs alone."),
                _("The reseller can send you the quote."),
            ),
            Privilege.QUOTE_MANAGE,
        )

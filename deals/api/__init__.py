"""`/api/v1/deals/` and `/api/v1/opportunities/`: everything the pages do, through the same actions."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy

from identity.api import CHANGED, Conflict

from .. import actions
from .asking import Asking
from .deciding import Deciding
from .desk import Desk
from .drafting import Drafting
from .files import Files
from .living import Living
from .opportunities import OpportunityViewSet
from .programme import RulesViewSet, SiteTierViewSet
from .proposals import ProposalViewSet, Proposed
from .reading import Reading

__all__ = ["DealViewSet", "OpportunityViewSet", "ProposalViewSet", "RulesViewSet", "SiteTierViewSet"]

PARTS = (Reading, Drafting, Asking, Living, Deciding, Desk, Files, Proposed)


class DealViewSet(*PARTS):
    """Deal registrations: a site's own, those that name a distributor, or what the partners handed in."""

    privileges: ClassVar = {name: needed for part in PARTS for name, needed in part.privileges.items()}
    may_match = tuple(name for part in PARTS for name in part.may_match)
    upload_limits: ClassVar = Files.upload_limits
    answers: ClassVar = {
        actions.DealNotOpen: Conflict(
            "deal_not_open", gettext_lazy("The deal is in a state in which this cannot be done (any more).")
        ),
        actions.DealChanged: CHANGED,
        actions.ReasonMissing: Conflict(
            "reason_not_offered", gettext_lazy("This reason is not offered any more: see the rules in force.")
        ),
        actions.DistributorUnknown: Conflict(
            "distributor_unknown", gettext_lazy("The site named is not an active distributor.")
        ),
    }

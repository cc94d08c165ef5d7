"""What somebody may do about co-selling, and of the rest why not and who can change that (C4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, Role, why_not

from ..models import Location, Readiness, Solution, SolutionStatus
from .scopes import ids_of, locations_of

P = Privilege
#: Who looks at locations and at who has which role: everybody who takes part.
PARTAKERS = (P.REFERRAL_VIEW, P.PROFILE_EDIT, P.ROLE_GRANT)

NO_LOCATION = Refusal(
    _("Your site has no location that is open, and every deal belongs to one."),
    _("An account administrator or your primary contact can add a location."),
)
NOT_YOUR_LOCATION = Refusal(
    _(
        "You are a referrals administrator of locations that are closed now, and every deal belongs to an open one."
    ),
    _("An account administrator or your primary contact can give you the role at another location."),
)
NOT_THIS_LOCATION = Refusal(
    _("You are not a referrals administrator of this location."),
    _("An account administrator or your primary contact can give you the role at another location."),
)
NO_SOLUTION = Refusal(
    _("Your company has no solution yet, and every deal is about at least one."),
    _("A referrals administrator of your company can describe one and publish it, under Solutions."),
)
NONE_PUBLISHED = Refusal(
    _("None of your company's solutions is published."),
    _("A referrals administrator of your company can publish one, under Solutions."),
)
NONE_ASKED = Refusal(
    _("None of your company's published solutions is co-sell ready."),
    _("A referrals administrator of your company can ask the vendor for it, under Solutions."),
)
BEING_LOOKED_AT = Refusal(
    _("None of your company's solutions is co-sell ready yet; the vendor is looking at one."),
    _("The vendor's channel operations decides, and your referrals administrators are told."),
)


def why_no_new_deal(actor: Actor) -> Refusal | None:
    """The first rule that keeps somebody from beginning a deal, and who can change that; None when nothing does.

    The rules, in the order in which they are put right (C4): the role of a referrals administrator, an open location at
    which one has it, and a solution of the company that is published and co-sell ready.
    """
    return why_not(actor, P.REFERRAL_MANAGE) or _no_place() or why_no_solution()


def why_not_administrator_at(location_id: int) -> Refusal | None:
    """Why what takes an administrator is not theirs here: a privilege does not say where it holds (C2)."""
    return None if location_id in ids_of(Role.REFERRALS_ADMIN) else NOT_THIS_LOCATION


def _no_place() -> Refusal | None:
    if locations_of(Role.REFERRALS_ADMIN).exists():
        return None
    if Location.objects.filter(closed_at__isnull=True).exists():
        return NOT_YOUR_LOCATION
    return NO_LOCATION


def why_no_solution() -> Refusal | None:
    """What keeps the company's solutions from being sold together with the vendor; None when one of them can be."""
    states = set(Solution.objects.exclude(status=SolutionStatus.RETIRED).values_list("status", "readiness"))
    if (SolutionStatus.PUBLISHED, Readiness.READY) in states:
        return None
    if (SolutionStatus.PUBLISHED, Readiness.ASKED) in states:
        return BEING_LOOKED_AT
    if any(status == SolutionStatus.PUBLISHED for status, _readiness in states):
        return NONE_ASKED
    return NONE_PUBLISHED if states else NO_SOLUTION


def why_no_access(actor: Actor) -> Refusal | None:
    """Why somebody has no part in co-selling at all (C1): they have none of the roles."""
    if any(actor.may(each) for each in (P.REFERRAL_VIEW, P.PROFILE_EDIT, P.ROLE_GRANT, P.COSELL_DECIDE)):
        return None
    return why_not(actor, P.REFERRAL_VIEW)


def why_not_grant_roles(actor: Actor) -> Refusal | None:
    """May they give and take roles at all, and keep the locations?"""
    return why_not(actor, P.ROLE_GRANT)

"""What somebody may do with a solution now; of the rest why not, and who can change that."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege, Refusal, why_not

from ..models import Readiness, Solution, SolutionStatus
from .checklist import Step, missing_to_ask, missing_to_publish

P = Privilege
#: Who sees solutions: whoever works with deals, and the vendor's people who see theirs.
SEERS = (P.REFERRAL_VIEW, P.REFERRAL_MANAGE, P.COSELL_DECIDE)
OF_PARTNERS = ("edit", "publish", "ask", "take_back", "retire", "bring_back")
OF_STAFF = ("make_ready", "send_back", "withdraw")

DRAFT = Refusal(_("It is a draft."), _("Publish it first."))
PUBLISHED = Refusal(_("It is published already."), _("Nothing has to be done."))
RETIRED = Refusal(_("It is retired."), _("A referrals administrator can bring it back as a draft."))
NOT_RETIRED = Refusal(_("It is not retired."), _("Nothing has to be done."))
READY = Refusal(_("It is co-sell ready already."), _("Nothing has to be done."))
ASKED = Refusal(
    _("The vendor was asked already, and is looking at it."),
    _("Channel operations at the vendor decide; you are told."),
)
NOT_ASKED = Refusal(
    _("The partner has not asked for it to be made co-sell ready."),
    _("A referrals administrator of the partner can."),
)
NOT_READY = Refusal(_("It is not co-sell ready."), _("Nothing has to be done."))
PARTNERS_OWN = Refusal(
    _("Partners write, publish and retire their solutions themselves."),
    _("A referrals administrator of the partner can."),
)
VENDORS = Refusal(
    _("The vendor decides what its sellers help to sell."),
    _("Channel operations at the vendor decide; you are told."),
)


def not_theirs(deed: str, actor: Actor) -> Refusal | None:
    """Why the actor can do this with no solution at all; None when they can with some."""
    if deed in OF_STAFF:
        return why_not(actor, P.COSELL_DECIDE) if actor.is_staff else VENDORS
    if actor.is_staff:
        return PARTNERS_OWN
    return why_not(actor, P.REFERRAL_MANAGE)


def refusal(deed: str, solution: Solution, actor: Actor) -> Refusal | None:
    """Why the actor cannot do this now (one of OF_PARTNERS, OF_STAFF); None when they can."""
    return not_theirs(deed, actor) or _not_now(deed, solution)


def _not_now(deed: str, solution: Solution) -> Refusal | None:
    if deed == "bring_back":
        return None if solution.status == SolutionStatus.RETIRED else NOT_RETIRED
    if solution.status == SolutionStatus.RETIRED:
        return RETIRED
    match deed:
        case "publish":
            published = solution.status == SolutionStatus.PUBLISHED
            return PUBLISHED if published else lacks(missing_to_publish(solution))
        case "ask":
            return _not_to_ask(solution)
        case "take_back":
            return None if solution.readiness == Readiness.ASKED else NOT_ASKED
        case "make_ready" | "send_back":
            return {Readiness.READY: READY, Readiness.NOT_READY: NOT_ASKED}.get(Readiness(solution.readiness))
        case "withdraw":
            return None if solution.readiness == Readiness.READY else NOT_READY
    return None


def _not_to_ask(solution: Solution) -> Refusal | None:
    if solution.readiness == Readiness.READY:
        return READY
    if solution.readiness == Readiness.ASKED:
        return ASKED
    if solution.status == SolutionStatus.DRAFT:
        return DRAFT
    return lacks(missing_to_ask(solution))


def lacks(steps: list[Step]) -> Refusal | None:
    """Why not, where these steps are missing; None where none is."""
    if not steps:
        return None
    words = " ".join(str(step.what) for step in steps)
    return Refusal(
        _("Something is missing yet: %(steps)s") % {"steps": words},
        _("A referrals administrator can add it."),
    )


def deeds_for(solution: Solution, actor: Actor) -> dict[str, Refusal | None]:
    """What this actor is shown that can be done with it, each with why it is not possible, or None."""
    return {deed: refusal(deed, solution, actor) for deed in (OF_STAFF if actor.is_staff else OF_PARTNERS)}

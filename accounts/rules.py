"""Who may do what to whom (A4): one place for the actions, which enforce it, and for the pages, which explain
it.

Every function answers with a `Refusal` (why not, and who can), or None when nothing stands in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.models import Membership
from identity.privileges import GRANTS, ROLE_FOR, Privilege, Refusal, Role, Standing, Tool, why_not

PRIMARY_CAN = _("The primary contact of the site can.")
NEEDS_PRIMARY = _("Every site needs its primary contact, so they cannot be removed or leave.")
CARE_CAN = _("Customer care can: they change the primary contact of a site.")


Limit = Callable[[Actor, str], Refusal | None]
_limits: list[Limit] = []


def limited_by(limit: Limit) -> Limit:
    """Add a rule of an upper app: why somebody who holds a tool or a role may not hand it out here all the same."""
    if limit not in _limits:
        _limits.append(limit)
    return limit


def hands_out(by: Actor, name: str) -> bool:
    """Whether somebody may hand out a tool or a role by what they are themselves.

    Tools: only what one holds. Roles: primary contacts and account administrators give every one (C2), or nobody
    could begin; a secondary contact those whose privileges they hold, but for what no tool gives. Customer care
    hands out everything.
    """
    if by.may(Privilege.PRIMARY_CHANGE):
        return True
    gives_roles = by.standing == Standing.PRIMARY or Role.ACCOUNT_ADMIN in by.roles
    if name in Role and gives_roles and by.may(Privilege.ROLE_GRANT):
        return True
    return GRANTS[name] - ROLE_FOR.keys() <= by.privileges


def may_grant(by: Actor, name: str) -> bool:
    """Whether somebody may hand out a tool or a role here: by what they are, and by the rules of upper apps."""
    return why_not_grant(by, name) is None


def why_not_grant(by: Actor, name: str) -> Refusal | None:
    return why_not_hold(by, name) or next(filter(None, (limit(by, name) for limit in _limits)), None)


def why_not_hold(by: Actor, name: str) -> Refusal | None:
    if hands_out(by, name):
        return None
    return Refusal(
        _("You cannot give or take what you do not hold yourself."),
        _("Somebody at your site who holds it, or customer care."),
    )


def not_granted(by: Actor, names: Iterable[str]) -> list[str]:
    """Those of `names` that this actor may not hand out."""
    return [name for name in names if not may_grant(by, name)]


def why_not_manage(by: Actor) -> Refusal | None:
    """May this actor add people, remove them, grant tools and decide requests at all?"""
    return None if by.may(Privilege.PRIMARY_CHANGE) else why_not(by, Privilege.MEMBER_MANAGE)


def why_not_touch(by: Actor, member: Membership) -> Refusal | None:
    """May this actor change anything about this member? The primary contact is above all, secondaries above
    users.
    """
    if by.may(Privilege.PRIMARY_CHANGE) or by.membership_id == member.id:
        return None
    if member.standing == Standing.PRIMARY:
        return Refusal(_("Nobody at the site changes its primary contact."), CARE_CAN)
    if member.standing == Standing.SECONDARY and by.standing != Standing.PRIMARY:
        return Refusal(_("Only the primary contact changes a secondary contact."), PRIMARY_CAN)
    return None


def why_not_edit(by: Actor, member: Membership) -> Refusal | None:
    """Name, job title and phone: one's own, or those of people below oneself."""
    if by.membership_id == member.id:
        return None
    return why_not_manage(by) or why_not_touch(by, member)


def why_not_privileges(by: Actor, member: Membership, *, roles_only: bool = False) -> Refusal | None:
    """Tools and roles. Account administrators assign roles; tools are for the site's contacts."""
    if by.membership_id == member.id:
        return Refusal(
            _("Nobody changes their own rights."),
            _("Another contact of your site can, or customer care."),
        )
    allowed = why_not(by, Privilege.ROLE_GRANT) if roles_only else why_not_manage(by)
    if by.may(Privilege.PRIMARY_CHANGE):
        allowed = None
    return allowed or why_not_touch(by, member)


def why_not_standing(by: Actor, member: Membership) -> Refusal | None:
    """Secondary contacts are made and unmade by the primary contact."""
    if by.membership_id == member.id:
        return Refusal(
            _("Nobody changes their own standing."),
            CARE_CAN if member.standing == Standing.PRIMARY else PRIMARY_CAN,
        )
    if member.standing == Standing.PRIMARY:
        return Refusal(_("The primary contact is changed by customer care only."), CARE_CAN)
    if by.standing != Standing.PRIMARY and not by.may(Privilege.PRIMARY_CHANGE):
        return Refusal(_("Only the primary contact makes somebody a secondary contact."), PRIMARY_CAN)
    return None


def why_not_leave(by: Actor) -> Refusal | None:
    """May this actor give up their place at the site they work for?"""
    if by.standing == Standing.PRIMARY:
        return Refusal(NEEDS_PRIMARY, CARE_CAN)
    return None


def why_not_remove(by: Actor, member: Membership) -> Refusal | None:
    """Every site keeps its primary contact; the others are removed by those above them, or leave by
    themselves.
    """
    if member.standing == Standing.PRIMARY:
        return Refusal(NEEDS_PRIMARY, CARE_CAN)
    if by.membership_id == member.id:
        return None
    return why_not_manage(by) or why_not_touch(by, member)


def grantable_tools(by: Actor) -> list[Tool]:
    return [tool for tool in Tool if may_grant(by, tool)]


def grantable_roles(by: Actor) -> list[Role]:
    return [role for role in Role if may_grant(by, role)]


def usual_tools(by: Actor) -> list[str]:
    """What is ticked to begin with when somebody is let in: what nearly everybody needs, of what one may
    grant.
    """
    return [
        tool for tool in (Tool.REPORTING, Tool.PRICE_FILES, Tool.DEAL_REGISTRATION) if may_grant(by, tool)
    ]

"""The check boxes of tools and roles: which are ticked, and which are shut, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.models import Membership
from identity.privileges import Refusal, Role, Tool

from .. import rules

HINTS: dict[str, Promise] = {
    Tool.REPORTING: _("Reports on renewals, orders and customers."),
    Tool.ONLINE_ORDERING: _("Orders by part number."),
    Tool.PROPOSAL_QUOTE_ORDER: _("Proposals that become quotes and orders."),
    Tool.GUIDED_SELLING: _("Suggests parts by what the customer needs."),
    Tool.PRICE_FILES: _("Price lists to download, and what changed since."),
    Tool.PARTNER_COST: _("What the site itself pays, beside the prices for its customers."),
    Tool.DEAL_REGISTRATION: _("Registers deals, and follows them."),
    Tool.BUSINESS_PROFILE: _("What customers read about your site."),
    Role.REFERRALS_ADMIN: _("All referrals, leads, registrations and business profiles."),
    Role.REFERRALS_USER: _("Referrals of their own team."),
    Role.PROFILE_ADMIN: _("Business profiles, and nothing else."),
    Role.ACCOUNT_ADMIN: _("Assigns roles to users."),
}


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    value: str
    label: str | Promise
    hint: str | Promise
    checked: bool
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Boxes:
    tools: list[Box]
    roles: list[Box]

    @classmethod
    def to_grant(cls, by: Actor, form: Form) -> Boxes:
        """For somebody who is let in: what the form says is ticked."""
        return cls(
            *(
                [_box(name, choice, by, form[name].value() or ()) for choice in choices]
                for name, choices in (("tools", Tool), ("roles", Role))
            )
        )

    @classmethod
    def of(cls, member: Membership, by: Actor, form: Form) -> Boxes:
        """For a member: as they are, or as the form that came back says."""
        tools, roles = (
            rules.why_not_privileges(by, member, roles_only=only_roles) for only_roles in (False, True)
        )
        return cls(
            [_box("tools", tool, by, form["tools"].value() or (), tools, member.tools) for tool in Tool],
            [_box("roles", role, by, form["roles"].value() or (), roles, member.roles) for role in Role],
        )


def _box(
    name: str,
    choice: Any,
    by: Actor,
    ticked: Collection[str],
    shut: Refusal | None = None,
    held: Collection[str] = (),
) -> Box:
    """A box as the form has it; a shut one, of which the form says nothing, as the member has it."""
    refusal = shut or rules.why_not_grant(by, choice.value)
    checked = choice.value in (held if refusal else ticked)
    return Box(name, choice.value, choice.label, HINTS[choice], checked, refusal)


def kept(wanted: Iterable[str], now: Iterable[str], by: Actor) -> list[str]:
    """What a form asks for, with what its sender cannot take: their boxes were shut, and say nothing."""
    return sorted(set(wanted) | {name for name in now if not rules.may_grant(by, name)})

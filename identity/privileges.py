"""What people may do: a table you can read aloud, and the answer to "why can't I?"."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .actors import Actor, Kind


class Privilege(enum.StrEnum):
    """One thing somebody may do; NOUN_VERB."""

    # Partners, tool by tool
    REPORT_VIEW = "report_view"
    ORDER_PLACE = "order_place"
    QUOTE_MANAGE = "quote_manage"
    GUIDED_SELLING_USE = "guided_selling_use"
    PRICE_FILE_VIEW = "price_file_view"
    PARTNER_COST_VIEW = "partner_cost_view"  # what the partner itself pays
    DEAL_VIEW = "deal_view"
    DEAL_REGISTER = "deal_register"
    RENEWAL_VIEW = "renewal_view"
    RENEWAL_WORK = "renewal_work"  # assign, note, put off, mark as lost: a partner's own
    PROFILE_EDIT = "profile_edit"
    REFERRAL_VIEW = "referral_view"
    REFERRAL_WORK = "referral_work"  # answer, edit, close: what one sees
    REFERRAL_MANAGE = "referral_manage"  # new deals, registrations, leads, solutions
    INBOX_READ = "inbox_read"  # everybody's own; asked of keys only
    # Account management
    MEMBER_VIEW = "member_view"
    MEMBER_MANAGE = "member_manage"
    ROLE_GRANT = "role_grant"
    KEY_MANAGE = "key_manage"
    # Staff
    DEAL_DECIDE = "deal_decide"
    REQUEST_DECIDE = "request_decide"
    PRIMARY_CHANGE = "primary_change"
    SITE_VIEW = "site_view"
    AUDIT_VIEW = "audit_view"
    SETTING_VIEW = "setting_view"
    SETTING_EDIT = "setting_edit"
    PRODUCT_EDIT = "product_edit"
    FEED_VIEW = "feed_view"
    SITE_EDIT = "site_edit"
    CUSTOMER_EDIT = "customer_edit"
    ORDER_EDIT = "order_edit"
    RENEWAL_EDIT = "renewal_edit"
    PRICE_EDIT = "price_edit"
    PRICE_PUBLISH = "price_publish"
    ORDER_DECIDE = "order_decide"  # accepting and rejecting what partners ordered here
    REFERRAL_ANSWER = "referral_answer"  # the vendor's side of co-sell deals
    COSELL_DECIDE = "cosell_decide"  # readiness of solutions, incentives of won deals, profiles


class Tool(models.TextChoices):
    """The tools of a site that its primary contact grants one by one (A4)."""

    REPORTING = "reporting", _("Reporting")
    ONLINE_ORDERING = "online_ordering", _("Online ordering")
    PROPOSAL_QUOTE_ORDER = "proposal_quote_order", _("Proposal, quote, order")
    GUIDED_SELLING = "guided_selling", _("Guided selling")
    PRICE_FILES = "price_files", _("Price files")
    PARTNER_COST = "partner_cost", _("Partner cost")
    DEAL_REGISTRATION = "deal_registration", _("Deal registration")
    BUSINESS_PROFILE = "business_profile", _("Business profile")


class Role(models.TextChoices):
    """Named sets of rights for co-selling and account administration (C2)."""

    REFERRALS_ADMIN = "referrals_admin", _("Referrals administrator")
    REFERRALS_USER = "referrals_user", _("Referrals user")
    PROFILE_ADMIN = "profile_admin", _("Business-profile administrator")
    ACCOUNT_ADMIN = "account_admin", _("Account administrator")


class Standing(models.TextChoices):
    PRIMARY = "primary", _("Primary contact")
    SECONDARY = "secondary", _("Secondary contact")
    MEMBER = "member", _("User")


class StaffRole(models.TextChoices):
    DEAL_DESK = "deal_desk", _("Deal desk")
    CUSTOMER_CARE = "customer_care", _("Customer care")
    PRICING = "pricing", _("Pricing")
    CHANNEL_OPERATIONS = "channel_operations", _("Channel operations")


P = Privilege

GRANTS: dict[str, frozenset[Privilege]] = {
    Tool.REPORTING: frozenset({P.REPORT_VIEW, P.RENEWAL_VIEW, P.RENEWAL_WORK}),
    Tool.ONLINE_ORDERING: frozenset({P.ORDER_PLACE}),
    Tool.PROPOSAL_QUOTE_ORDER: frozenset({P.QUOTE_MANAGE, P.RENEWAL_VIEW, P.RENEWAL_WORK}),
    Tool.GUIDED_SELLING: frozenset({P.GUIDED_SELLING_USE}),
    Tool.PRICE_FILES: frozenset({P.PRICE_FILE_VIEW}),
    Tool.PARTNER_COST: frozenset({P.PARTNER_COST_VIEW}),
    Tool.DEAL_REGISTRATION: frozenset({P.DEAL_VIEW, P.DEAL_REGISTER}),
    Tool.BUSINESS_PROFILE: frozenset({P.PROFILE_EDIT}),
    Role.REFERRALS_ADMIN: frozenset(
        {P.DEAL_VIEW, P.DEAL_REGISTER, P.PROFILE_EDIT, P.REFERRAL_VIEW, P.REFERRAL_WORK, P.REFERRAL_MANAGE}
    ),
    Role.REFERRALS_USER: frozenset({P.DEAL_VIEW, P.DEAL_REGISTER, P.REFERRAL_VIEW, P.REFERRAL_WORK}),
    Role.PROFILE_ADMIN: frozenset({P.PROFILE_EDIT}),
    Role.ACCOUNT_ADMIN: frozenset({P.ROLE_GRANT}),
    Standing.PRIMARY: frozenset({P.MEMBER_MANAGE, P.ROLE_GRANT}),
    Standing.SECONDARY: frozenset({P.MEMBER_MANAGE, P.ROLE_GRANT}),
    Standing.MEMBER: frozenset(),
    StaffRole.DEAL_DESK: frozenset(
        {
            P.DEAL_VIEW,
            P.DEAL_DECIDE,
            P.SITE_VIEW,
            P.REPORT_VIEW,
            P.RENEWAL_VIEW,
            P.REFERRAL_VIEW,
            P.REFERRAL_ANSWER,
        }
    ),
    StaffRole.CUSTOMER_CARE: frozenset(
        {P.REQUEST_DECIDE, P.PRIMARY_CHANGE, P.SITE_VIEW, P.AUDIT_VIEW, P.REPORT_VIEW, P.RENEWAL_VIEW}
    ),
    StaffRole.PRICING: frozenset(
        {
            P.SITE_VIEW,
            P.PRODUCT_EDIT,
            P.FEED_VIEW,
            P.PRICE_EDIT,
            P.PRICE_PUBLISH,
            P.PRICE_FILE_VIEW,
            P.PARTNER_COST_VIEW,
            P.REPORT_VIEW,
            P.RENEWAL_VIEW,
        }
    ),
    StaffRole.CHANNEL_OPERATIONS: frozenset(
        {
            P.SITE_VIEW,
            P.SITE_EDIT,
            P.CUSTOMER_EDIT,
            P.ORDER_EDIT,
            P.RENEWAL_EDIT,
            P.DEAL_VIEW,
            P.AUDIT_VIEW,
            P.SETTING_EDIT,
            P.PRODUCT_EDIT,
            P.FEED_VIEW,
            P.PRICE_FILE_VIEW,
            P.REPORT_VIEW,
            P.RENEWAL_VIEW,
            P.ORDER_DECIDE,
            P.REFERRAL_VIEW,
            P.COSELL_DECIDE,
        }
    ),
}

# Whoever belongs to a site sees who else does, and may make keys for what they may do themselves.
EVERY_MEMBER = frozenset({P.MEMBER_VIEW, P.KEY_MANAGE, P.INBOX_READ})
# Everybody at the vendor may look at the settings they work by.
EVERY_STAFF = frozenset({P.KEY_MANAGE, P.INBOX_READ, P.SETTING_VIEW})
# A distributor follows deals but registers them on behalf of a reseller, never for itself.
STAFF_ONLY = frozenset(
    {
        P.DEAL_DECIDE,
        P.REQUEST_DECIDE,
        P.PRIMARY_CHANGE,
        P.SITE_VIEW,
        P.AUDIT_VIEW,
        P.SETTING_VIEW,
        P.SETTING_EDIT,
        P.PRODUCT_EDIT,
        P.FEED_VIEW,
        P.SITE_EDIT,
        P.CUSTOMER_EDIT,
        P.ORDER_EDIT,
        P.RENEWAL_EDIT,
        P.PRICE_EDIT,
        P.PRICE_PUBLISH,
        P.ORDER_DECIDE,
        P.REFERRAL_ANSWER,
        P.COSELL_DECIDE,
    }
)

# What no role of the vendor's gives, since it is about what only a partner's people see.
PARTNERS_OWN = frozenset({P.RENEWAL_WORK, P.REFERRAL_WORK, P.REFERRAL_MANAGE})


def partner_privileges(standing: str, tools: Iterable[str], roles: Iterable[str]) -> frozenset[Privilege]:
    """What a member of a site may do. `tools` and `roles` are values of Tool and Role."""
    granted = EVERY_MEMBER.union(GRANTS[standing], *(GRANTS[name] for name in (*tools, *roles)))
    return granted - STAFF_ONLY


def staff_privileges(staff_roles: Iterable[str]) -> frozenset[Privilege]:
    return EVERY_STAFF.union(*(GRANTS[role] for role in staff_roles))


TOOL_FOR: dict[Privilege, Tool] = {
    P.REPORT_VIEW: Tool.REPORTING,
    P.RENEWAL_VIEW: Tool.REPORTING,
    P.RENEWAL_WORK: Tool.REPORTING,
    P.ORDER_PLACE: Tool.ONLINE_ORDERING,
    P.QUOTE_MANAGE: Tool.PROPOSAL_QUOTE_ORDER,
    P.GUIDED_SELLING_USE: Tool.GUIDED_SELLING,
    P.PRICE_FILE_VIEW: Tool.PRICE_FILES,
    P.PARTNER_COST_VIEW: Tool.PARTNER_COST,
    P.DEAL_VIEW: Tool.DEAL_REGISTRATION,
    P.DEAL_REGISTER: Tool.DEAL_REGISTRATION,
    P.PROFILE_EDIT: Tool.BUSINESS_PROFILE,
}


# Those that come with a role, not with a tool (C2); the weakest role that gives each.
ROLE_FOR: dict[Privilege, Role] = {
    P.REFERRAL_VIEW: Role.REFERRALS_USER,
    P.REFERRAL_WORK: Role.REFERRALS_USER,
    P.REFERRAL_MANAGE: Role.REFERRALS_ADMIN,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not possible now, and who can change that. Both are sentences for the reader."""

    reason: str | Promise
    who: str | Promise


def why_not(actor: Actor, privilege: Privilege | str) -> Refusal | None:
    """The rule that keeps this actor from using a privilege; None when nothing does."""
    privilege = Privilege(privilege)
    if actor.may(privilege):
        return None
    if not actor.signed_in:
        return Refusal(_("You are not signed in."), _("Sign in to go on."))
    if actor.kind is Kind.APPLICANT:
        return Refusal(
            _("You do not have access to a site yet."),
            _("Request access; the site's primary contact decides."),
        )
    if actor.key_id is not None:
        return Refusal(
            _("This API key was not given this privilege, or its owner no longer has it."),
            _("The key's owner can make another key with what they may do themselves."),
        )
    if actor.is_staff and privilege in PARTNERS_OWN:
        return Refusal(
            _("This is for a partner's own people: what they note, nobody else sees."),
            _("The people of the site can do it."),
        )
    if actor.is_staff or privilege in STAFF_ONLY:
        return Refusal(
            _("This belongs to another team of the vendor."),
            _("Channel operations assigns the vendor's people their tasks.")
            if actor.is_staff
            else _("Customer care can help."),
        )
    if privilege in (P.MEMBER_MANAGE, P.ROLE_GRANT):
        return Refusal(
            _("Only the primary contact and the secondary contacts manage the users of a site."),
            _("Your primary contact can make you a secondary contact."),
        )
    if privilege in ROLE_FOR:
        return Refusal(
            _("The role “%(role)s” has not been given to you.") % {"role": ROLE_FOR[privilege].label},
            _("An account administrator or your primary contact can give it."),
        )
    return Refusal(
        _("The tool “%(tool)s” has not been granted to you.") % {"tool": TOOL_FOR[privilege].label},
        _("Your primary or a secondary contact can grant it."),
    )

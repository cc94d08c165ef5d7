"""Every change to who has access to what. The rules are those of A4; accounts/README.md tells them in prose.

`rules.py` says who may do what to whom, and everything here obeys it, whoever calls. Each action is one
transaction with its audit event and its notices.
"""

from .adding import accept_invitation, add_member, digest, resend_invitation, revoke_invitation
from .ground import (
    AccountError,
    AlreadyAsked,
    AlreadyMember,
    InvitationEnded,
    MemberChanged,
    NotAllowed,
    NumberUnknown,
    RequestClosed,
    TooManyToday,
    WrongAddress,
    demand,
)
from .members import edit_member, grant_privileges, leave_site, remove_member, set_standing
from .oneself import ask_care, end_sessions, update_profile
from .primary import change_primary
from .requests import (
    REQUESTS_A_DAY,
    approve_request,
    assign_site,
    escalate_case,
    reject_request,
    request_access,
    route_request,
    why_not_decide,
    withdraw_request,
)

__all__ = [
    "REQUESTS_A_DAY",
    "AccountError",
    "AlreadyAsked",
    "AlreadyMember",
    "InvitationEnded",
    "MemberChanged",
    "NotAllowed",
    "NumberUnknown",
    "RequestClosed",
    "TooManyToday",
    "WrongAddress",
    "accept_invitation",
    "add_member",
    "approve_request",
    "ask_care",
    "assign_site",
    "change_primary",
    "demand",
    "digest",
    "edit_member",
    "end_sessions",
    "escalate_case",
    "grant_privileges",
    "leave_site",
    "reject_request",
    "remove_member",
    "request_access",
    "resend_invitation",
    "revoke_invitation",
    "route_request",
    "set_standing",
    "update_profile",
    "why_not_decide",
    "withdraw_request",
]

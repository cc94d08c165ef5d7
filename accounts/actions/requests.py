"""Requests for access (A2, A3): asked, routed, decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calendars.business import after_business_days
from calendars.queries import calendar_for
from identity.actors import Actor
from identity.audit import record
from identity.models import Membership, MembershipStatus, Site
from identity.privileges import Privilege, Refusal, StaffRole, Standing, Tool, why_not
from identity.queries import sites_of
from notifications.actions import Audience, tell

from .. import notices
from ..models import AccessCase, AccessRequest, Problem, RejectReason, RequestKind, RequestStatus, Route
from .ground import (
    AlreadyAsked,
    AlreadyMember,
    NumberUnknown,
    RequestClosed,
    TooManyToday,
    demand,
    demand_grantable,
    demand_person,
    lock,
)
from .members import join, rights, tell_primary
from .primary import install_primary

REQUESTS_A_DAY = 5  # enough for anybody who works somewhere; too few to find out which numbers exist
DAY = timedelta(days=1)


@transaction.atomic
def request_access(
    number: str,
    *,
    primary: bool,
    by: Actor,
    now: datetime,
    message: str = "",
    job_title: str = "",
    company_email: str = "",
    reason: str = "",
) -> AccessRequest:
    """Ask for access to the site with this number (seven digits), as its primary contact or not.

    Nothing here looks whether the number belongs to a site: the answer, the time and the work are the same
    for every number. `route_request` finds out later. Raises AlreadyAsked, AlreadyMember (of a site the
    person has), and TooManyToday; NotAllowed for the vendor's people.
    """
    user_id = demand_person(by)
    lock("accounts.request", user_id)
    if not primary and by.site_count and any(site.number == number for site in sites_of(by)):
        raise AlreadyMember
    mine = AccessRequest.objects.filter(user_id=user_id)
    if mine.filter(number=number, status=RequestStatus.WAITING).exists():
        raise AlreadyAsked
    if mine.filter(created_at__gt=now - DAY).count() >= REQUESTS_A_DAY:
        raise TooManyToday
    request = AccessRequest.objects.create(
        user_id=user_id,
        number=number,
        kind=RequestKind.AUTHORISATION if primary else RequestKind.SELF_NOMINATION,
        message=message,
        job_title=job_title,
        company_email=company_email,
        reason=reason,
        name=by.name[:120],
        email=by.email,
        created_at=now,
        # By the one default calendar: another country's would tell which country the number belongs to.
        due_at=after_business_days(now, settings.ACCESS_REQUEST_WORKING_DAYS, calendar_for()),
    )
    record(
        "access.requested",
        by=by,
        now=now,
        object_type="access_request",
        object_id=request.public_id,
        label=number,
        kind=request.kind,
    )
    tell(
        notices.REQUEST_SENT,
        to=[Audience.user(user_id)],
        by=Actor.system(),  # the applicant's own deed, but they want it in writing
        now=now,
        href=request_url(request),
        dedupe_key=f"access.sent:{request.id}",
        context={"number": number, "due": request.due_at},
    )
    _wake_routing(request.id)
    return request


def _wake_routing(request_id: int) -> None:
    from ..tasks import wake_routing

    transaction.on_commit(lambda: wake_routing(request_id), robust=True)


@transaction.atomic
def withdraw_request(public_id: str, *, by: Actor, now: datetime) -> AccessRequest:
    """Take one's own request back. Raises RequestClosed when it was decided meanwhile, DoesNotExist for
    another's.
    """
    request = AccessRequest.objects.get(public_id=public_id, user_id=by.user_id)
    _lock_request(request.id)
    request.refresh_from_db()
    if not request.is_waiting:
        raise RequestClosed(request)
    AccessRequest.objects.filter(id=request.id).update(status=RequestStatus.WITHDRAWN, closed_at=now)
    record(
        "access.withdrawn",
        by=by,
        now=now,
        object_type="access_request",
        object_id=request.public_id,
        label=request.number,
    )
    request.refresh_from_db()
    return request


def _lock_request(request_id: int) -> None:
    """A request is two rows (see models); whoever changes either takes this lock first."""
    lock("accounts.decide", request_id)


def request_url(request: AccessRequest | AccessCase) -> str:
    """The applicant's page; both rows have the same public id."""
    return reverse("accounts:request", args=[request.public_id])


def _case_url(case: AccessCase) -> str:
    return reverse("accounts:case", args=[case.public_id])


# -- jobs, as the system


@transaction.atomic
def route_request(request_id: int, *, now: datetime) -> AccessCase | None:
    """Find the site of a request and who is to decide, and tell them. Safe to run twice, and by two at once.

    A self-nomination goes to the site's contacts; to customer care when there is no such site, or nobody
    there. An authorisation form always goes to customer care. None when there was nothing to do.
    """
    request = (
        AccessRequest.objects.select_for_update(skip_locked=True)
        .filter(id=request_id, routed_at=None, status=RequestStatus.WAITING)
        .first()
    )
    if request is None:
        return None
    site = Site.objects.filter(number=request.number, is_active=True).first()
    problem = Problem.NONE if site else Problem.NOT_FOUND
    if site and not request.is_authorisation and not _has_contacts(site.id):
        problem = Problem.NOBODY
    to_care = request.is_authorisation or problem
    copied = (
        "public_id", "user_id", "number", "kind", "message", "job_title", "company_email", "reason", "name",
        "email", "created_at", "due_at",
    )  # fmt: skip
    case = AccessCase.objects.create(
        request=request,
        site=site,
        route=Route.CARE if to_care else Route.SITE,
        problem=problem,
        **{name: getattr(request, name) for name in copied},
    )
    AccessRequest.objects.filter(id=request.id).update(routed_at=now)
    if case.route == Route.SITE and site:
        _tell_contacts(case, site, now=now)
    else:
        _tell_care(case, now=now)
    return case


def _has_contacts(site_id: int) -> bool:
    return Membership.objects.filter(
        site_id=site_id,
        status=MembershipStatus.ACTIVE,
        standing__in=[Standing.PRIMARY, Standing.SECONDARY],
    ).exists()


def _case_context(case: AccessCase) -> dict[str, Any]:
    return {
        "name": case.name,
        "email": case.email,
        "number": case.number,
        "due": case.due_at,
        "site": case.site.name if case.site else "",
    }


def _tell_contacts(case: AccessCase, site: Site, *, now: datetime) -> None:
    tell(
        notices.REQUEST_TO_DECIDE,
        to=[Audience.managers(site.id)],
        by=Actor.system(),
        now=now,
        href=_case_url(case),
        dedupe_key=f"access.to_decide:{case.id}",
        context=_case_context(case),
    )


def _tell_care(case: AccessCase, *, now: datetime) -> None:
    tell(
        notices.CASE_TO_DECIDE,
        to=[Audience.staff(StaffRole.CUSTOMER_CARE)],
        by=Actor.system(),
        now=now,
        href=_case_url(case),
        dedupe_key=f"access.care_to_decide:{case.id}",
        context=_case_context(case),
    )


@transaction.atomic
def escalate_case(case_id: int, *, now: datetime) -> bool:
    """Bring a case that its site did not decide in time to customer care as well. Safe to run twice."""
    case = (
        AccessCase.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("site")
        .filter(
            id=case_id, status=RequestStatus.WAITING, route=Route.SITE, escalated_at=None, due_at__lte=now
        )
        .first()
    )
    if case is None:
        return False
    AccessCase.objects.filter(id=case.id).update(escalated_at=now)
    tell(
        notices.CASE_OVERDUE,
        to=[Audience.staff(StaffRole.CUSTOMER_CARE)],
        by=Actor.system(),
        now=now,
        href=_case_url(case),
        dedupe_key=f"access.overdue:{case.id}",
        context=_case_context(case),
    )
    return True


# -- deciding


def why_not_decide(by: Actor, case: AccessCase) -> Refusal | None:
    """May this actor decide this case? Contacts their site's, customer care every one, nobody their own."""
    if case.user_id == by.user_id:
        return Refusal(
            _("Nobody decides their own request."), _("Another contact of the site can, or customer care.")
        )
    if by.may(Privilege.REQUEST_DECIDE):
        return None
    if case.route == Route.CARE:
        return Refusal(_("This is decided by customer care."), _("Customer care decides it."))
    return why_not(by, Privilege.MEMBER_MANAGE)


def _open_case(public_id: str, *, by: Actor) -> AccessCase:
    """The case, locked against everybody else who decides. Raises DoesNotExist, NotAllowed, RequestClosed."""
    case = AccessCase.objects.select_related("site").get(public_id=public_id)
    demand(why_not_decide(by, case))
    _lock_request(case.request_id)
    case.refresh_from_db()
    if not case.is_waiting:
        raise RequestClosed(case)
    return case


@transaction.atomic
def approve_request(
    public_id: str,
    *,
    tools: Iterable[str] = (),
    roles: Iterable[str] = (),
    former_primary: str = Standing.SECONDARY,
    by: Actor,
    now: datetime,
) -> Membership:
    """Let the applicant in, with these tools and roles; an authorisation form makes them the primary contact.

    `former_primary` is what the present primary contact becomes then: "secondary" or "member". Raises
    RequestClosed when somebody else decided meanwhile, NotAllowed for one's own request or rights that one
    does not hold, NumberUnknown while the case has no site.
    """
    tools, roles = list(tools), list(roles)
    case = _open_case(public_id, by=by)
    if case.site is None:
        raise NumberUnknown
    demand_grantable(by, [*tools, *roles])
    if case.is_authorisation:
        tools = list(Tool.values)
        member = install_primary(
            case.site, case, former=former_primary, reason=case.reason or case.message, by=by, now=now
        )
    else:
        member = _let_in(case.site, case, tools=tools, roles=roles, by=by, now=now)
    _close(case, RequestStatus.APPROVED, tools=tools, roles=roles, by=by, now=now)
    record(
        "access.approved",
        by=by,
        now=now,
        object_type="membership",
        object_id=member.public_id,
        label=member.name,
        site_id=case.site_id,
        tools=tools,
        roles=roles,
        kind=case.kind,
    )
    tell(
        notices.REQUEST_APPROVED,
        to=[Audience.user(case.user_id)],
        by=by,
        now=now,
        href="/",
        dedupe_key=f"access.approved:{case.id}",
        context={"number": case.site.number, "site": case.site.name, **rights(tools, roles)},
    )
    _tell_primary_of_decision(case, by=by, now=now)
    return member


def _let_in(
    site: Site, who: AccessCase, *, tools: list[str], roles: list[str], by: Actor, now: datetime
) -> Membership:
    """A place at the site for an applicant. Whoever was added meanwhile keeps the place they have."""
    try:
        member = join(
            site.id,
            who.user_id,
            name=who.name,
            email=who.email,
            job_title=who.job_title,
            tools=tools,
            roles=roles,
            now=now,
        )
    except AlreadyMember:
        return Membership.objects.get(site_id=site.id, user_id=who.user_id)
    tell_primary(notices.MEMBER_ADDED, member, site=site, by=by, now=now, key=f"request:{who.id}")
    return member


@transaction.atomic
def reject_request(public_id: str, *, code: str, text: str, by: Actor, now: datetime) -> AccessCase:
    """Turn an applicant down, with a reason in both a code and words, which they are told.

    Raises RequestClosed when somebody else decided meanwhile, NotAllowed for one's own request.
    """
    if not text.strip() or code not in RejectReason.values:
        raise ValueError("A rejection has a reason: a code and words.")
    case = _open_case(public_id, by=by)
    _close(case, RequestStatus.REJECTED, reject_code=code, decision_text=text.strip(), by=by, now=now)
    record(
        "access.rejected",
        by=by,
        now=now,
        object_type="access_request",
        object_id=case.public_id,
        label=case.name,
        site_id=case.site_id,
        code=code,
        text=text.strip(),
    )
    tell(
        notices.REQUEST_REJECTED,
        to=[Audience.user(case.user_id)],
        by=by,
        now=now,
        href=request_url(case),
        dedupe_key=f"access.rejected:{case.id}",
        context={"number": case.number, "reason": RejectReason(code).label, "text": text.strip()},
    )
    _tell_primary_of_decision(case, by=by, now=now)
    return case


def _close(case: AccessCase, status: str, *, by: Actor, now: datetime, **fields: Any) -> None:
    """Write the decision; a trigger brings it to the applicant's row."""
    written = {
        "status": status,
        "closed_at": now,
        "decided_by_id": by.user_id,
        "decided_by_name": by.name[:120],
        **fields,
    }
    AccessCase.objects.filter(id=case.id).update(**written)
    for name, value in written.items():
        setattr(case, name, value)


def _tell_primary_of_decision(case: AccessCase, *, by: Actor, now: datetime) -> None:
    """The other contacts need not look at it any more."""
    if case.route != Route.SITE or case.site is None:
        return
    tell(
        notices.DECIDED_ELSEWHERE,
        to=[Audience.managers(case.site.id)],
        by=by,
        now=now,
        href=reverse("accounts:users"),
        dedupe_key=f"access.decided:{case.id}",
        context={
            "name": case.name,
            "site": case.site.name,
            "by": by.name,
            "outcome": RequestStatus(case.status).label,
        },
    )


@transaction.atomic
def assign_site(public_id: str, number: str, *, by: Actor, now: datetime) -> AccessCase:
    """Customer care corrects the number of a case whose number is not found, or was mistyped.

    Raises NumberUnknown, RequestClosed; PrivilegeMissing for anybody else.
    """
    demand(why_not(by, Privilege.REQUEST_DECIDE))
    case = _open_case(public_id, by=by)
    site = Site.objects.filter(number=number, is_active=True).first()
    if site is None:
        raise NumberUnknown
    AccessCase.objects.filter(id=case.id).update(site=site, route=Route.CARE, problem=Problem.NONE)
    record(
        "access.site_assigned",
        by=by,
        now=now,
        object_type="access_request",
        object_id=case.public_id,
        label=case.name,
        site_id=site.id,
        typed=case.number,
        number=number,
    )
    case.refresh_from_db()
    return case


def hold_requests(site_id: int, user_id: int) -> list[AccessCase]:
    """The person's waiting requests for the site, locked. To be called before they are given a place there: whoever
    decides a request locks it first and makes the place then, and in the other order each would wait for the other.
    """
    waiting = AccessCase.objects.filter(
        site_id=site_id, user_id=user_id, status=RequestStatus.WAITING, kind=RequestKind.SELF_NOMINATION
    )
    held = list(waiting.order_by("request_id"))
    for case in held:
        _lock_request(case.request_id)
    return held


def settle_requests(held: list[AccessCase], member: Membership, *, by: Actor, now: datetime) -> None:
    """Requests of somebody who was let in another way are answered by that."""
    for case in held:
        case.refresh_from_db()
        if case.is_waiting:
            _close(case, RequestStatus.APPROVED, tools=member.tools, roles=member.roles, by=by, now=now)

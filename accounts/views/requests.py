"""Asking for access and deciding about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires, signed_in
from identity.models import Membership
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege

from .. import actions, queries, rules
from ..forms import ApproveForm, AssignForm, QueueFilter, RejectForm, RequestForm, site_number
from ..models import AccessCase, AccessRequest, Problem, RequestStatus, Route
from .boxes import Boxes
from .members import counts

QUEUE_SIZE = 50

# -- the applicant


@signed_in
@require_http_methods(["GET", "POST"])
@once
def request_access(request: HttpRequest) -> HttpResponse:
    """The request form, and what became of one's requests. Whoever has no site is led here on signing in
    (A1).
    """
    form = RequestForm(request.POST) if request.method == "POST" else RequestForm(initial=_again(request))
    if request.method == "POST" and form.is_valid():
        answer = _send(request, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "requests": list(queries.my_requests(request.actor)[:20]),
        "days": settings.ACCESS_REQUEST_WORKING_DAYS,
    }
    return render(request, "accounts/request_access.html", context, status=422 if form.errors else 200)


def _again(request: HttpRequest) -> dict[str, Any]:
    """A rejected or withdrawn request to correct and send again: its content."""
    former = queries.my_requests(request.actor).filter(public_id=request.GET.get("again", "")).first()
    if former is None:
        return {}
    fields = ("number", "message", "job_title", "company_email", "reason")
    return {name: getattr(former, name) for name in fields} | {
        "primary": "yes" if former.is_authorisation else "no"
    }


def _send(request: HttpRequest, form: RequestForm) -> HttpResponse | None:
    """One call; what cannot be is said at the field it is about."""
    data = form.cleaned_data
    primary = data["primary"] == "yes"
    own_fields = ("job_title", "company_email", "reason") if primary else ()
    try:
        sent = actions.request_access(
            data["number"],
            primary=primary,
            message=data["message"],
            **{name: data[name] for name in own_fields},
            by=request.actor,
            now=timezone.now(),
        )
    except actions.AlreadyAsked:
        form.add_error(
            "number", _("You have asked for this number already; you find it among your requests.")
        )
    except actions.AlreadyMember:
        form.add_error("number", _("You have access to this site already."))
    except actions.TooManyToday:
        form.add_error(None, _("That is as many requests as one can send in a day. Try again tomorrow."))
    else:
        messages.success(request, _("Your request was sent."))
        return redirect("accounts:request", sent.public_id)
    return None


@signed_in
@require_GET
def request_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own request: how far it is, what happens next, and by when."""
    asked = get_object_or_404(queries.my_requests(request.actor), public_id=public_id)
    return _request_page(request, asked)


def _request_page(request: HttpRequest, asked: AccessRequest, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"asked": asked, "overdue": asked.is_waiting and asked.due_at <= timezone.now(), **more}
    return render(request, "accounts/request.html", context, status=status)


@signed_in
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    asked = get_object_or_404(queries.my_requests(request.actor), public_id=public_id)
    try:
        actions.withdraw_request(asked.public_id, by=request.actor, now=timezone.now())
    except actions.RequestClosed:
        asked.refresh_from_db()
        return _request_page(request, asked, too_late=True, status=409)
    messages.success(request, _("Your request was withdrawn."))
    return redirect("accounts:request", public_id)


# -- whoever decides


@requires(Privilege.MEMBER_MANAGE)
@require_GET
def site_requests(request: HttpRequest) -> HttpResponse:
    """Requests for the actor's own site."""
    decided = request.GET.get("view") == "decided"
    cases = AccessCase.objects.exclude(user_id=request.actor.user_id)
    cases = (
        cases.exclude(status=RequestStatus.WAITING) if decided else cases.filter(status=RequestStatus.WAITING)
    )
    found = page(cases, ("-created_at", "-id"), request, size=QUEUE_SIZE)
    context = {
        "cases": found.items,
        "page": found,
        "decided": decided,
        "now": timezone.now(),
        **counts(request),
    }
    return render(request, "accounts/site_requests.html", context)


VIEWS = ("ours", "overdue", "not_found", "sites", "decided")


@requires(Privilege.REQUEST_DECIDE)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Customer care's queue; also what waits at sites, and what was decided."""
    form = QueueFilter(request.GET)
    form.is_valid()
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else "ours"
    cases = _narrowed(_view_of_queue(view or "ours"), form.cleaned_data)
    order = ("-closed_at_", "-id") if view == "decided" else ("due_at", "id")
    found = page(cases, order, request, size=QUEUE_SIZE)
    context = {"cases": found.items, "page": found, "view": view, "filter": form, "now": timezone.now()}
    return render(request, "accounts/queue.html", context)


def _view_of_queue(view: str) -> QuerySet[AccessCase]:
    cases = AccessCase.objects.select_related("site")
    if view == "decided":
        closed = cases.exclude(status=RequestStatus.WAITING)
        return closed.annotate(closed_at_=Coalesce("closed_at", "created_at"))
    waiting = cases.filter(status=RequestStatus.WAITING)
    if view == "sites":
        return waiting.filter(route=Route.SITE, escalated_at=None)
    if view == "not_found":
        return waiting.filter(problem=Problem.NOT_FOUND)
    if view == "overdue":
        return waiting.filter(due_at__lte=timezone.now())
    return queries.in_care(waiting)


def _narrowed(cases: QuerySet[AccessCase], wanted: dict[str, Any]) -> QuerySet[AccessCase]:
    if wanted.get("kind"):
        cases = cases.filter(kind=wanted["kind"])
    if wanted.get("q"):
        words = Q(name__icontains=wanted["q"]) | Q(email__icontains=wanted["q"])
        cases = cases.filter(words | Q(number__contains=_digits(wanted["q"])))
    return cases


def _digits(typed: str) -> str:
    """The number meant, if it is one; else what was typed, which is then part of no number."""
    try:
        return site_number(typed).lstrip("0")
    except ValidationError:
        return typed


@requires(Privilege.MEMBER_MANAGE, Privilege.REQUEST_DECIDE)
@require_GET
def case_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything one needs to decide."""
    case = _case(public_id)
    return _case_page(request, case)


def _case(public_id: str) -> AccessCase:
    return get_object_or_404(AccessCase.objects.select_related("site"), public_id=public_id)


def _case_page(
    request: HttpRequest,
    case: AccessCase,
    *,
    approve: ApproveForm | None = None,
    reject: RejectForm | None = None,
    assign: AssignForm | None = None,
    meanwhile: bool = False,
    status: int = 200,
) -> HttpResponse:
    by = request.actor
    primary = queries.primary_of(case.site_id) if case.site_id else None
    approve = approve or _approve_form(case, initial={"tools": rules.usual_tools(by)})
    context = {
        "case": case,
        "primary": primary,
        "present": _present(case),
        "same_domain": _same_domain(case),
        "refusal": actions.why_not_decide(by, case),
        "approve": approve,
        "boxes": None if case.is_authorisation else Boxes.to_grant(by, approve),
        "reject": reject or RejectForm(),
        "assign": assign or AssignForm(initial={"number": case.number}),
        "meanwhile": meanwhile,
        "now": timezone.now(),
    }
    return render(request, "accounts/case.html", context, status=status)


def _approve_form(case: AccessCase, *args: Any, **kwargs: Any) -> ApproveForm:
    replaces = case.site_id is not None and queries.primary_of(case.site_id) is not None
    return ApproveForm(*args, authorisation=case.is_authorisation, replaces=replaces, **kwargs)


def _present(case: AccessCase) -> Membership | None:
    """The place the applicant has at the site already: a user may ask to become the primary contact."""
    if case.site_id is None:
        return None
    return queries.members().filter(site_id=case.site_id, user_id=case.user_id).first()


def _same_domain(case: AccessCase) -> bool | None:
    """Does the company address belong to the site's web domain? None where that cannot be told."""
    if not (case.site and case.site.web_domain and case.company_email):
        return None
    domain = case.company_email.rpartition("@")[2].lower()
    own = case.site.web_domain.lower()
    return domain == own or domain.endswith("." + own)


@requires(Privilege.MEMBER_MANAGE, Privilege.REQUEST_DECIDE)
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    form = _approve_form(_case(public_id), request.POST)
    if not form.is_valid():
        return _case_page(request, _case(public_id), approve=form, status=422)
    try:
        member = actions.approve_request(public_id, **form.cleaned_data, by=request.actor, now=timezone.now())
    except AccessCase.DoesNotExist:
        raise Http404 from None
    except actions.RequestClosed:
        return _case_page(request, _case(public_id), approve=form, meanwhile=True, status=409)
    except actions.NumberUnknown:
        form.add_error(None, _("Say first which site is meant."))
        return _case_page(request, _case(public_id), approve=form, status=422)
    messages.success(request, _("%(name)s has access now.") % {"name": member.name})
    return _back(request)


@requires(Privilege.MEMBER_MANAGE, Privilege.REQUEST_DECIDE)
@require_POST
def reject(request: HttpRequest, public_id: str) -> HttpResponse:
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _case_page(request, _case(public_id), reject=form, status=422)
    try:
        case = actions.reject_request(public_id, **form.cleaned_data, by=request.actor, now=timezone.now())
    except AccessCase.DoesNotExist:
        raise Http404 from None
    except actions.RequestClosed:
        return _case_page(request, _case(public_id), reject=form, meanwhile=True, status=409)
    messages.success(request, _("The request of %(name)s was rejected.") % {"name": case.name})
    return _back(request)


@requires(Privilege.REQUEST_DECIDE)
@require_POST
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    form = AssignForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        try:
            actions.assign_site(public_id, number, by=request.actor, now=timezone.now())
        except AccessCase.DoesNotExist:
            raise Http404 from None
        except actions.RequestClosed:
            return _case_page(request, _case(public_id), assign=form, meanwhile=True, status=409)
        except actions.NumberUnknown:
            form.add_error("number", _("There is no active site with this number."))
        else:
            return redirect("accounts:case", public_id)
    return _case_page(request, _case(public_id), assign=form, status=422)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("accounts:queue" if request.actor.is_staff else "accounts:requests")

"""The pages of access, roles and locations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import history, queries, rules
from accounts.actions import MemberChanged, NotAllowed
from identity.access import PrivilegeMissing, demand, requires, signed_in
from identity.history import Event, Titles, told_in
from identity.models import AuditEvent, Membership, MembershipStatus, Role
from identity.once import once
from identity.paging import page
from identity.places import country_name
from identity.privileges import Privilege, why_not
from identity.versions import seen_version

from ..models import Location
from . import access, locations, possible
from .forms import LocationForm, PeopleFilter, RolesForm
from .granting import LocationClosed, NoLocations, reach_of, set_roles, why_not_role
from .possible import PARTAKERS
from .scopes import narrowed, roles_of, roles_of_each
from .words import ALLOWS

P = Privilege
HISTORY = 20


# ------------------------------------------------------------------------------------------------ access


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Which roles the reader has, where, and what they allow; without one, who can give it (C1)."""
    actor = request.actor
    if not (actor.is_partner or actor.is_staff):
        demand(actor, P.REFERRAL_VIEW)
    if actor.is_staff:
        return render(request, "cosell/rights/staff.html", {"duties": _duties(request)})
    member = Membership.objects.get(id=actor.membership_id)
    held = {one.role: one for one in roles_of(member)}
    now = timezone.now()
    refused = possible.why_no_access(actor)
    givers = access.givers_for(actor)
    context = {
        "roles": [(role, ALLOWS[role], held.get(role)) for role in Role],
        "no_access": refused,
        "no_deals": why_not(actor, P.REFERRAL_VIEW),
        "givers": givers,
        "ask_refusal": access.why_not_ask(actor, givers, now),
        "asked_at": access.asked_at(actor, now),
        "no_new_deal": possible.why_no_new_deal(actor),
        "grant_refusal": possible.why_not_grant_roles(actor),
    }
    return render(request, "cosell/rights/home.html", context)


def _duties(request: HttpRequest) -> list[tuple[str, Any]]:
    """What of co-selling is whose at the vendor: in words, and why it is not the reader's."""
    actor = request.actor
    return [
        (_("See the deals that partners share with the vendor"), why_not(actor, P.REFERRAL_VIEW)),
        (_("Answer deals for the vendor, and send deals to partners"), why_not(actor, P.REFERRAL_ANSWER)),
        (_("Decide on solutions, incentives and business profiles"), why_not(actor, P.COSELL_DECIDE)),
    ]


@signed_in
@require_POST
@once
def ask(request: HttpRequest) -> HttpResponse:
    """Ask those who can give a role, by one click."""
    try:
        givers = access.ask_for_access(by=request.actor, now=timezone.now())
    except PrivilegeMissing as missing:
        if not request.actor.is_partner:
            raise
        messages.warning(request, f"{missing.refusal.reason} {missing.refusal.who}")
    else:
        names = ", ".join(f"\u2068{giver.name}\u2069" for giver in givers)
        messages.success(request, _("Your question is on its way to %(names)s.") % {"names": names})
    return redirect("cosell:home")


# ------------------------------------------------------------------------------------------------ roles


@requires(P.ROLE_GRANT)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody at the site, with their roles and where these hold."""
    form = PeopleFilter(request.GET, locations=Location.objects.order_by("name", "id"))
    form.is_valid()
    wanted = form.cleaned_data
    members = narrowed(_members(request), wanted.get("q"), wanted.get("role"), wanted.get("location"))
    found = page(members, ("name", "id"), request)
    held = roles_of_each(found.items)
    context = {
        "people": [(member, held[member.id]) for member in found.items],
        "page": found,
        "filter": form,
        "filtered": any(form.cleaned_data.values()),
    }
    return render(request, "cosell/rights/people.html", context)


def _members(request: HttpRequest) -> QuerySet[Membership]:
    return Membership.objects.filter(site_id=request.actor.site_id, status=MembershipStatus.ACTIVE)


@requires(P.ROLE_GRANT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def member_roles(request: HttpRequest, public_id: str) -> HttpResponse:
    """The roles of one person, and where each holds."""
    member = _member(request, public_id)
    if request.method != "POST":
        return _roles_page(request, member, _roles_form(request, member))
    form = _roles_form(request, member, request.POST)
    if not form.is_valid():
        return _roles_page(request, member, form, status=422)
    by, now = request.actor, timezone.now()
    kept = {held.role: held.locations for held in roles_of(member)}
    try:
        set_roles(public_id, form.wanted(kept), version=form.cleaned_data["version"], by=by, now=now)
    except MemberChanged:
        return _stale(request, member, form)
    except NotAllowed as refused:
        form.add_error(None, f"{refused.refusal.reason} {refused.refusal.who}")
    except NoLocations as missing:
        form.add_error(missing.role.value, _("Choose at least one location."))
    except LocationClosed as closed:
        text = _("%(name)s is closed, so that no role is given there.") % {"name": closed.location.name}
        form.add_error(None, text)
    else:
        messages.success(request, _("Your change is made. %(name)s was told.") % {"name": member.name})
        return redirect("cosell:member_roles", public_id)
    return _roles_page(request, member, form, status=422)


def _stale(request: HttpRequest, member: Membership, form: Any) -> HttpResponse:
    """Somebody was quicker: what they changed, and the form as it was filled in."""
    events = queries.changed_since(member, form.cleaned_data["version"])
    form.data = form.data.copy()
    form.data["version"] = str(member.version)
    return _roles_page(request, member, form, changed=history.told(events), status=409)


def _member(request: HttpRequest, public_id: str) -> Membership:
    return get_object_or_404(_members(request).select_related("site"), public_id=public_id)


def _roles_form(request: HttpRequest, member: Membership, data: Any = None) -> RolesForm:
    """With the open locations, and the closed ones at which the member has a role."""
    held = roles_of(member)
    theirs = {location.id for one in held for location in one.locations or ()}
    offered = locations.in_order().filter(Q(closed_at__isnull=True) | Q(id__in=theirs))
    return RolesForm(data, offered=offered, held=held, version=member.version)


def _roles_page(
    request: HttpRequest, member: Membership, form: RolesForm, *, changed: Any = None, status: int = 200
) -> HttpResponse:
    by = request.actor
    refusals = {role: why_not_role(by, member, role) for role in Role}
    held = {one.role: one for one in roles_of(member)}
    context = {
        "member": member,
        "form": form,
        "roles": [
            (role, ALLOWS[role], refusals[role], held.get(role), form[role.value], form[f"{role.value}_at"])
            for role in Role
        ],
        "nothing": rules.why_not_privileges(by, member, roles_only=True),
        "reach": reach_of(by),
        "offered": form.offered,
        "changed": changed,
        "events": history.told(queries.history_of(member)[:HISTORY]),
    }
    return render(request, "cosell/rights/member.html", context, status=status)


# ------------------------------------------------------------------------------------------------ locations


@requires(*PARTAKERS)
@require_GET
def location_list(request: HttpRequest) -> HttpResponse:
    """Where the partner works; to the vendor's people all of them, newest first."""
    found = (
        page(Location.objects.select_related("site"), ("-id",), request) if request.actor.is_staff else None
    )
    context = {
        "locations": found.items if found else list(locations.in_order()),
        "page": found,
        "country": country_name,
        "add_refusal": locations.why_not_add(request.actor),
    }
    return render(request, "cosell/rights/locations.html", context)


@requires(P.ROLE_GRANT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_location(request: HttpRequest) -> HttpResponse:
    if refused := locations.why_not_add(request.actor):
        raise PrivilegeMissing(refused, P.ROLE_GRANT)
    form = LocationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            location = locations.add_location(form.place(), by=request.actor, now=timezone.now())
        except locations.NameTaken:
            form.add_error("name", _("Another location of yours has this name."))
        else:
            messages.success(request, _("%(name)s was added.") % {"name": location.name})
            return redirect("cosell:locations")
    context = {"form": form, "location": None}
    return render(request, "cosell/rights/location.html", context, status=422 if form.errors else 200)


@requires(*PARTAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def location_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One location, and the form to correct it."""
    location = _location(public_id)
    if request.method != "POST":
        return _location_page(request, location)
    if refused := locations.why_not_edit(location, request.actor):
        raise PrivilegeMissing(refused, P.ROLE_GRANT)
    form: Any = LocationForm(request.POST)
    if not form.is_valid():
        return _location_page(request, location, form, status=422)
    given = {"version": form.cleaned_data["version"], "by": request.actor, "now": timezone.now()}
    try:
        locations.edit_location(location, form.place(), **given)
    except locations.NameTaken:
        form.add_error("name", _("Another location of yours has this name."))
        return _location_page(request, location, form, status=422)
    except locations.LocationChanged as changed:
        form.data = form.data.copy()
        form.data["version"] = str(changed.location.version)
        return _location_page(request, changed.location, form, problem=_changed(), status=409)
    messages.success(request, _("Your change is made."))
    return redirect("cosell:location", public_id)


def _changed() -> str:
    return _(
        "Somebody changed this location since you opened it. What you typed is kept: look at it and send it again."
    )


def _location(public_id: str) -> Location:
    return get_object_or_404(Location.objects.select_related("site"), public_id=public_id)


def _location_page(
    request: HttpRequest,
    location: Location,
    form: Form | None = None,
    *,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    by = request.actor
    fields = [name for name in LocationForm.base_fields if name != "version"]
    initial = {name: getattr(location, name) for name in (*fields, "version")}
    context = {
        "location": location,
        "country": country_name(location.country),
        "form": form or LocationForm(initial=initial),
        "edit_refusal": locations.why_not_edit(location, by),
        "close_refusal": locations.why_not_close(location, by),
        "reopen_refusal": locations.why_not_reopen(location, by),
        "open_deals": locations.open_deals(location) if by.is_partner else 0,
        "events": _location_history(location),
        "problem": problem,
    }
    return render(request, "cosell/rights/location.html", context, status=status)


TITLES: Titles = {
    "cosell_location.added": (gettext_lazy("Added"), "neutral", "plus"),
    "cosell_location.edited": (gettext_lazy("Changed"), "neutral", "pencil"),
    "cosell_location.closed": (gettext_lazy("Closed"), "neutral", "lock"),
    "cosell_location.reopened": (gettext_lazy("Opened again"), "neutral", "arrow-back-up"),
}


def _location_history(location: Location) -> list[Event]:
    found = AuditEvent.objects.filter(object_type="cosell_location", object_id=location.public_id)
    return told_in(TITLES, lambda _detail: iter(()), found.order_by("-at", "-id")[:HISTORY])


@requires(P.ROLE_GRANT)
@require_POST
@once
def close_location(request: HttpRequest, public_id: str) -> HttpResponse:
    done = _("The location is closed. Nothing new comes there; what is open goes on.")
    return _on_location(request, public_id, locations.close_location, done)


@requires(P.ROLE_GRANT)
@require_POST
@once
def reopen_location(request: HttpRequest, public_id: str) -> HttpResponse:
    return _on_location(request, public_id, locations.reopen_location, _("The location is open again."))


def _on_location(
    request: HttpRequest, public_id: str, act: Callable[..., Location], done: str
) -> HttpResponse:
    location = _location(public_id)
    try:
        act(location, version=seen_version(request), by=request.actor, now=timezone.now())
    except NotAllowed as refused:
        problem = f"{refused.refusal.reason} {refused.refusal.who}"
    except locations.NameTaken:
        problem = _("Another open location has this name. Rename one of the two first.")
    except locations.LocationChanged:
        problem = _("Somebody changed this location since you opened it. Here is how it is now.")
    else:
        messages.success(request, done)
        return redirect("cosell:location", public_id)
    return _location_page(request, _location(public_id), problem=problem, status=409)

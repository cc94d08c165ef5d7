"""The vendor's people look at sites and their people, and customer care changes a primary contact."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from identity.access import requires
from identity.models import Membership, Site, Standing
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege, why_not
from identity.site_facts import facts_of

from .. import actions, queries
from ..forms import PrimaryForm, SiteFilter, site_number
from ..models import AccessCase, Invitation, InvitationStatus, RequestStatus

LIST_SIZE = 50
ORDER = {Standing.PRIMARY: 0, Standing.SECONDARY: 1, Standing.MEMBER: 2}


@requires(Privilege.SITE_VIEW)
@require_GET
def sites(request: HttpRequest) -> HttpResponse:
    form = SiteFilter(request.GET)
    form.is_valid()
    found = page(_named(form.cleaned_data.get("q", "")), ("name", "id"), request, size=LIST_SIZE)
    context = {"found": found.items, "page": found, "filter": form}
    return render(request, "accounts/sites.html", context)


def _named(typed: str) -> QuerySet[Site]:
    """Sites by number in any spelling, or by a part of the name."""
    if not typed:
        return Site.objects.all()
    wanted = Q(name__icontains=typed)
    try:
        wanted |= Q(number=site_number(typed))
    except ValidationError:
        pass
    return Site.objects.filter(wanted)


@requires(Privilege.SITE_VIEW)
@require_GET
def site_page(request: HttpRequest, public_id: str) -> HttpResponse:
    site = get_object_or_404(Site, public_id=public_id)
    context = {
        "site": site,
        "members": _people(site),
        "cases": AccessCase.objects.filter(site_id=site.id, status=RequestStatus.WAITING).order_by(
            "due_at", "id"
        )[:50],
        "invitations": Invitation.objects.filter(site_id=site.id, status=InvitationStatus.OPEN).order_by(
            "-id"
        )[:50],
        "primary_refusal": why_not(request.actor, Privilege.PRIMARY_CHANGE),
        "decides": request.actor.may(Privilege.REQUEST_DECIDE),
        "facts": facts_of(site, request.actor),
        "now": timezone.now(),
    }
    return render(request, "accounts/site.html", context)


def _people(site: Site) -> list[Membership]:
    people = queries.members().filter(site_id=site.id).order_by("name", "id")[:500]
    return sorted(people, key=lambda member: ORDER[Standing(member.standing)])


@requires(Privilege.PRIMARY_CHANGE)
@require_http_methods(["GET", "POST"])
@once
def change_primary(request: HttpRequest, public_id: str) -> HttpResponse:
    site = get_object_or_404(Site, public_id=public_id)
    people = _people(site)
    choices = [(m.public_id, f"{m.name} <{m.email}>") for m in people if m.standing != Standing.PRIMARY]
    form = PrimaryForm(request.POST or None, members=choices)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            member = actions.change_primary(
                site.public_id,
                data["member"],
                former=data["former"],
                reason=data["reason"],
                by=request.actor,
                now=timezone.now(),
            )
        except Membership.DoesNotExist:
            raise Http404 from None
        except actions.AlreadyMember:
            form.add_error("member", _("They are the primary contact already."))
        else:
            messages.success(request, _("%(name)s is the primary contact now.") % {"name": member.name})
            return redirect("accounts:site", site.public_id)
    primary = next((m for m in people if m.standing == Standing.PRIMARY), None)
    context = {"site": site, "form": form, "primary": primary, "choices": choices}
    return render(request, "accounts/change_primary.html", context, status=422 if form.errors else 200)

"""The pages of leads: the list, one lead, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity.access import PrivilegeMissing, requires
from identity.actors import Actor
from identity.history import Event, told_in
from identity.lists import address_of, counted, query_of
from identity.models import AuditEvent, Membership, MembershipStatus, Role
from identity.once import once
from identity.paging import page
from identity.places import countries, country_name
from identity.privileges import Privilege
from identity.versions import seen_version
from identity.views import safe_next

from ..models import Lead, LeadFavourite, Referral
from ..rights.scopes import roles_of_each
from ..states import CompanySize
from ..tags import names_of
from . import actions, listing
from .forms import ArchiveForm, AssignForm
from .listing import EVERYTHING, PARAMETERS, STAGES, Wanted, tab_named, tabs_for
from .possible import deeds_for, why_not_deal
from .states import ArchiveReason, Quality, Source, Stage
from .words import QUALITY_MEANS, QUALITY_TONES, TITLES, TONES, banner_of

P = Privilege
SHOWN = 50  # events of its history


# ------------------------------------------------------------------------------------------------ the list


@requires(P.REFERRAL_VIEW)
@require_GET
def lead_list(request: HttpRequest) -> HttpResponse:
    """Leads at the locations of whoever reads; to the vendor's people those that they offered."""
    asked, actor = request.GET, request.actor
    tab, wanted = tab_named(asked.get("show", "")), Wanted.of(asked)
    leads = page(listing.narrowed(listing.leads_in(tab, actor), wanted), listing.ORDER, request)
    context = {
        "leads": leads.items,
        "page": leads,
        "tab": tab,
        "tabs": [
            (each.label, address_of("leads:list", asked, PARAMETERS, show=each.name), each is tab, None)
            for each in tabs_for(actor)
        ],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": query_of(asked, PARAMETERS),
        "stages": [(name, label) for name, (label, _where) in STAGES.items()],
        "qualities": Quality.choices,
        "countries": countries(),
        "labels": {
            "stage": dict(Stage.choices),
            "quality": dict(Quality.choices),
            "source": dict(Source.choices),
        },
        "tones": TONES,
        "quality_tones": QUALITY_TONES,
        "here": request.get_full_path(),
        "now": timezone.now(),
        "banners": {lead.id: banner_of(lead, timezone.now()) for lead in leads.items},
    }
    return render(request, "leads/list.html", context)


@requires(P.REFERRAL_VIEW)
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many leads each tab has with these filters, in words: asked for after the page."""
    found = listing.counts(Wanted.of(request.GET), request.actor)
    return JsonResponse([counted(number) for number in found], safe=False)


# ------------------------------------------------------------------------------------------------ one lead


@requires(P.REFERRAL_VIEW)
@require_GET
def lead_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A lead: who asks for what, how it stands, and what can be done."""
    return lead_page(request, _found(public_id))


def _found(public_id: str) -> Lead:
    return get_object_or_404(Lead.objects.select_related("referral"), public_id=public_id)


def lead_page(
    request: HttpRequest,
    lead: Lead,
    *,
    forms: dict[str, Form] | None = None,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    shown: dict[str, Form] = {
        "archive": ArchiveForm(auto_id="id_archive_%s"),
        "assign": AssignForm(colleagues=_workers(lead, actor), auto_id="id_assign_%s"),
    }
    context = {
        "lead": lead,
        "banner": banner_of(lead, now),
        "stage_label": Stage(lead.stage).label,
        "reason_label": ArchiveReason(lead.reason).label if lead.reason else "",
        "tone": TONES[lead.stage],
        "quality": (Quality(lead.quality).label, QUALITY_TONES[lead.quality], QUALITY_MEANS[lead.quality]),
        "source_label": Source(lead.source).label,
        "size_label": CompanySize(lead.customer_size).label if lead.customer_size else "",
        "country": country_name(lead.country),
        "tags": names_of(lead.tags),
        "deeds": deeds_for(lead, actor),
        "marked": actor.is_partner
        and LeadFavourite.objects.filter(lead=lead, user_id=actor.user_id).exists(),
        "forms": shown | (forms or {}),
        "history": _history(lead),
        "problem": problem,
    }
    return render(request, "leads/lead.html", context, status=status)


def _workers(lead: Lead, actor: Actor) -> list[Membership]:
    """Who could work on it: the site's people with a referrals role at its location."""
    if not actor.may(P.REFERRAL_MANAGE):
        return []
    members = Membership.objects.filter(
        site_id=lead.site_id,
        status=MembershipStatus.ACTIVE,
        roles__overlap=[Role.REFERRALS_ADMIN, Role.REFERRALS_USER],
    ).order_by("name", "id")
    roles = roles_of_each(members)
    return [member for member in members if actions.works_at(roles[member.id], lead.location_id)]


def _history(lead: Lead) -> list[Event]:
    """What happened, the newest first. That it became a deal is told to whoever sees the deal: it may be private."""
    found = AuditEvent.objects.filter(object_type="lead", object_id=lead.public_id)
    if not Referral.objects.filter(id=lead.referral_id).exists():
        found = found.exclude(event="lead.became_deal")
    events = told_in(TITLES, lambda _detail: iter(()), found.order_by("-at", "-id")[:SHOWN])
    return [*events, Event(lead.received_at, Stage.RECEIVED.label, "", "", "neutral", "inbox")]


# ------------------------------------------------------------------------------------------------ deeds


@requires(P.REFERRAL_WORK)
@require_POST
@once
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    def act(lead: Lead, seen: dict[str, Any]) -> str:
        actions.accept_lead(lead, **seen)
        return _("You work on this lead now. Get in touch, and make a deal of it when it becomes one.")

    return _done(request, public_id, "accept", Form(request.POST), act)


@requires(P.REFERRAL_WORK)
@require_POST
@once
def archive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put it away, with a reason."""
    form = ArchiveForm(request.POST, auto_id="id_archive_%s")

    def act(lead: Lead, seen: dict[str, Any]) -> str:
        actions.archive_lead(lead, **form.cleaned_data, **seen)
        return _("The lead is archived.")

    return _done(request, public_id, "archive", form, act)


@requires(P.REFERRAL_WORK)
@require_POST
@once
def spam(request: HttpRequest, public_id: str) -> HttpResponse:
    def act(lead: Lead, seen: dict[str, Any]) -> str:
        actions.mark_spam(lead, **seen)
        return _("The lead is with the spam. It does not count in your figures.")

    return _done(request, public_id, "spam", Form(request.POST), act)


@requires(P.REFERRAL_WORK)
@require_POST
@once
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take it up again: it is no spam."""

    def act(lead: Lead, seen: dict[str, Any]) -> str:
        actions.restore_lead(lead, **seen)
        return _("The lead is back among those that were received.")

    return _done(request, public_id, "restore", Form(request.POST), act)


@requires(P.REFERRAL_MANAGE)
@require_POST
@once
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say who works on it."""
    form = AssignForm(
        request.POST, colleagues=_workers(_found(public_id), request.actor), auto_id="id_assign_%s"
    )

    def act(lead: Lead, seen: dict[str, Any]) -> str:
        actions.assign_lead(lead, form.chosen, **seen)
        return _("%(name)s works on this lead now, and is told.") % {
            "name": f"\u2068{form.chosen.name}\u2069"
        }

    return _done(request, public_id, "assign", form, act)


@requires(P.REFERRAL_VIEW)
@require_POST
def favourite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark it, or take the mark away; then back to where one was."""
    lead = _found(public_id)
    if not request.actor.is_partner:
        raise PrivilegeMissing(actions.THE_PARTNERS)
    actions.mark_lead(lead, request.POST.get("on") == "1", by=request.actor)
    return HttpResponseRedirect(safe_next(request, reverse("leads:lead", args=[public_id])))


@requires(P.REFERRAL_MANAGE)
@require_GET
def deal(request: HttpRequest, public_id: str) -> HttpResponse:
    """On to a new deal, with what the lead says filled in."""
    lead = _found(public_id)
    if refused := why_not_deal(lead, request.actor):
        return lead_page(request, lead, problem=f"{refused.reason} {refused.who}", status=409)
    return redirect(f"{reverse('referrals:new')}?{urlencode({'lead': lead.public_id})}")


def _done(
    request: HttpRequest,
    public_id: str,
    name: str,
    form: Form,
    act: Callable[[Lead, dict[str, Any]], str],
) -> HttpResponse:
    """Do it, or show the page again with what stands against it; what was typed is kept."""
    lead = _found(public_id)
    if not form.is_valid():
        return lead_page(request, lead, forms={name: form}, status=422)
    seen = {"by": request.actor, "now": timezone.now(), "version": seen_version(request)}
    try:
        told = act(lead, seen)
    except actions.NotPossible as error:
        if error.of_person:
            raise PrivilegeMissing(error.refusal) from None
        lead, problem = _found(public_id), f"{error.refusal.reason} {error.refusal.who}"
    except actions.LeadChanged:
        lead = _found(public_id)
        problem = _("Somebody changed this lead since you opened it. Here is how it is now.")
    except actions.NotTheirs:
        problem = _("They no longer have a role at this lead's location. Choose somebody else.")
    else:
        messages.success(request, told)
        return redirect("leads:lead", public_id)
    return lead_page(request, lead, forms={name: form}, problem=problem, status=409)

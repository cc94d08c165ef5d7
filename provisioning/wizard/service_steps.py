"""The pages of services, by what was bought, and *Provision and start billing* (D12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..activating.asking import ask_again, provision
from ..activating.refusals import LineOver, NothingFailed
from ..links import TooManyMails
from ..models import Activation, LineStatus, Service, SetupLink
from ..models.lines import LINE_OPEN
from . import onboarding
from .addresses import address_key
from .guests import Visit
from .service_forms import (
    CallingForm,
    MeetingsForm,
    ProvisionForm,
    SubdomainForm,
    SubscriptionForm,
    WithName,
)
from .steps import TOO_MANY_MAILS
from .walk import Answers, Step, Walk, Way

#: The names that are asked for, each by the step that asks for it.
NAMED: dict[str, type[WithName]] = {
    "calling": CallingForm,
    "meetings": MeetingsForm,
    "organisation": SubdomainForm,
}


def _asked_before(walk: Walk) -> Answers:
    """What was asked for before, where that failed and is put right."""
    if walk.visit.line.status != LineStatus.FAILED:
        return {}
    asked = walk.once("asked", lambda: Activation.objects.filter(line=walk.visit.line).first())
    return answers_of(asked.details) if asked else {}


def begin_with(request: HttpRequest, visit: Visit) -> Answers:
    """The answers the way begins with: those that failed, those of whoever handed it over, or none."""
    asked = _asked_before(Walk(request, visit, {}))
    if asked:
        return asked
    entered: Answers = SetupLink.objects.get(id=visit.link.link_id).entered
    return entered


# ---------------------------------------------------------------------------------------------- handed over


def administrator(walk: Walk) -> str:
    """Who may be asked to go on: the customer's administrator, unless it is they who are at it."""
    visit, to = walk.visit, walk.visit.line.administrator_email
    is_open = visit.line.status in LINE_OPEN
    return to if is_open and address_key(to) != address_key(visit.link.sent_to) else ""


def _hand_over(walk: Walk, form: forms.Form) -> HttpResponse | None:
    visit = walk.visit
    try:
        to = onboarding.hand_to_administrator(
            visit.line, link_id=visit.link.link_id, entered=walk.answers, by=visit.by, now=visit.now,
            language=translation.get_language() or visit.link.language,
        )  # fmt: skip
    except TooManyMails:
        form.add_error(None, TOO_MANY_MAILS)
        return None
    # At once, as the holder's link leads nowhere from now on.
    return render(walk.request, "setup/handed.html", {"to": to, "entered": True})


# ---------------------------------------------------------------------------------------------- the steps


def _named(name: str, begin: Callable[[Walk], Answers] = lambda walk: {}) -> Callable[[Walk, Any], WithName]:
    """Makes a form with what was answered, or with what there is to begin with."""

    def make(walk: Walk, data: Any) -> WithName:
        form = NAMED[name](data, initial=walk.answers.get(name) or begin(walk))
        form.the_name.own = _asked_before(walk).get(name, {}).get(form.name_field, "")
        return form

    return make


def _take(name: str) -> Callable[[Walk, Any], HttpResponse | None]:
    def take(walk: Walk, form: Any) -> None:
        walk.answers[name] = form.cleaned_data

    return take


def _has(service: Service) -> Callable[[Walk], bool]:
    return lambda walk: service.value in walk.visit.line.services


def subdomain_that_stands(walk: Walk) -> str:
    """The subdomain of an organisation that has one already; nobody gives it another."""

    def look() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_setup_subdomain()")
            return str(cursor.fetchone()[0] or "")

    return str(walk.once("subdomain", look))


def _take_subscription(walk: Walk, form: SubscriptionForm) -> None:
    walk.answers["subscription"] = True


def _begin_calling(walk: Walk) -> Answers:
    line = walk.visit.line
    return {"country": line.country, "time_zone": line.time_zone, "languages": [line.contact_language]}


def _begin_meetings(walk: Walk) -> Answers:
    return {"time_zone": walk.visit.line.time_zone}


def details_of(answers: Answers, services: list[str]) -> dict[str, Any]:
    """What was entered, by service, as `provision` takes it."""
    return {name: answers.get(name) or {} for name in (*services, "organisation")}


def answers_of(details: dict[str, Any]) -> Answers:
    """The way with what was asked for before, to put right what failed."""
    return {"subscription": True, **{name: given for name, given in details.items() if given}}


def _take_provision(walk: Walk, form: ProvisionForm) -> HttpResponse | None:
    """Ask for it. Whoever asks twice, or second, is led to what the first has asked for."""
    visit = walk.visit
    if (gone := _gone(walk)) is not None:
        form.add_error(None, gone)
        return None
    details = details_of(walk.answers, visit.line.services)
    try:
        if visit.line.status == LineStatus.FAILED:
            ask_again(visit.line, details=details, by=visit.by, now=visit.now)
        else:
            provision(visit.line, details, asked_by=visit.link.sent_to, by=visit.by, now=visit.now)
    except LineOver:
        return HttpResponseRedirect(visit.url("start"))  # it says how the line ended
    except NothingFailed:
        pass  # somebody else was quicker
    return HttpResponseRedirect(visit.url("progress"))


def _gone(walk: Walk) -> str | None:
    """That a name which was free when it was entered is so no more, in words."""
    for name in walk.answers.keys() & NAMED.keys():
        form = _named(name)(walk, None)
        wanted = walk.answers[name][form.name_field]
        flaw = form.the_name.availability(wanted).flaw
        if flaw is not None:
            words = {"name": f"\u2068{wanted}\u2069", "flaw": flaw.label}
            return gettext("“%(name)s” cannot be had any more: %(flaw)s Go back and change it.") % words
    return None


def _bought(walk: Walk) -> dict[str, Any]:
    return {
        "bought": [Service(name).label for name in walk.visit.line.services],
        "subdomain": subdomain_that_stands(walk),
    }


def _summary(walk: Walk) -> dict[str, Any]:
    entered = walk.answers.get("organisation", {}).get("subdomain", "")
    return {
        "again": walk.visit.line.status == LineStatus.FAILED,
        "subdomain": subdomain_that_stands(walk) or entered,
        "languages": [
            dict(settings.LANGUAGES)[code] for code in walk.answers.get("calling", {}).get("languages", [])
        ],
    }


WAY = Way(
    "services",
    [
        Step("subscription", _("Subscription"), lambda walk, data: SubscriptionForm(data), _take_subscription,
             show=_bought),
        Step("calling", _("Calling"), _named("calling", _begin_calling), _take("calling"),
             needed=_has(Service.CALLING)),
        Step("meetings", _("Meetings"), _named("meetings", _begin_meetings), _take("meetings"),
             needed=_has(Service.MEETINGS)),
        Step("organisation", _("Subdomain"), _named("organisation"), _take("organisation"),
             needed=lambda walk: not subdomain_that_stands(walk)),
        Step("provision", _("Provision"), lambda walk, data: ProvisionForm(data), _take_provision, show=_summary),
    ],
    administrator,
    _hand_over,
)  # fmt: skip

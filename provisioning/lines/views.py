"""The pages of lines: the list, one line, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from identity.access import PrivilegeMissing, requires
from identity.actors import Kind
from identity.lists import address_of, counted, query_of
from identity.once import once
from identity.paging import page
from identity.places import country_name
from identity.privileges import Privilege
from identity.versions import seen_version
from orders.models import Order

from ..activating.possible import refusal as why_not_again
from ..activating.possible import shown_to
from ..activating.progress import steps_of
from ..links import TooManyMails
from ..models import LineStatus, Service, SetupLine
from ..wizard.guests import remember
from . import actions, listing
from .forms import ContactForm, StartForm
from .history import history_of
from .listing import EVERYTHING, PARAMETERS, Wanted, tab_named, tabs_for
from .possible import SEERS, deeds_for
from .times import day_there
from .words import TONES, next_of

P = Privilege
DOERS = (P.ORDER_PLACE, P.ORDER_DECIDE)


# ------------------------------------------------------------------------------------------------ the list


@requires(*SEERS)
@require_GET
def line_list(request: HttpRequest) -> HttpResponse:
    """Lines to set up, of orders that the reader's site stands on; to the vendor all of them."""
    asked, actor = request.GET, request.actor
    tab, wanted = tab_named(asked.get("show", ""), actor), Wanted.of(asked)
    lines = page(listing.narrowed(listing.lines_in(tab), wanted), listing.ORDER, request)
    context = {
        "lines": lines.items,
        "page": lines,
        "tab": tab,
        "tabs": [
            (
                each.label,
                address_of("provisioning:list", asked, PARAMETERS, show=each.name),
                each is tab,
                None,
            )
            for each in tabs_for(actor)
        ],
        "wanted": wanted,
        "filtered": wanted != EVERYTHING,
        "query": query_of(asked, PARAMETERS),
        "labels": dict(LineStatus.choices),
        "tones": TONES,
    }
    return render(request, "provisioning/lines/list.html", context)


@requires(*SEERS)
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many lines each tab has with these filters, in words: asked for after the page."""
    found = listing.counts(Wanted.of(request.GET), request.actor)
    return JsonResponse([counted(number) for number in found], safe=False)


# ------------------------------------------------------------------------------------------------ one line


@requires(*SEERS)
@require_GET
def line_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A line: how it stands, what happens next, and who did what."""
    return line_page(request, get_object_or_404(SetupLine, public_id=public_id))


def line_page(
    request: HttpRequest,
    line: SetupLine,
    *,
    forms: dict[str, Form] | None = None,
    problem: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    order = Order.objects.filter(number=line.order_number).only("public_id", "status").first()
    accepted = order is not None and order.status in actions.GOES_AHEAD
    today = day_there(timezone.now(), line.time_zone)
    start = {"start_on": max(today, line.requested_start_on), "time_zone": line.time_zone}
    shown: dict[str, Form] = {
        "contact": ContactForm(
            initial={"email": line.contact_email, "language": line.contact_language}, auto_id="id_contact_%s"
        ),
        "start": StartForm(initial=start, auto_id="id_start_%s"),
        "reopen": StartForm(initial=start, auto_id="id_reopen_%s"),
    }
    found = shown_to(actor, line, now=timezone.now())
    context = {
        "line": line,
        "progress": found,
        "steps": found.steps if found else steps_of(line),
        "again": why_not_again(actor, line, found),
        "order": order,
        "status_label": LineStatus(line.status).label,
        "tone": TONES[line.status],
        "next": next_of(line, accepted=accepted),
        "country": country_name(line.country) if line.country else "",
        "deeds": deeds_for(line, actor, accepted=accepted),
        "forms": shown | (forms or {}),
        "history": history_of(line) if actor.kind is not Kind.DISTRIBUTOR else [],
        "problem": problem,
        "services": [service.label for service in Service if service in line.services],
    }
    return render(request, "provisioning/lines/line.html", context, status=status)


# ------------------------------------------------------------------------------------------------ what is done


@requires(*DOERS)
@require_POST
@once
def contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Name somebody else who sets it up."""
    form = ContactForm(request.POST, auto_id="id_contact_%s")

    def act(line: SetupLine, seen: dict[str, Any]) -> str:
        changed = actions.change_contact(line, **form.cleaned_data, **seen)
        text = ngettext("The contact is changed.", "The contact of %(count)s lines is changed.", len(changed))
        return text % {"count": len(changed)}

    return _done(request, public_id, "contact", form, act)


@requires(*DOERS)
@require_POST
@once
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose another start date."""
    form = StartForm(request.POST, auto_id="id_start_%s")

    def act(line: SetupLine, seen: dict[str, Any]) -> str:
        actions.change_start(line, **form.cleaned_data, **seen)
        return _("The start date is changed. The mail goes out on that day.")

    return _done(request, public_id, "start", form, act)


@requires(*DOERS)
@require_POST
@once
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open it again with a new start date."""
    form = StartForm(request.POST, auto_id="id_reopen_%s")

    def act(line: SetupLine, seen: dict[str, Any]) -> str:
        actions.reopen_line(line, **form.cleaned_data, **seen)
        return _("The line is open again. The mail goes out on the start date.")

    return _done(request, public_id, "reopen", form, act)


@requires(*DOERS)
@require_POST
@once
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mail a new link."""

    def act(line: SetupLine, seen: dict[str, Any]) -> str:
        actions.resend_link(line, **seen)
        return _("A new link is on its way to %(email)s. The former one does not work any more.") % {
            "email": f"\u2068{line.contact_email}\u2069"
        }

    return _done(request, public_id, "resend", Form(request.POST), act)


@requires(P.ORDER_DECIDE)
@require_POST
@once
def called(request: HttpRequest, public_id: str) -> HttpResponse:
    """Note that the contact was called."""

    def act(line: SetupLine, seen: dict[str, Any]) -> str:
        actions.note_called(line, **seen)
        return _("It is noted that you have called.")

    return _done(request, public_id, "called", Form(request.POST), act)


@requires(*DOERS)
@require_POST
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on to the set-up oneself. Not `@once`: the answer holds a secret, which is kept nowhere."""
    secret = ""

    def act(line: SetupLine, seen: dict[str, Any]) -> str:
        nonlocal secret
        secret = actions.begin_here(line, **seen)
        return ""

    def go_on() -> HttpResponse:
        response = redirect("setup:start", secret)
        remember(response, translation.get_language() or "")  # the mail's would be its contact's
        return response

    return _done(request, public_id, "begin", Form(request.POST), act, go_on)


def _done(
    request: HttpRequest,
    public_id: str,
    name: str,
    form: Form,
    act: Callable[[SetupLine, dict[str, Any]], str],
    then: Callable[[], HttpResponse] | None = None,
) -> HttpResponse:
    """Do it, or show the page again with what stands against it; what was typed is kept."""
    line = get_object_or_404(SetupLine, public_id=public_id)
    if not form.is_valid():
        return line_page(request, line, forms={name: form}, status=422)
    seen = {"by": request.actor, "now": timezone.now(), "version": seen_version(request)}
    try:
        told = act(line, seen)
    except actions.BadStart as error:
        text = _("Choose a day from %(today)s on, within a year.")
        form.add_error("start_on", text % {"today": date_format(error.today, "DATE_FORMAT")})
        return line_page(request, line, forms={name: form}, status=422)
    except actions.NotPossible as error:
        if error.of_person:
            raise PrivilegeMissing(error.refusal) from None
        problem, status = f"{error.refusal.reason} {error.refusal.who}", 409
    except actions.LineChanged as error:
        line, status = error.line, 409
        problem = _("Somebody changed this line since you opened it. Here is how it is now.")
    except TooManyMails:
        status = 429
        problem = _("So many links were made for this line today that no other is. Try again tomorrow.")
    else:
        if then is not None:
            return then()
        messages.success(request, told)
        return redirect("provisioning:line", public_id)
    return line_page(request, line, forms={name: form}, problem=problem, status=status)

"""What a site notes of renewals: of one, from its page; of several, from the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from deals.queries import colleagues_of
from identity.access import PrivilegeMissing, demand, requires
from identity.once import once
from identity.privileges import Privilege
from orders.quotes.actions.ground import DistributorUnknown, NotASeller, PartsUnknown, TooManyLines
from pricing.quoting import QuoteFlawed

from ..models import RenewalItem, RenewalWork
from ..quoting import CannotBeQuoted, quote_of, refusal
from ..worklist.item import item_page
from ..worklist.listing import ORDER
from ..worklist.views import list_page
from . import actions
from .forms import AssignForm, LoseForm, NoteForm, SnoozeForm

P = Privilege
Act = Callable[[RenewalItem, Form, dict[str, Any]], RenewalWork]

# ------------------------------------------------------------------------------------------------ one


@requires(P.RENEWAL_WORK)
@require_POST
@once
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the note anew."""
    return _done(
        request, public_id, "note", NoteForm(request.POST),
        lambda item, form, seen: actions.note_item(item, text=form.cleaned_data["note"], **seen),
        _("The note is kept."),
    )  # fmt: skip


@requires(P.RENEWAL_WORK)
@require_POST
@once
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give it to a colleague, or to nobody."""
    return _done(
        request, public_id, "assign", AssignForm(request.POST, colleagues=colleagues_of(request.actor)),
        lambda item, form, seen: actions.assign_item(item, to=form.cleaned_data["colleague"], **seen),
        _("It is assigned."),
    )  # fmt: skip


@requires(P.RENEWAL_WORK)
@require_POST
@once
def snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put it off until a day."""
    return _done(
        request, public_id, "snooze", SnoozeForm(request.POST),
        lambda item, form, seen: actions.snooze_item(item, until=form.cleaned_data["until"], **seen),
        _("It is put off until then, and back in the list on that day."),
    )  # fmt: skip


@requires(P.RENEWAL_WORK)
@require_POST
@once
def lose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark it as lost, with the reason."""
    return _done(
        request, public_id, "lose", LoseForm(request.POST),
        lambda item, form, seen: actions.lose_item(
            item, reason=form.cleaned_data["reason"], text=form.cleaned_data["text"], **seen
        ),
        _("It is marked as lost. You can bring it back at any time."),
    )  # fmt: skip


@requires(P.RENEWAL_WORK)
@require_POST
@once
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take up again what was put off or lost."""
    return _done(
        request, public_id, "back", Form(request.POST),
        lambda item, form, seen: actions.bring_back(item, **seen),
        _("It is back in the list."),
    )  # fmt: skip


def _done(request: HttpRequest, public_id: str, name: str, form: Form, act: Act, told: str) -> HttpResponse:
    """Do it, or show the page again with what stands against it; what was typed is kept."""
    item = get_object_or_404(RenewalItem.objects.select_related("part"), public_id=public_id)
    if not form.is_valid():
        return item_page(request, item, forms={name: form}, status=422)
    seen = {"by": request.actor, "now": timezone.now(), "version": _version(request.POST.get("version", ""))}
    try:
        act(item, form, seen)
    except actions.BadDay:
        form.add_error("until", _("Choose a day to come, within a year."))
        return item_page(request, item, forms={name: form}, status=422)
    except actions.ColleagueUnknown:
        form.add_error("colleague", _("This person does not work for your site any more."))
        return item_page(request, item, forms={name: form}, status=422)
    except actions.ItemSettled:
        problem = _("This renewal is over, so there is nothing left to do about it.")
        return item_page(request, item, forms={name: form}, problem=problem, status=409)
    except actions.WorkChanged:
        problem = _(
            "A colleague noted something meanwhile. It is shown now, and what you typed is still there:"
            " save it again to replace that."
        )
        return item_page(request, item, forms={name: form}, problem=problem, status=409)
    messages.success(request, told)
    return redirect("renewals:item", public_id)


def _version(text: str) -> int | None:
    """The version that the form was made from; nonsense is one that no note has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


# ------------------------------------------------------------------------------------------------ several


@requires(P.RENEWAL_VIEW)
@require_http_methods(["GET", "POST"])
@once
def together(request: HttpRequest) -> HttpResponse:
    """What is done with the renewals selected in the list: a quote of them, or a note of each."""
    query = request.GET.urlencode()
    here = f"{reverse('renewals:list')}?{query}" if query else reverse("renewals:list")
    if request.method != "POST":  # a page of the list that was shown again by this address
        return redirect(here)
    chosen = [_chosen(text) for text in request.POST.getlist("item")]
    selected = frozenset(each.public_id for each in chosen)
    what = TOGETHER.get(request.POST.get("what", ""))
    if what is None or not chosen:
        return list_page(request, problem=_("Select the renewals first."), status=422)
    try:
        return what(request, chosen, here)
    except CannotDo as problem:
        return list_page(request, problem=str(problem.reason), selected=selected, status=422)


class CannotDo(Exception):
    """It cannot be done with what was selected. `reason` is for whoever selected it."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _chosen(text: str) -> actions.Chosen:
    """A row's value: the item's public id, and the version of its note that was shown."""
    public_id, _colon, version = text.partition(":")
    return actions.Chosen(public_id[:12], _version(version))


def _quote(request: HttpRequest, chosen: list[actions.Chosen], here: str) -> HttpResponse:
    """A quote for the customer, to go on with on its own page."""
    if refused := refusal(request.actor):
        raise PrivilegeMissing(refused, P.QUOTE_MANAGE)
    if len(chosen) > actions.MOST:
        raise CannotDo(_too_many())
    found = RenewalItem.objects.filter(public_id__in=[each.public_id for each in chosen])
    items = list(found.select_related("customer", "part").order_by(*ORDER))
    if len(items) < len(chosen):
        raise CannotDo(_("One of the renewals that you selected is not there any more. Select them again."))
    try:
        quote = quote_of(items, by=request.actor, now=timezone.now())
    except CannotBeQuoted as error:
        raise CannotDo(str(error.reason)) from error
    except PartsUnknown as error:
        text = _("Parts that are not sold any more cannot be quoted: %(numbers)s.")
        raise CannotDo(text % {"numbers": ", ".join(error.numbers)}) from error
    except TooManyLines as error:
        raise CannotDo(_too_many()) from error
    except (QuoteFlawed, DistributorUnknown, NotASeller) as error:
        raise CannotDo(_("A quote cannot be made of these. Customer care can help.")) from error
    return redirect("quotes:quote", quote.public_id)


def _assign(request: HttpRequest, chosen: list[actions.Chosen], here: str) -> HttpResponse:
    _demand_work(request)
    try:
        outcomes = actions.assign_together(
            chosen, to=request.POST.get("colleague", "")[:12], by=request.actor, now=timezone.now()
        )
    except actions.ColleagueUnknown as error:
        raise CannotDo(_("This person does not work for your site any more.")) from error
    except actions.TooManyItems as error:
        raise CannotDo(_too_many()) from error
    return _told(request, outcomes, here)


def _snooze(request: HttpRequest, chosen: list[actions.Chosen], here: str) -> HttpResponse:
    _demand_work(request)
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
        outcomes = actions.snooze_together(chosen, until=until, by=request.actor, now=timezone.now())
    except (ValueError, actions.BadDay) as error:
        raise CannotDo(_("Choose a day to come, within a year.")) from error
    except actions.TooManyItems as error:
        raise CannotDo(_too_many()) from error
    return _told(request, outcomes, here)


def _back(request: HttpRequest, chosen: list[actions.Chosen], here: str) -> HttpResponse:
    _demand_work(request)
    try:
        outcomes = actions.bring_back_together(chosen, by=request.actor, now=timezone.now())
    except actions.TooManyItems as error:
        raise CannotDo(_too_many()) from error
    return _told(request, outcomes, here)


TOGETHER: dict[str, Callable[[HttpRequest, list[actions.Chosen], str], HttpResponse]] = {
    "quote": _quote,
    "assign": _assign,
    "snooze": _snooze,
    "back": _back,
}


def _demand_work(request: HttpRequest) -> None:
    demand(request.actor, P.RENEWAL_WORK)


def _too_many() -> str:
    text = ngettext("Select at most %(most)d renewal.", "Select at most %(most)d renewals.", actions.MOST)
    return text % {"most": actions.MOST}


def _told(request: HttpRequest, outcomes: list[actions.Outcome], here: str) -> HttpResponse:
    """Say of how many it was done, and which were left as they are and why."""
    done = sum(not outcome.left for outcome in outcomes)
    if done:
        text = ngettext("Done for %(count)s renewal.", "Done for %(count)s renewals.", done)
        messages.success(request, text % {"count": done})
    for left, why in actions.LEFT.items():
        items = [outcome for outcome in outcomes if outcome.left == left]
        if items:
            names = ", ".join(str(outcome.item or outcome.public_id) for outcome in items[:5])
            text = _("Left as it is: %(items)s. %(why)s")
            messages.warning(request, text % {"items": names, "why": why})
    return redirect(here)

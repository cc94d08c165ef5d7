"""Reports that are sent by themselves: one's own, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.actors import Actor
from identity.models import Membership
from identity.once import once
from identity.privileges import Privilege, partner_privileges

from . import schedules
from .exports import why_no_file
from .exports_views import FORMATS
from .files import SheetFull
from .listings import Listing
from .models import Every, Schedule, ScheduleStatus
from .schedules_forms import ScheduleForm
from .sources import BadFilter, ReportNotFound, address_of, listing_of

OWN = Privilege.INBOX_READ
TONES = {ScheduleStatus.ACTIVE: "good", ScheduleStatus.PAUSED: "neutral", ScheduleStatus.STOPPED: "warn"}


@requires(OWN)
@require_GET
@never_cache
def schedule_list(request: HttpRequest) -> HttpResponse:
    found = list(Schedule.objects.order_by("name", "id")[: schedules.MOST])
    names = dict(schedules.colleagues_of(request.actor).values_list("id", "name"))
    shown = [
        {
            "schedule": schedule,
            "title": _title(schedule),
            "address": _address(schedule),
            "when": in_words(schedule),
            "colleagues": [names[id_] for id_ in schedule.colleagues if id_ in names],
        }
        for schedule in found
    ]
    return render(request, "reports/schedules.html", {"shown": shown, "tones": TONES, "formats": FORMATS})


def in_words(schedule: Schedule) -> str:
    """When it is sent, in a sentence."""
    hour = f"{schedule.hour:02}:00"
    match schedule.every:
        case Every.WEEK:
            weekday = dict(ScheduleForm.base_fields["weekday"].choices)[schedule.weekday]  # type: ignore[attr-defined]
            return _("Every week: %(weekday)s at %(hour)s (%(zone)s)") % {
                "weekday": weekday,
                "hour": hour,
                "zone": schedule.time_zone,
            }
        case Every.MONTH:
            return _("Every month: on day %(day)s at %(hour)s (%(zone)s)") % {
                "day": schedule.day,
                "hour": hour,
                "zone": schedule.time_zone,
            }
    return _("Every day at %(hour)s (%(zone)s)") % {"hour": hour, "zone": schedule.time_zone}


@requires(OWN)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def add(request: HttpRequest) -> HttpResponse:
    """Have a report sent; which one, and narrowed how, its page says."""
    asked = request.POST if request.method == "POST" else request.GET
    listing = _listing(asked.get("source", ""))
    listing.demand(request.actor)
    start = {
        **{name: asked.get(name, "") for name in ("source", "level", "query")},
        "name": str(listing.label)[:80],
        "every": Every.WEEK,
        "hour": 8,
        "to_owner": True,
    }
    form = _form(request, listing, start)
    if request.method == "POST" and form.is_valid() and _done(request, form, None):
        return redirect("schedules:list")
    return _page(request, form, listing, schedule=None)


@requires(OWN)
@require_http_methods(["GET", "POST"])
@never_cache
@once
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    schedule = get_object_or_404(Schedule, public_id=public_id)
    listing = _listing(schedule.source)
    form = _form(request, listing, ScheduleForm.of(schedule))
    if request.method == "POST" and form.is_valid() and _done(request, form, schedule):
        return redirect("schedules:list")
    return _page(request, form, listing, schedule=schedule)


def _form(request: HttpRequest, listing: Listing, start: dict[str, Any]) -> ScheduleForm:
    data = request.POST if request.method == "POST" else None
    return ScheduleForm(data, initial=start, colleagues=colleagues_who_may(listing, request.actor))


def colleagues_who_may(listing: Listing, actor: Actor) -> list[Membership]:
    """The colleagues who may open a list or report."""
    return [
        member
        for member in schedules.colleagues_of(actor)
        if listing.open_to(
            Actor(
                kind=actor.kind,
                site_id=actor.site_id,
                privileges=partner_privileges(member.standing, member.tools, member.roles),
            )
        )
    ]


def _done(request: HttpRequest, form: ScheduleForm, schedule: Schedule | None) -> bool:
    """Store what was filled in; what stands against it is told at its field."""
    now, version = timezone.now(), form.cleaned_data["version"]
    try:
        if schedule is None:
            schedule = schedules.make_schedule(form.wanted, form.plan, by=request.actor, now=now)
        else:
            schedule = schedules.change_schedule(
                schedule, form.wanted, form.plan, version=version, by=request.actor, now=now
            )
    except ReportNotFound:
        raise Http404 from None
    except BadFilter:
        form.add_error(None, _("These filters ask for something that is not there."))
    except SheetFull as error:
        form.add_error("format", why_no_file(error))
    except schedules.TooManySchedules:
        text = _("You have %(most)d reports sent already. Delete one that nobody reads first.")
        form.add_error(None, text % {"most": schedules.MOST})
    except schedules.NotAColleague:
        form.add_error("colleagues", _("Somebody you chose does not work here any more."))
    except schedules.ScheduleChanged:
        form.add_error(None, _("This was changed meanwhile. Open it again to see how it is now."))
    else:
        messages.success(request, _("“%(name)s” is sent from now on.") % {"name": schedule.name})
        return True
    return False


def _page(
    request: HttpRequest, form: ScheduleForm, listing: Listing, *, schedule: Schedule | None
) -> HttpResponse:
    context = {
        "form": form,
        "listing": listing,
        "schedule": schedule,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "reports/schedule.html", context, status=422 if form.errors else 200)


@requires(OWN)
@require_POST
@once
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send it now, besides."""
    schedule = get_object_or_404(Schedule, public_id=public_id)
    try:
        number = schedules.send_now(schedule, by=request.actor, now=timezone.now())
    except (ReportNotFound, BadFilter):
        messages.error(request, _("What it is made of is not there any more."))
    else:
        text = ngettext("It is sent to %(num)s person now.", "It is sent to %(num)s people now.", number)
        messages.success(request, text % {"num": number})
    return redirect("schedules:list")


@requires(OWN)
@require_POST
@once
def pause(request: HttpRequest, public_id: str) -> HttpResponse:
    return _changed(request, public_id, schedules.pause_schedule, _("“%(name)s” is paused."))


@requires(OWN)
@require_POST
@once
def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    return _changed(request, public_id, schedules.resume_schedule, _("“%(name)s” goes on."))


@requires(OWN)
@require_POST
@once
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    return _changed(request, public_id, schedules.delete_schedule, _("“%(name)s” is deleted."))


def _changed(request: HttpRequest, public_id: str, deed: Callable[..., object], said: str) -> HttpResponse:
    schedule = get_object_or_404(Schedule, public_id=public_id)
    name = schedule.name
    try:
        deed(schedule, by=request.actor, now=timezone.now())
    except (ReportNotFound, BadFilter):
        messages.error(request, _("What it is made of is not there any more."))
    else:
        messages.success(request, said % {"name": name})
    return redirect("schedules:list")


def _listing(source: str) -> Listing:
    try:
        return listing_of(source)
    except ReportNotFound:
        raise Http404 from None


def _title(schedule: Schedule) -> str:
    try:
        return str(listing_of(schedule.source).label)
    except ReportNotFound:
        return schedule.source


def _address(schedule: Schedule) -> str | None:
    try:
        return address_of(schedule.source, schedule.query, schedule.level)
    except ReportNotFound:
        return None

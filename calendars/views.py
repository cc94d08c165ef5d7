"""The pages on which the vendor's people look after the working calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.actors import Actor
from identity.once import once
from identity.privileges import Privilege, Refusal, why_not

from . import actions, history, queries
from .forms import CalendarForm, HolidayForm, NewCalendarForm, PasteForm, RemoveForm, YearForm
from .models import Holiday, Weekday, WorkingCalendar

DEFAULT_STAYS = Refusal(
    gettext_lazy("This calendar is for all countries without one of their own."),
    gettext_lazy("It can be changed, but not removed."),
)


V = TypeVar("V", bound=Callable[..., HttpResponse])


def missing_is_404(view: V) -> V:
    """What somebody else removed while this was asked for is not found, like what never was there."""

    @wraps(view)
    def wrapped(request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            return view(request, public_id)
        except (WorkingCalendar.DoesNotExist, Holiday.DoesNotExist):
            raise Http404 from None

    return wrapped  # type: ignore[return-value]


@requires(Privilege.SETTING_VIEW)
@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    context = {"rows": queries.overview(timezone.now().date()), "weekdays": dict(Weekday.choices)}
    return render(request, "calendars/list.html", context)


@requires(Privilege.SETTING_VIEW)
@require_GET
def calendar_page(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, public_id=public_id)
    today = timezone.now().date()
    years = sorted({*queries.years_of(calendar), today.year, today.year + 1})
    year = _year(request, years, today)
    days = list(calendar.holidays.filter(on__year=year).order_by("on"))
    context = {
        "calendar": calendar,
        "weekdays": dict(Weekday.choices),
        "year": year,
        "years": years,
        "days": days,
        "today": today,
        "fixed": any(day.every_year for day in days),
        "removal": why_not_remove(request.actor, calendar),
        "events": history.told(queries.history_of(calendar)),
    }
    return render(request, "calendars/calendar.html", context)


def _year(request: HttpRequest, years: list[int], today: date) -> int:
    """The year asked for when it is one that is offered, else this one."""
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), today.year)


def why_not_remove(actor: Actor, calendar: WorkingCalendar) -> Refusal | None:
    return why_not(actor, Privilege.SETTING_EDIT) or (None if calendar.country else DEFAULT_STAYS)


def _page_of(calendar: WorkingCalendar, year: int | None = None) -> str:
    address = reverse("calendars:calendar", args=[calendar.public_id])
    return f"{address}?year={year}" if year else address


# -- the calendar


@requires(Privilege.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest) -> HttpResponse:
    form = NewCalendarForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given.pop("version")
        try:
            calendar = actions.add_calendar(**given, by=request.actor, now=timezone.now())
        except actions.CountryTaken:
            form.add_error("country", _("This country has a calendar already."))
        else:
            messages.success(request, _("The calendar was added. Now give it its holidays."))
            return redirect(_page_of(calendar))
    return _form_page(request, "calendars/form.html", form, {"calendar": None})


@requires(Privilege.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
@missing_is_404
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, public_id=public_id)
    if request.method != "POST":
        fields = ("version", "name", "time_zone", "weekend", "opens", "closes")
        form = CalendarForm(initial={name: getattr(calendar, name) for name in fields})
        return _form_page(request, "calendars/form.html", form, {"calendar": calendar})
    form = CalendarForm(request.POST)
    if form.is_valid():
        changes = form.cleaned_data
        version = changes.pop("version") or 0
        try:
            actions.change_calendar(public_id, changes, version=version, by=request.actor, now=timezone.now())
        except actions.CalendarChanged as stale:
            form = CalendarForm(_again(request, stale.now.version))
            return _form_page(request, "calendars/form.html", form, {"calendar": stale.now}, stale=stale.now)
        messages.success(request, _("The calendar was changed. Promises made from now on go by it."))
        return redirect(_page_of(calendar))
    return _form_page(request, "calendars/form.html", form, {"calendar": calendar})


@requires(Privilege.SETTING_EDIT)
@require_POST
@missing_is_404
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, public_id=public_id)
    form = RemoveForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        actions.remove_calendar(public_id, version=version, by=request.actor, now=timezone.now())
    except actions.CalendarChanged:
        messages.error(request, _("The calendar was changed meanwhile, and not removed. Look at it again."))
        return redirect(_page_of(calendar))
    except actions.DefaultStays:
        messages.error(request, str(DEFAULT_STAYS.reason))
        return redirect(_page_of(calendar))
    messages.success(
        request, _("The calendar was removed. The country goes by the one for all other countries now.")
    )
    return redirect("calendars:list")


# -- its days off


@requires(Privilege.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
@missing_is_404
def add_holiday(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, public_id=public_id)
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given.pop("version")
        try:
            day = actions.Day(**given)
            actions.add_holidays(public_id, [day], by=request.actor, now=timezone.now())
        except actions.DatesTaken:
            form.add_error("on", _("This date is a day off already."))
        else:
            messages.success(request, _("“%(name)s” was added.") % {"name": day.name})
            return redirect(_page_of(calendar, day.on.year))
    return _form_page(request, "calendars/holiday.html", form, {"calendar": calendar, "holiday": None})


@requires(Privilege.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
@missing_is_404
def change_holiday(request: HttpRequest, public_id: str) -> HttpResponse:
    holiday = get_object_or_404(Holiday.objects.select_related("calendar"), public_id=public_id)
    context = {"calendar": holiday.calendar, "holiday": holiday}
    if request.method != "POST":
        fields = ("version", "on", "name", "every_year")
        form = HolidayForm(initial={name: getattr(holiday, name) for name in fields})
        return _form_page(request, "calendars/holiday.html", form, context)
    form = HolidayForm(request.POST)
    if form.is_valid():
        changes = form.cleaned_data
        version = changes.pop("version") or 0
        try:
            changed = actions.change_holiday(
                public_id, changes, version=version, by=request.actor, now=timezone.now()
            )
        except actions.HolidayChanged as stale:
            form = HolidayForm(_again(request, stale.now.version))
            return _form_page(request, "calendars/holiday.html", form, context, stale=holiday.calendar)
        except actions.DatesTaken:
            form.add_error("on", _("This date is a day off already."))
        else:
            messages.success(request, _("“%(name)s” was changed.") % {"name": changed.name})
            return redirect(_page_of(holiday.calendar, changed.on.year))
    return _form_page(request, "calendars/holiday.html", form, context)


@requires(Privilege.SETTING_EDIT)
@require_POST
@missing_is_404
def remove_holiday(request: HttpRequest, public_id: str) -> HttpResponse:
    holiday = get_object_or_404(Holiday.objects.select_related("calendar"), public_id=public_id)
    form = RemoveForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        actions.remove_holiday(public_id, version=version, by=request.actor, now=timezone.now())
    except actions.HolidayChanged:
        messages.error(request, _("The day was changed meanwhile, and not removed. Look at it again."))
    else:
        messages.success(request, _("“%(name)s” is a business day again.") % {"name": holiday.name})
    return redirect(_page_of(holiday.calendar, holiday.on.year))


@requires(Privilege.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
@missing_is_404
def paste(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, public_id=public_id)
    taken = calendar.holidays.values_list("on", flat=True)
    form = PasteForm(request.POST, taken=taken) if request.method == "POST" else PasteForm()
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            actions.add_holidays(public_id, days, by=request.actor, now=timezone.now())
        except actions.DatesTaken:  # somebody was quicker
            form = PasteForm(request.POST, taken=calendar.holidays.values_list("on", flat=True))
        else:
            messages.success(
                request,
                ngettext("%(num)s day off was added.", "%(num)s days off were added.", len(days))
                % {"num": len(days)},
            )
            return redirect(_page_of(calendar, days[0].on.year))
    return _form_page(request, "calendars/paste.html", form, {"calendar": calendar})


@requires(Privilege.SETTING_EDIT)
@require_POST
@once
@missing_is_404
def copy_year(request: HttpRequest, public_id: str) -> HttpResponse:
    calendar = get_object_or_404(WorkingCalendar, public_id=public_id)
    form = YearForm(request.POST)
    if not form.is_valid():
        return redirect(_page_of(calendar))
    year = form.cleaned_data["year"]
    added = actions.copy_year(public_id, year, by=request.actor, now=timezone.now())
    if added:
        text = ngettext(
            "%(num)s day off was copied to %(year)s.", "%(num)s days off were copied to %(year)s.", len(added)
        )
        messages.success(request, text % {"num": len(added), "year": year + 1})
    else:
        text = _("There was nothing to copy: %(year)s has these days off already.")
        messages.info(request, text % {"year": year + 1})
    return redirect(_page_of(calendar, year + 1))


# -- pieces


def _again(request: HttpRequest, version: int) -> QueryDict:
    """What was sent, to be sent again on the newer version once its author has looked."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _form_page(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    context: dict[str, Any],
    *,
    stale: WorkingCalendar | None = None,
) -> HttpResponse:
    """A form as it is to be filled in: refused with what is wrong (422), or since somebody was quicker (409)."""
    changed = history.told(queries.history_of(stale, limit=3)) if stale else None
    status = 409 if stale else 422 if form.is_bound and form.errors else 200
    return render(request, template, context | {"form": form, "changed": changed}, status=status)

"""`/api/v1/calendars/` and `/api/v1/holidays/`: the working calendars, for the vendor's own programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.places import countries, time_zones
from identity.privileges import Privilege

from . import actions
from .forms import NAME, YEARS, valid_date
from .models import Holiday, Weekday, WorkingCalendar

VIEW, EDIT = Privilege.SETTING_VIEW, Privilege.SETTING_EDIT
DAYS = [day.name.lower() for day in Weekday]


class WeekendField(serializers.ListField):
    """Days of the week by their English names; kept as numbers."""

    child = serializers.ChoiceField([(day, day) for day in DAYS])

    def to_internal_value(self, data: Any) -> list[int]:
        given = sorted({DAYS.index(day) for day in super().to_internal_value(data)})
        if len(given) == len(DAYS):
            raise serializers.ValidationError(_("Leave at least one day to work on."))
        return given

    def to_representation(self, data: list[int]) -> list[str]:
        return [DAYS[day] for day in data]


@extend_schema_field({"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$", "example": "09:00"})
class HourField(serializers.TimeField):
    """A time by the wall's clock, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class CalendarOut(serializers.Serializer[WorkingCalendar]):
    id = serializers.CharField(source="public_id")
    country = serializers.CharField(help_text="ISO 3166-1; empty for the one of all other countries.")
    name = serializers.CharField(help_text="Where the country's name does not say enough.")
    time_zone = serializers.CharField()
    weekend = WeekendField(help_text="Days off every week.")
    opens = HourField()
    closes = HourField()


class CalendarChangeIn(Input):
    name = serializers.CharField(max_length=NAME, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False)
    weekend = WeekendField(required=False, help_text="Days off every week.")
    opens = HourField(required=False)
    closes = HourField(required=False, help_text="Later than `opens`.")

    def validate_time_zone(self, value: str) -> str:
        if value not in time_zones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return value


class CalendarIn(CalendarChangeIn):
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1.")
    time_zone = serializers.CharField(max_length=64)
    weekend = WeekendField(help_text="Days off every week.")

    def validate_country(self, value: str) -> str:
        if value not in countries():
            raise serializers.ValidationError(_("There is no such country."))
        return value


class HolidayOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    date = serializers.DateField(source="on")
    name = serializers.CharField()
    every_year = serializers.BooleanField(help_text="On this date every year: copied with the year.")


def _known_year(value: Any) -> None:
    try:
        valid_date(value)
    except ValidationError as error:
        raise serializers.ValidationError(error.messages) from None


class HolidayIn(Input):
    date = serializers.DateField(source="on", validators=[_known_year])
    name = serializers.CharField(max_length=NAME)
    every_year = serializers.BooleanField(default=False)


class HolidayChangeIn(Input):
    date = serializers.DateField(source="on", required=False, validators=[_known_year])
    name = serializers.CharField(max_length=NAME, required=False)
    every_year = serializers.BooleanField(required=False)


class HolidaysIn(Input):
    holidays = HolidayIn(many=True, allow_empty=False, max_length=actions.MOST_HOLIDAYS)  # type: ignore[call-arg]


class CopyYearIn(Input):
    year = serializers.IntegerField(
        min_value=YEARS[0], max_value=YEARS[-2], help_text="The year to copy from, to the next."
    )


class HolidayFilters(serializers.Serializer[Any]):
    year = serializers.IntegerField(required=False, min_value=YEARS[0], max_value=YEARS[-1])


ANSWERS: dict[type[Exception], Any] = {
    actions.CalendarChanged: CHANGED,
    actions.HolidayChanged: CHANGED,
    actions.CountryTaken: Conflict("country_taken", gettext_lazy("This country has a calendar already.")),
    actions.DefaultStays: Conflict(
        "default_stays", gettext_lazy("This calendar is for all countries without one of their own.")
    ),
    actions.DatesTaken: Conflict("date_taken", gettext_lazy("This date is a day off already.")),
}


class CalendarViewSet(ResourceViewSet):
    """When the vendor works: a calendar for each country that has one, and one for all the others."""

    privileges: ClassVar = {
        "list": VIEW, "retrieve": VIEW, "holidays": VIEW,
        "create": EDIT, "partial_update": EDIT, "destroy": EDIT, "add_holidays": EDIT, "copy_year": EDIT,
    }  # fmt: skip
    answers: ClassVar = ANSWERS
    ordering = ("country", "id")
    matched = ("destroy",)

    def _seen(self, public_id: str) -> WorkingCalendar:
        calendar: WorkingCalendar = self.found(WorkingCalendar.objects.all(), public_id)
        self.match(calendar)
        return calendar

    @extend_schema(summary="Working calendars", responses={200: CalendarOut(many=True)})
    def list(self, request: Request) -> Response:
        """By country; first the one of all countries without a calendar of their own."""
        return self.page_of(WorkingCalendar.objects.all(), CalendarOut)

    @extend_schema(summary="A working calendar", responses={200: CalendarOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(WorkingCalendar.objects.all(), public_id), CalendarOut)

    @extend_schema(summary="Add a country's calendar", request=CalendarIn, responses={201: CalendarOut})
    def create(self, request: Request) -> Response:
        given = _hours(self.valid(CalendarIn), WorkingCalendar())
        calendar = actions.add_calendar(**given, by=self.actor, now=self.now)
        return self.one(calendar, CalendarOut, status=201, at=("api-calendars-detail", calendar.public_id))

    @extend_schema(summary="Change days and hours", request=CalendarChangeIn, responses={200: CalendarOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        """Promises that were made stay as they are."""
        calendar = self._seen(public_id)
        changes = _hours(self.valid(CalendarChangeIn), calendar)
        changed = actions.change_calendar(
            public_id, changes, version=calendar.version, by=self.actor, now=self.now
        )
        return self.one(changed, CalendarOut)

    @extend_schema(summary="Remove a country's calendar", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        """With its holidays. The country goes by the calendar of all other countries then."""
        calendar = self._seen(public_id)
        actions.remove_calendar(public_id, version=calendar.version, by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(
        summary="A calendar's holidays", parameters=[HolidayFilters], responses={200: HolidayOut(many=True)}
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def holidays(self, request: Request, public_id: str) -> Response:
        """By date; of all years, or of one."""
        calendar = self.found(WorkingCalendar.objects.all(), public_id)
        days = calendar.holidays.order_by("on")
        if year := self.asked(HolidayFilters).get("year"):
            days = days.filter(on__year=year)
        return Response(HolidayOut(days, many=True).data)

    @extend_schema(summary="Add holidays", request=HolidaysIn, responses={201: HolidayOut(many=True)})
    @holidays.mapping.post
    def add_holidays(self, request: Request, public_id: str) -> Response:
        """All of them, or none. Mistakes are named by their place in the list."""
        self.found(WorkingCalendar.objects.all(), public_id)
        days = [actions.Day(**day) for day in self.valid(HolidaysIn)["holidays"]]
        added = actions.add_holidays(public_id, days, by=self.actor, now=self.now)
        return Response(HolidayOut(added, many=True).data, status=201)

    @extend_schema(
        summary="Copy a year's fixed dates to the next",
        request=CopyYearIn,
        responses={200: HolidayOut(many=True)},
    )
    @action(detail=True, methods=["post"], url_path="copy-year", url_name="copy-year", pagination_class=None)
    def copy_year(self, request: Request, public_id: str) -> Response:
        """Gives what was added: dates that are days off in the next year already are left as they are."""
        self.found(WorkingCalendar.objects.all(), public_id)
        added = actions.copy_year(public_id, **self.valid(CopyYearIn), by=self.actor, now=self.now)
        return Response(HolidayOut(added, many=True).data)


def _hours(given: dict[str, Any], calendar: WorkingCalendar) -> dict[str, Any]:
    """What was given, with hours that fit together. Raises ValidationError."""
    opens, closes = given.get("opens", calendar.opens), given.get("closes", calendar.closes)
    if opens >= closes:
        raise serializers.ValidationError({"closes": [_("Closing time comes after opening time.")]})
    return given | {"opens": opens, "closes": closes}


class HolidayViewSet(ResourceViewSet):
    """One day off of a calendar."""

    privileges: ClassVar = {"retrieve": VIEW, "partial_update": EDIT, "destroy": EDIT}
    answers: ClassVar = ANSWERS
    matched = ("destroy",)

    def _seen(self, public_id: str) -> Holiday:
        holiday: Holiday = self.found(Holiday.objects.all(), public_id)
        self.match(holiday)
        return holiday

    @extend_schema(summary="A day off", responses={200: HolidayOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(Holiday.objects.all(), public_id), HolidayOut)

    @extend_schema(summary="Change a day off", request=HolidayChangeIn, responses={200: HolidayOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        holiday = self._seen(public_id)
        changes = self.valid(HolidayChangeIn)
        changed = actions.change_holiday(
            public_id, changes, version=holiday.version, by=self.actor, now=self.now
        )
        return self.one(changed, HolidayOut)

    @extend_schema(summary="Remove a day off", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        """It is a business day again."""
        holiday = self._seen(public_id)
        actions.remove_holiday(public_id, version=holiday.version, by=self.actor, now=self.now)
        return Response(status=204)

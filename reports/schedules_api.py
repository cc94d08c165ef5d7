"""`/api/v1/schedules/`: reports that are sent by themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ANYONE, CHANGED, Conflict, Input, ResourceViewSet

from . import schedules
from .exports_api import FORMATS, PROBLEMS, checked, wanted_in
from .files import SheetFull
from .models import Every, Schedule, ScheduleStatus
from .schedules import Plan
from .sources import BadFilter, ReportNotFound

OWN = (
    *("source", "level", "query", "format", "name", "every", "weekday", "day", "hour", "attached"),
    *("to_owner", "colleagues"),
)


class ScheduleOut(serializers.Serializer[Schedule]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    level = serializers.CharField()
    query = serializers.CharField()
    format = serializers.ChoiceField(choices=FORMATS)
    every = serializers.ChoiceField(choices=Every.choices)
    weekday = serializers.IntegerField(help_text="Monday is 0.")
    day = serializers.IntegerField()
    hour = serializers.IntegerField()
    time_zone = serializers.CharField()
    attached = serializers.BooleanField()
    to_owner = serializers.BooleanField()
    colleagues = serializers.SerializerMethodField(
        method_name="members", help_text="Ids of members of your site."
    )
    status = serializers.ChoiceField(choices=ScheduleStatus.choices)
    problem = serializers.ChoiceField(choices=PROBLEMS, help_text="Why it stopped.")
    next_due_at = serializers.DateTimeField()
    last_sent_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def members(self, schedule: Schedule) -> list[str]:
        actor = self.context["request"]._request.actor
        found = schedules.colleagues_of(actor).filter(id__in=schedule.colleagues)
        return list(found.values_list("public_id", flat=True))


class ScheduleIn(Input):
    name = serializers.CharField(max_length=80)
    source = serializers.CharField(max_length=60, help_text="The key of a report, or `deals`.")  # type: ignore[assignment]
    level = serializers.ChoiceField(
        choices=["detail", "summary", "list"], help_text="Of a list (`deals`) it is `list`."
    )
    query = serializers.CharField(
        max_length=6000, allow_blank=True, default="", help_text="Filters, as in the page's address."
    )
    format = serializers.ChoiceField(choices=FORMATS)
    every = serializers.ChoiceField(choices=Every.choices)
    weekday = serializers.IntegerField(min_value=0, max_value=6, default=0, help_text="Monday is 0.")
    day = serializers.IntegerField(
        min_value=1, max_value=31, default=1, help_text="In a shorter month it is the last."
    )
    hour = serializers.IntegerField(min_value=0, max_value=23, help_text="On your clock.")
    attached = serializers.BooleanField(default=False)
    to_owner = serializers.BooleanField(default=True)
    colleagues = serializers.ListField(
        child=serializers.CharField(max_length=12),
        default=list,
        max_length=schedules.MOST_COLLEAGUES,
        help_text="Ids of members of your site.",
    )

    def validate_name(self, name: str) -> str:
        return " ".join(name.split())

    def validate_colleagues(self, ids: list[str]) -> list[int]:
        actor = self.context["request"]._request.actor
        found = schedules.colleagues_of(actor).filter(public_id__in=ids).values_list("id", flat=True)
        if len(found) != len(set(ids)):
            raise serializers.ValidationError(_("Somebody you chose does not work here any more."))
        return list(found)


class ScheduleViewSet(ResourceViewSet):
    """One's own schedules. Everybody is sent what they may see themselves."""

    privileges: ClassVar = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "destroy", "send", "pause", "resume"), ANYONE
    )
    ordering = ("name", "id")
    answers: ClassVar = {
        schedules.TooManySchedules: Conflict(
            "too_many_schedules", gettext_lazy("You have as many reports sent as one may.")
        ),
        schedules.ScheduleChanged: CHANGED,
        schedules.NoReader: Conflict("no_reader", gettext_lazy("Somebody must get it.")),
        schedules.NotAColleague: Conflict(
            "not_a_colleague", gettext_lazy("Somebody you chose does not work here any more.")
        ),
        SheetFull: Conflict(
            "sheet_full", gettext_lazy("A sheet of Excel has not room for so many rows. Take CSV or Parquet.")
        ),
        ReportNotFound: Conflict("source_gone", gettext_lazy("What it is made of is not there any more.")),
        BadFilter: Conflict("source_gone", gettext_lazy("What it is made of is not there any more.")),
    }

    @extend_schema(summary="Reports sent regularly", responses={200: ScheduleOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(Schedule.objects.all(), ScheduleOut)

    @extend_schema(summary="A report sent regularly", responses={200: ScheduleOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._found(public_id), ScheduleOut)

    @extend_schema(summary="Have a report sent regularly", request=ScheduleIn, responses={201: ScheduleOut})
    def create(self, request: Request) -> Response:
        given = self.valid(ScheduleIn)
        try:
            schedule = schedules.make_schedule(wanted_in(given), _plan(given), by=self.actor, now=self.now)
        except (ReportNotFound, BadFilter) as error:
            raise checked(error) from None
        return self.one(schedule, ScheduleOut, status=201, at=("api-schedules-detail", schedule.public_id))

    @extend_schema(
        summary="Change what is sent, when and to whom", request=ScheduleIn, responses={200: ScheduleOut}
    )
    def partial_update(self, request: Request, public_id: str) -> Response:
        schedule = self._found(public_id)
        self.match(schedule)
        body = ScheduleIn(data=request.data, partial=True, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = {name: getattr(schedule, name) for name in OWN} | body.validated_data
        try:
            schedule = schedules.change_schedule(
                schedule,
                wanted_in(given),
                _plan(given),
                version=schedule.version,
                by=self.actor,
                now=self.now,
            )
        except (ReportNotFound, BadFilter) as error:
            raise checked(error) from None
        return self.one(schedule, ScheduleOut)

    @extend_schema(summary="Send it no more", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        schedules.delete_schedule(self._found(public_id), by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(summary="Send it now, besides", request=None, responses={200: ScheduleOut})
    @action(detail=True, methods=["post"])
    def send(self, request: Request, public_id: str) -> Response:
        schedule = self._found(public_id)
        schedules.send_now(schedule, by=self.actor, now=self.now)
        return self.one(schedule, ScheduleOut)

    @extend_schema(summary="Pause it", request=None, responses={200: ScheduleOut})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, public_id: str) -> Response:
        schedule = schedules.pause_schedule(self._found(public_id), by=self.actor, now=self.now)
        return self.one(schedule, ScheduleOut)

    @extend_schema(summary="Let it go on", request=None, responses={200: ScheduleOut})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, public_id: str) -> Response:
        schedule = schedules.resume_schedule(self._found(public_id), by=self.actor, now=self.now)
        return self.one(schedule, ScheduleOut)

    def _found(self, public_id: str) -> Schedule:
        found: Schedule = self.found(Schedule.objects.all(), public_id)
        return found


def _plan(given: dict[str, Any]) -> Plan:
    return Plan(
        name=given["name"],
        every=given["every"],
        hour=given["hour"],
        weekday=given["weekday"],
        day=given["day"],
        attached=given["attached"],
        to_owner=given["to_owner"],
        colleagues=tuple(given["colleagues"]),
    )

"""`/api/v1/setup-lines/`: lines of orders that become services, until they are set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import EmptyIn
from identity.access import PrivilegeMissing
from identity.api import CHANGED, Conflict, Input, Refused, ResourceViewSet
from identity.privileges import Privilege

from ..activating.api import SetupProgressOut, told_of, try_again
from ..models import Family, LineStatus, Service, SetupLine
from . import actions, listing
from .possible import SEERS
from .words import next_of

P = Privilege
DOERS = (P.ORDER_PLACE, P.ORDER_DECIDE)


class SetupLineFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=200, help_text="Customer, order, part or contact.")
    status = serializers.ChoiceField(LineStatus.choices, required=False)
    order = serializers.CharField(required=False, max_length=24, help_text="The whole number of an order.")


class SetupLineNextOut(serializers.Serializer[Any]):
    """What happens by itself, in your language."""

    text = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class SetupLineOut(serializers.Serializer[SetupLine]):
    id = serializers.CharField(source="public_id")
    order_number = serializers.CharField()
    line_number = serializers.IntegerField()
    part_number = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    family = serializers.ChoiceField(Family.choices)
    services = serializers.ListField(child=serializers.ChoiceField(Service.choices))
    status = serializers.ChoiceField(LineStatus.choices)
    status_note = serializers.CharField()
    contact_email = serializers.CharField()
    contact_language = serializers.ChoiceField(settings.LANGUAGES)
    requested_start = serializers.DateField(source="requested_start_on")
    time_zone = serializers.CharField(help_text="The customer's; the mail goes out at 07:00 there.")
    mailed_at = serializers.DateTimeField(allow_null=True)
    begun_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    onboarded_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When both organisations were confirmed; contact and date stand since then.",
    )
    activated_at = serializers.DateTimeField(allow_null=True)
    organisation = serializers.CharField(source="organisation_name")
    customer_number = serializers.CharField()
    customer_name = serializers.CharField()
    customer_site = serializers.CharField(source="site_number")
    country = serializers.CharField(help_text="ISO 3166-1.")
    reseller_number = serializers.CharField()
    reseller_name = serializers.CharField()
    distributor_number = serializers.CharField()
    distributor_name = serializers.CharField()
    next = serializers.SerializerMethodField(help_text="What happens if nobody does anything.")
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    def get_next(self, line: SetupLine) -> SetupLineNextOut:
        known = getattr(line, "accepted", None)
        found = next_of(line, accepted=actions.is_accepted(line) if known is None else known)
        return SetupLineNextOut({"text": found.text, "at": found.at}).data  # type: ignore[return-value]


class SetupContactIn(Input):
    email = serializers.EmailField(max_length=254)
    language = serializers.ChoiceField(
        settings.LANGUAGES,
        required=False,
        default="",
        help_text="Of the mail; as it was when it is not given.",
    )
    all_lines = serializers.BooleanField(
        required=False, default=False, help_text="Also of the order's other lines that can still be changed."
    )


class SetupStartIn(Input):
    start_on = serializers.DateField(
        help_text="Today where the customer is, or a day within a year from then."
    )
    time_zone = serializers.CharField(
        max_length=64, required=False, default="", help_text="The customer's; as it was when it is not given."
    )


class SetupLineViewSet(ResourceViewSet):
    """What was ordered and becomes a service: those of orders that a site stands on; all for the vendor's people."""

    privileges: ClassVar = {
        "list": SEERS, "retrieve": SEERS, "contact": DOERS, "start": DOERS, "resend": DOERS, "reopen": DOERS,
        "called": P.ORDER_DECIDE,
        "progress": SEERS, "again": DOERS,
    }  # fmt: skip
    may_match = ("contact", "start", "resend", "reopen", "called")
    ordering = listing.ORDER
    answers: ClassVar = {
        actions.LineChanged: CHANGED,
        actions.TooManyMails: Refused(
            429,
            "too_many_mails",
            gettext_lazy("So many links were made for this line today that no other is."),
        ),
    }

    @extend_schema(
        summary="Lines to set up, the latest start date first",
        parameters=[SetupLineFilters],
        responses={200: SetupLineOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(SetupLineFilters)
        found = listing.narrowed(listing.with_acceptance(), listing.Wanted.of(asked))
        if status := asked.get("status"):
            found = found.filter(status=status)
        return self.page_of(found, SetupLineOut)

    @extend_schema(summary="A line to set up", responses={200: SetupLineOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(SetupLine.objects.all(), public_id), SetupLineOut)

    @extend_schema(summary="Name who sets it up", request=SetupContactIn, responses={200: SetupLineOut})
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, public_id: str) -> Response:
        """Where the link was mailed already, the new contact is mailed another one, and the former one ends."""
        return self._do(
            lambda line, **seen: actions.change_contact(line, **seen)[0], SetupContactIn, public_id
        )

    @extend_schema(summary="Choose another start date", request=SetupStartIn, responses={200: SetupLineOut})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, public_id: str) -> Response:
        return self._do(actions.change_start, SetupStartIn, public_id)

    @extend_schema(summary="Mail a new link", request=EmptyIn, responses={200: SetupLineOut})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, public_id: str) -> Response:
        """The former link ends. The day on which the line closes stays."""
        return self._do(actions.resend_link, EmptyIn, public_id)

    @extend_schema(summary="Open a closed line again", request=SetupStartIn, responses={200: SetupLineOut})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, public_id: str) -> Response:
        return self._do(actions.reopen_line, SetupStartIn, public_id)

    @extend_schema(summary="How far a line is", responses={200: SetupProgressOut})
    @action(detail=True, methods=["get"])
    def progress(self, request: Request, public_id: str) -> Response:
        """Who may see what was entered sees why something failed as well, and what to do."""
        line = self.found(SetupLine.objects.all(), public_id)
        return Response(SetupProgressOut(told_of(line, self.actor, now=self.now)).data)

    @extend_schema(summary="Try again what failed", request=EmptyIn, responses={200: SetupProgressOut})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, public_id: str) -> Response:
        """The same again. What has to be entered anew is entered by whoever has the link."""
        line = self.found(SetupLine.objects.all(), public_id)
        self.valid(EmptyIn)
        try_again(line, by=self.actor, now=self.now)
        return Response(SetupProgressOut(told_of(line, self.actor, now=self.now)).data)

    @extend_schema(
        summary="Note that the contact of a line was called", request=EmptyIn, responses={200: SetupLineOut}
    )
    @action(detail=True, methods=["post"])
    def called(self, request: Request, public_id: str) -> Response:
        return self._do(actions.note_called, EmptyIn, public_id)

    def _do(self, act: Callable[..., SetupLine], serializer: type[Input], public_id: str) -> Response:
        line = self.found(SetupLine.objects.all(), public_id)
        given = self.valid(serializer)
        version = None
        if "If-Match" in self.request.headers:
            self.match(line)
            version = line.version
        try:
            changed = act(line, **given, by=self.actor, now=self.now, version=version)
        except actions.BadStart as error:
            text = _("Choose a day from %(today)s on, within a year.") % {"today": error.today.isoformat()}
            raise serializers.ValidationError({"start_on": [text]}) from None
        except actions.UnknownTimeZone:
            raise serializers.ValidationError({"time_zone": [_("There is no such time zone.")]}) from None
        except actions.NotPossible as error:
            if error.of_person:
                raise PrivilegeMissing(error.refusal) from None
            raise Conflict("line_not_open", f"{error.refusal.reason} {error.refusal.who}") from None
        return self.one(changed, SetupLineOut)

"""`/api/v1/setup-lines/`: lines of orders that become services, until they are set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
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
from ..links import TooManyMails
from ..models import Family, LineStatus, Service, SetupLine
from ..wizard import setting_up
from ..wizard.addresses import TooManyAddresses
from ..wizard.api import (
    SetupAdministrator,
    SetUpIn,
    SetupOrganisationsOut,
    SetUpProblemsOut,
    invalid,
    told,
)
from ..wizard.onboarding import LineEnded
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
        "set_up": P.ORDER_PLACE, "organisations": P.ORDER_PLACE,
    }  # fmt: skip
    answers_besides: ClassVar = {"organisations": ("409",)}  # a line that is over has none to choose
    may_match = ("contact", "start", "resend", "reopen", "called", "set_up")
    ordering = listing.ORDER
    answers: ClassVar = {
        actions.LineChanged: CHANGED,
        TooManyMails: Refused(
            429,
            "too_many_mails",
            gettext_lazy("So many links were made for this line today that no other is."),
        ),
        TooManyAddresses: Refused(
            429,
            "too_many_addresses",
            gettext_lazy(
                "So many different addresses were tried for this line that no other is for an hour."
            ),
            wait=3600,
        ),
        LineEnded: Conflict(
            "line_not_open", gettext_lazy("The line was closed, cancelled or handed on meanwhile.")
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
        summary="Organisations that a line may be set up in",
        parameters=[SetupAdministrator],
        responses={200: SetupOrganisationsOut},
    )
    @action(detail=True, methods=["get"])
    def organisations(self, request: Request, public_id: str) -> Response:
        """Your company's own, and those of the customer that may be meant. A person belongs to one organisation.

        Of a line, at most ten different addresses are looked up in an hour, here, in the wizard and by `set_up`
        together.
        """
        line = self.found(SetupLine.objects.all(), public_id)
        email = self.asked(SetupAdministrator)["administrator_email"]
        try:
            partner, found = setting_up.organisations_for(line, email, by=self.actor, now=self.now)
        except setting_up.Wrong as wrong:
            raise invalid(wrong.flaws) from None
        except actions.NotPossible as error:
            raise _refused(error) from None
        shown = {"partner_organisation": partner, "organisations": found}
        return Response(SetupOrganisationsOut(shown).data)

    @extend_schema(
        summary="Set a line up",
        request=SetUpIn,
        responses={202: SetupProgressOut, 200: SetUpProblemsOut},
    )
    @action(detail=True, methods=["post"])
    def set_up(self, request: Request, public_id: str) -> Response:
        """What the wizard asks of a partner who sets up alone, at once: nothing is changed if any of it is wrong.

        It takes its time: `Location` tells how far it is. Billing starts once everything is set up. Asked for again
        while it is under way, the answer is the same; where it failed, what is sent now is tried. A link that was
        mailed before ends.

        With `validate_only`, nothing is changed, and 200 says what stands against it: by the portal's rules and, where
        they are kept, by what the vendor's system says. That addresses were looked up is counted all the same.
        """
        line = self.found(SetupLine.objects.all(), public_id)
        given = self.valid(SetUpIn)
        seen: dict[str, Any] = {"by": self.actor, "now": self.now, "version": self.seen(line)}
        try:
            if given["validate_only"]:
                problems = told(setting_up.problems(line, given, **seen))
                return Response(SetUpProblemsOut({"problems": problems}).data)
            setting_up.set_up(line, given, **seen)
        except setting_up.Wrong as wrong:
            raise invalid(wrong.flaws) from None
        except actions.NotPossible as error:
            raise _refused(error) from None
        line = SetupLine.objects.get(id=line.id)
        there = request.build_absolute_uri(reverse("api-setup-lines-progress", args=[line.public_id]))
        progress = SetupProgressOut(told_of(line, self.actor, now=self.now)).data
        return Response(progress, status=202, headers={"Location": there})

    @extend_schema(
        summary="Note that the contact of a line was called", request=EmptyIn, responses={200: SetupLineOut}
    )
    @action(detail=True, methods=["post"])
    def called(self, request: Request, public_id: str) -> Response:
        return self._do(actions.note_called, EmptyIn, public_id)

    def _do(self, act: Callable[..., SetupLine], serializer: type[Input], public_id: str) -> Response:
        line = self.found(SetupLine.objects.all(), public_id)
        given = self.valid(serializer)
        try:
            changed = act(line, **given, by=self.actor, now=self.now, version=self.seen(line))
        except actions.BadStart as error:
            text = _("Choose a day from %(today)s on, within a year.") % {"today": error.today.isoformat()}
            raise serializers.ValidationError({"start_on": [text]}) from None
        except actions.UnknownTimeZone:
            raise serializers.ValidationError({"time_zone": [_("There is no such time zone.")]}) from None
        except actions.NotPossible as error:
            raise _refused(error) from None
        return self.one(changed, SetupLineOut)


def _refused(error: actions.NotPossible) -> Exception:
    if error.of_person:
        return PrivilegeMissing(error.refusal)
    return Conflict("line_not_open", f"{error.refusal.reason} {error.refusal.who}")

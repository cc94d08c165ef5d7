"""`/api/v1/renewals/`: what can be renewed, and what a site notes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.filters import SeveralField
from deals.api.input import EmptyIn
from deals.api.output import decimals
from identity.api import Conflict, Input, Refused, ResourceViewSet
from identity.models import Programme
from identity.privileges import Privilege
from pricing.money import CURRENCIES

from .models import LostReason, RenewalItem, RenewalKind, RenewalStatus, RenewalWork
from .work import actions
from .worklist import listing
from .worklist.outlook import said_of

P = Privilege
CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]


# ------------------------------------------------------------------------------------------------ what it says


class RenewalCoverageOut(serializers.Serializer[Any]):
    start = serializers.DateField()
    end = serializers.DateField(help_text="Its last day.")


class RenewalWorkOut(serializers.Serializer[Any]):
    """What your site noted of it; nobody else sees that."""

    assigned = serializers.CharField(source="assigned_name", help_text="The colleague's name; empty: nobody.")
    note = serializers.CharField()
    snoozed_until = serializers.DateField(allow_null=True, help_text="The day on which it is back.")
    lost_reason = serializers.ChoiceField(LostReason.choices, allow_blank=True)
    lost_text = serializers.CharField()


class RenewalOut(serializers.Serializer[RenewalItem]):
    id = serializers.CharField(source="public_id")
    quote = serializers.CharField(source="quote_number", help_text="The vendor's renewal quote.")
    line = serializers.IntegerField(source="line_number")
    kind = serializers.ChoiceField(RenewalKind.choices)
    status = serializers.ChoiceField(RenewalStatus.choices)
    due_on = serializers.DateField(help_text="The last day on which it can be ordered at this price.")
    auto_renew = serializers.BooleanField()
    settled_on = serializers.DateField(
        allow_null=True, help_text="When it was over; null: it can be renewed."
    )
    part_number = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    ordered = serializers.IntegerField(help_text="How many of them were ordered in this portal.")
    current = serializers.SerializerMethodField()
    new = serializers.SerializerMethodField()
    months = serializers.IntegerField()
    currency = serializers.CharField()
    unit_price = serializers.SerializerMethodField()
    extended_price = serializers.SerializerMethodField()
    priced_on = serializers.DateField(
        source="new_start", help_text="The day whose prices count: that on which the new coverage starts."
    )
    customer_number = serializers.CharField()
    customer_name = serializers.CharField()
    site_number = serializers.CharField(help_text="The customer's site.")
    site_name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    agreement = serializers.CharField()
    programme = serializers.ChoiceField(Programme.choices, allow_blank=True)
    anniversary_on = serializers.DateField(allow_null=True)
    price_level = serializers.CharField()
    reseller_number = serializers.CharField()
    reseller_name = serializers.CharField()
    distributor_number = serializers.CharField()
    distributor_name = serializers.CharField()
    if_not_renewed = serializers.SerializerMethodField(
        help_text="What happens if nobody does anything, in your language; empty once it is over."
    )
    work = serializers.SerializerMethodField()

    def get_unit_price(self, item: RenewalItem) -> str:
        return decimals(item.unit_price, item.currency) or ""

    def get_extended_price(self, item: RenewalItem) -> str:
        return decimals(item.extended, item.currency) or ""

    @staticmethod
    def _coverage(start: Any, end: Any) -> dict[str, Any]:
        return dict(RenewalCoverageOut({"start": start, "end": end}).data)

    @extend_schema_field(RenewalCoverageOut)
    def get_current(self, item: RenewalItem) -> dict[str, Any]:
        return self._coverage(item.current_start, item.current_end)

    @extend_schema_field(RenewalCoverageOut)
    def get_new(self, item: RenewalItem) -> dict[str, Any]:
        return self._coverage(item.new_start, item.new_end)

    def get_if_not_renewed(self, item: RenewalItem) -> str:
        if item.settled_on is not None:
            return ""
        return said_of(item.kind, item.current_end, timezone.localdate(), auto_renew=item.auto_renew).text

    @extend_schema_field(RenewalWorkOut(allow_null=True))
    def get_work(self, item: RenewalItem) -> dict[str, Any] | None:
        staff = self.context["view"].actor.is_staff
        return None if staff else dict(RenewalWorkOut(item).data)


# ------------------------------------------------------------------------------------------------ what comes in


class RenewalFilters(serializers.Serializer[Any]):
    show = serializers.ChoiceField(
        [(view.name, view.label) for view in listing.VIEWS.values()],
        default="180",
        help_text="By days from today: `180` and all that is overdue, `week` (7 days), `month`, `overdue`, `0-30` …;"
        " `snoozed`, `lost`; `all` that can still be renewed.",
    )
    q = serializers.CharField(
        required=False, max_length=200, help_text="An agreement, site, quote or customer."
    )
    agreement = serializers.CharField(required=False, max_length=12, help_text="How it begins.")
    site = serializers.CharField(
        required=False, max_length=200, help_text="The customer's site: its number, or how its name begins."
    )
    quote = serializers.CharField(required=False, max_length=24, help_text="How its number begins.")
    customer = serializers.CharField(required=False, max_length=200, help_text="A number or a name.")
    kind = SeveralField(RenewalKind.choices)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, required=False)
    auto_renew = serializers.BooleanField(required=False, default=None, allow_null=True)
    assigned = serializers.CharField(
        required=False, max_length=12, help_text="`me`, `nobody`, or a colleague's id from `/members/`."
    )
    partner = serializers.RegexField(
        r"^\d{7}$", required=False, help_text="For the vendor: a partner's site number."
    )
    due_from = serializers.DateField(required=False)
    due_to = serializers.DateField(required=False)


def wanted_by(given: dict[str, Any]) -> listing.Wanted:
    """The checked query as the list knows it."""
    same = {name: given[name] for name in listing.Wanted.__slots__ if name in given}
    auto = {True: "yes", False: "no", None: ""}[given.get("auto_renew")]
    return listing.Wanted(
        **same, text=given.get("q", ""), kinds=tuple(sorted(given.get("kind", ()))), auto=auto
    )


class RenewalNoteIn(Input):
    note = serializers.CharField(max_length=2000, allow_blank=True)


class RenewalAssignIn(Input):
    to = serializers.CharField(
        max_length=12,
        allow_blank=True,
        help_text="`me`, a colleague's id from `/members/`, or empty: nobody.",
    )


class RenewalSnoozeIn(Input):
    until = serializers.DateField(help_text="The day on which it is back; within a year.")


class RenewalLoseIn(Input):
    reason = serializers.ChoiceField(LostReason.choices)
    text = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True, help_text="Needed for `other`."
    )


# ------------------------------------------------------------------------------------------------ the resource


class RenewalViewSet(ResourceViewSet):
    """What can still be renewed, in the order in which it is due."""

    privileges: ClassVar = {
        "list": P.RENEWAL_VIEW,
        "retrieve": P.RENEWAL_VIEW,
        **dict.fromkeys(("note", "assign", "snooze", "lose", "bring_back"), P.RENEWAL_WORK),
    }
    ordering = listing.ORDER
    may_match = ("note", "assign", "snooze", "lose", "bring_back")
    answers: ClassVar = {
        actions.ItemSettled: Conflict("renewal_over", _("This renewal is over.")),
        actions.WorkChanged: Refused(412, "changed_meanwhile", _("A colleague noted something meanwhile.")),
        actions.BadDay: Refused(400, "bad_day", _("Choose a day to come, within a year.")),
        actions.ColleagueUnknown: Refused(
            400, "colleague_unknown", _("No colleague of this id works for your site.")
        ),
        actions.ReasonMissing: Refused(400, "reason_missing", _("Say what the other reason is.")),
    }

    @extend_schema(
        summary="List what can be renewed",
        parameters=[RenewalFilters],
        responses={200: RenewalOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """What your site is the reseller or the distributor of; for the vendor's people, everything."""
        asked = self.asked(RenewalFilters)
        view = listing.view_named(asked["show"], self.actor)
        found = listing.items_in(view, self.actor, today=timezone.localdate())
        return self.page_of(listing.narrowed(found, wanted_by(asked), self.actor), RenewalOut)

    @extend_schema(summary="One renewal", responses={200: RenewalOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        """Also when it is over."""
        return self.one(self._item(public_id), RenewalOut)

    @extend_schema(summary="Note something of a renewal", request=RenewalNoteIn, responses={200: RenewalOut})
    @action(detail=True, methods=["post"])
    def note(self, request: Request, public_id: str) -> Response:
        """The note is your site's; what is sent replaces it."""
        return self._do(
            public_id,
            RenewalNoteIn,
            lambda item, given, seen: actions.note_item(item, text=given["note"], **seen),
        )

    @extend_schema(
        summary="Assign a renewal to a colleague", request=RenewalAssignIn, responses={200: RenewalOut}
    )
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, public_id: str) -> Response:
        """The colleague is told."""
        return self._do(
            public_id,
            RenewalAssignIn,
            lambda item, given, seen: actions.assign_item(item, to=given["to"], **seen),
        )

    @extend_schema(summary="Put a renewal off", request=RenewalSnoozeIn, responses={200: RenewalOut})
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, public_id: str) -> Response:
        """It leaves the list until then, and nobody is reminded of it."""
        return self._do(
            public_id,
            RenewalSnoozeIn,
            lambda item, given, seen: actions.snooze_item(item, until=given["until"], **seen),
        )

    @extend_schema(summary="Mark a renewal as lost", request=RenewalLoseIn, responses={200: RenewalOut})
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, public_id: str) -> Response:
        """The customer will not renew. It can be brought back as long as the renewal is open."""
        return self._do(
            public_id,
            RenewalLoseIn,
            lambda item, given, seen: actions.lose_item(
                item, reason=given["reason"], text=given["text"], **seen
            ),
        )

    @extend_schema(summary="Take a renewal up again", request=EmptyIn, responses={200: RenewalOut})
    @action(detail=True, methods=["post"], url_path="bring-back", url_name="bring-back")
    def bring_back(self, request: Request, public_id: str) -> Response:
        """What was put off or lost is in the list again."""
        return self._do(public_id, EmptyIn, lambda item, given, seen: actions.bring_back(item, **seen))

    def _item(self, public_id: str) -> RenewalItem:
        """An item with what the site noted of it; its version tells of both."""
        item = self.found(listing.noted(self.actor.is_staff), public_id)
        item.version = f"{item.version}.{item.work_version}"
        return item

    def _do(
        self,
        public_id: str,
        serializer: type[Input],
        act: Callable[[RenewalItem, dict[str, Any], dict[str, Any]], RenewalWork],
    ) -> Response:
        """With If-Match, only what the caller has seen is changed."""
        item = self._item(public_id)
        given = self.valid(serializer)
        version = None
        if "If-Match" in self.request.headers:
            self.match(item)
            version = item.work_version  # type: ignore[attr-defined]
        act(item, given, {"by": self.actor, "now": self.now, "version": version})
        return self.one(self._item(public_id), RenewalOut)

"""The resource itself: it translates in, makes one call, and translates out."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from identity.access import PrivilegeMissing
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.places import countries
from identity.privileges import Privilege, why_not
from orders.quotes.api.input import EmptyIn

from ...leads.actions import NotPossible as LeadNotPossible
from ...leads.becoming import became
from ...models import Referral
from ...states import Direction, SalesStage, Sharing, Status, Substatus
from ...told.api import ReferralToldFilters, ReferralToldOut
from ...told.looking import default_event, who_is_mailed
from .. import actions, listing, possible
from ..content import DealContent, content_of
from ..queries import Place, places_in
from .input import (
    ReferralAcceptIn,
    ReferralChangeIn,
    ReferralFavouriteIn,
    ReferralIn,
    ReferralInviteIn,
    ReferralReasonIn,
    ReferralStageIn,
    ReferralUpgradeIn,
    content_from,
    document_of,
    lead_of,
    location_of,
    team_from,
)
from .output import ReferralInvitationOut, ReferralOut
from .patching import JSONPatchParser, ReferralPatchOperationIn, patched

P = Privilege
#: What the list is narrowed by, and where it is looked for.
COLUMN_OF = {
    "engagement": "engagement", "status": "status", "substatus": "substatus", "direction": "direction",
    "sharing": "sharing", "stage": "stage", "country": "country", "location": "location__public_id",
    "customer": "customer__public_id", "close_from": "close_on__gte", "close_to": "close_on__lte",
}  # fmt: skip
DEEDS = ("accept", "decline", "win", "lose", "stage", "upgrade")


class ReferralFilters(serializers.Serializer[Any]):
    engagement = serializers.CharField(required=False, max_length=12)
    status = serializers.ChoiceField(Status.choices, required=False)
    substatus = serializers.ChoiceField(Substatus.choices, required=False)
    direction = serializers.ChoiceField(Direction.choices, required=False)
    sharing = serializers.ChoiceField(Sharing.choices, required=False)
    stage = serializers.ChoiceField(SalesStage.choices, required=False)
    location = serializers.CharField(required=False, max_length=12, help_text="Its id in `locations`.")
    customer = serializers.CharField(required=False, max_length=12, help_text="Its id in `customers`.")
    country = serializers.CharField(required=False, max_length=2, help_text="ISO 3166-1, two capitals.")
    close_from = serializers.DateField(required=False, help_text="The first expected close date.")
    close_to = serializers.DateField(required=False, help_text="The last one.")
    favourites = serializers.BooleanField(required=False, help_text="Only those that you marked.")
    q = serializers.CharField(required=False, max_length=200, help_text="Name, customer, CRM id or campaign.")

    def validate_country(self, country: str) -> str:
        if country not in countries():
            raise serializers.ValidationError(_("There is no country of this code."))
        return country


class ReferralViewSet(ResourceViewSet):
    """Co-sell deals: those of your locations, or on whose team you are; those that are shared, for the vendor's people.

    A closed deal (won, lost, declined, expired) is never changed.
    """

    privileges: ClassVar = {
        "list": P.REFERRAL_VIEW, "retrieve": P.REFERRAL_VIEW, "create": P.REFERRAL_MANAGE,
        "partial_update": P.REFERRAL_WORK, **dict.fromkeys(DEEDS, P.REFERRAL_WORK), "invite": P.REFERRAL_WORK,
        "recreate": P.REFERRAL_MANAGE, "favourite": P.REFERRAL_VIEW,
        "told": P.REFERRAL_WORK,
    }  # fmt: skip
    may_match = DEEDS
    ordering = ("-id",)
    answers: ClassVar = {actions.DealChanged: CHANGED}

    def get_parsers(self) -> list[BaseParser]:
        """A change may come as JSON Patch as well."""
        found = super().get_parsers()
        asked = getattr(self, "request", None)
        if getattr(self, "action", None) == "partial_update" or (asked and asked.method == "PATCH"):
            found.append(JSONPatchParser())
        return found

    @extend_schema(
        summary="Co-sell deals, the newest first",
        parameters=[ReferralFilters],
        responses={200: ReferralOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(ReferralFilters)
        show = listing.FAVOURITES.name if asked.get("favourites") else listing.ALL.name
        found = self._shown(show=show, q=asked.get("q", ""))
        for name, column in COLUMN_OF.items():
            if value := asked.get(name):
                found = found.filter(**{column: value})
        return self.page_of(found, ReferralOut)

    @extend_schema(summary="A co-sell deal", responses={200: ReferralOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._found(public_id), ReferralOut)

    @extend_schema(
        summary="Who would be mailed, and why",
        parameters=[ReferralToldFilters],
        responses={200: ReferralToldOut(many=True)},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def told(self, request: Request, public_id: str) -> Response:
        """Everybody who comes into question for news about a deal, those who are mailed first."""
        deal = self.found(Referral.objects.all(), public_id)
        event = self.asked(ReferralToldFilters).get("event") or default_event(deal)
        return Response(ReferralToldOut(who_is_mailed(deal, event), many=True).data)

    @extend_schema(summary="Make a deal", request=ReferralIn, responses={201: ReferralOut})
    def create(self, request: Request) -> Response:
        """It is active at once. Where it is `cosell`, the vendor is asked, and has 14 days to answer."""
        self._demand_partner()
        given = self.valid(ReferralIn)
        content = content_from(given, location=location_of(given["location"]), sharing=given["sharing"])
        made = self._told(lambda: self._make(content, given["lead"]))
        return self._answer(made, status=201)

    @transaction.atomic
    def _make(self, content: DealContent, lead_id: str | None) -> Referral:
        """The deal, and where it comes of a lead (its id) that the lead became it."""
        lead = lead_of(lead_id) if lead_id else None
        made = actions.make_deal(content, by=self.actor, now=self.now)
        try:
            became(lead, made, by=self.actor, now=self.now)
        except LeadNotPossible as error:
            raise actions.NotPossible(error.refusal) from None
        return made

    @extend_schema(
        summary="Change a deal",
        request={
            "application/json": ReferralChangeIn(partial=True),
            "application/json-patch+json": ReferralPatchOperationIn(many=True),
        },
        responses={200: ReferralOut},
    )
    def partial_update(self, request: Request, public_id: str) -> Response:
        """As JSON, what is given is changed, `team` and `solutions` as a whole. As JSON Patch (`add`, `replace`),
        one person or one solution can be added or changed.
        """
        self._demand_partner()
        deal = self.found(Referral.objects.all(), public_id)
        self.match(deal)
        before = content_of(deal)
        given = self._checked(self._document(document_of(before)))
        content = content_from(given, location=before.location, sharing=before.sharing, had=before.team)
        return self._do(actions.edit_deal, deal, content)

    @extend_schema(summary="Accept an inbound deal", request=ReferralAcceptIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, public_id: str) -> Response:
        """`team` and `crm_id` can be given later as well, by changing the deal."""

        def take_on(deal: Referral, *, team: builtins.list[dict[str, Any]], **given: Any) -> Referral:
            return actions.accept(deal, team=team_from(team, deal.site_id), **given)

        return self._deed(take_on, ReferralAcceptIn, public_id)

    @extend_schema(summary="Decline an inbound deal", request=ReferralReasonIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, public_id: str) -> Response:
        """For good; what was declined by accident can be made anew (`recreate`)."""
        return self._deed(actions.decline, ReferralReasonIn, public_id)

    @extend_schema(summary="Close a deal as won", request=EmptyIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def win(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.win, EmptyIn, public_id)

    @extend_schema(summary="Close a deal as lost", request=ReferralReasonIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, public_id: str) -> Response:
        return self._deed(actions.lose, ReferralReasonIn, public_id)

    @extend_schema(summary="Say how far the sale is", request=ReferralStageIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def stage(self, request: Request, public_id: str) -> Response:
        """`won` comes with winning the deal alone."""
        return self._deed(actions.set_stage, ReferralStageIn, public_id)

    @extend_schema(summary="Share a deal further", request=ReferralUpgradeIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def upgrade(self, request: Request, public_id: str) -> Response:
        """From private to partner-led to co-sell, and never back. The vendor has 14 days to answer from then on."""

        def share(deal: Referral, *, sharing: str, **asked: Any) -> Referral:
            return actions.upgrade(deal, sharing, **asked)

        return self._deed(share, ReferralUpgradeIn, public_id)

    @extend_schema(summary="Make a declined deal anew", request=EmptyIn, responses={201: ReferralOut})
    @action(detail=True, methods=["post"])
    def recreate(self, request: Request, public_id: str) -> Response:
        """A new engagement with the same content; the vendor is asked again. Once for each deal."""
        self._demand_partner()
        deal = self.found(Referral.objects.all(), public_id)
        self.valid(EmptyIn)
        made = self._told(lambda: actions.recreate(deal, by=self.actor, now=self.now))
        return self._answer(made, status=201)

    @extend_schema(
        summary="Invite another partner", request=ReferralInviteIn, responses={201: ReferralInvitationOut}
    )
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, public_id: str) -> Response:
        """It gets a deal of its own, of which you learn the state, and nothing else."""
        self._demand_partner()
        deal = self.found(Referral.objects.all(), public_id)
        given = self.valid(ReferralInviteIn)
        place = _place(given.pop("profile"), given.pop("location"))
        made = self._told(
            lambda: actions.invite_partner(
                deal, site=place.site, location=place.location, **given, by=self.actor, now=self.now
            )
        )
        return Response(ReferralInvitationOut(made).data, status=201)

    @extend_schema(summary="Mark a deal, or not", request=ReferralFavouriteIn, responses={200: ReferralOut})
    @action(detail=True, methods=["post"])
    def favourite(self, request: Request, public_id: str) -> Response:
        """Your own mark; nobody else sees it."""
        self._demand_partner(P.REFERRAL_VIEW)
        deal = self.found(Referral.objects.all(), public_id)
        given = self.valid(ReferralFavouriteIn)
        self._told(lambda: actions.mark(deal, given["on"], by=self.actor))
        return self._answer(deal)

    # ---------------------------------------------------------------------------------------- the ground

    def _demand_partner(self, privilege: Privilege = P.REFERRAL_WORK) -> None:
        """The vendor's people read here; what they do is on their own side."""
        if not self.actor.is_partner:
            raise PrivilegeMissing(why_not(self.actor, privilege) or possible.PARTNERS_OWN)

    def _shown(self, **params: str) -> listing.Referrals:
        """The deals of a list with these parameters, with everything that is said of one: in five queries."""
        if self.actor.is_partner:
            found = listing.rows(params, self.actor).prefetch_related("invitations")
        else:  # the vendor's people mark none
            found = listing.deals_shown(params | {"show": listing.ALL.name}, self.actor)
            found = found.none() if params.get("show") == listing.FAVOURITES.name else found
        joined = found.select_related("location", "customer", "vendor_side__seller")
        return joined.prefetch_related("team", "solutions__solution", "solutions__referral")

    def _found(self, public_id: str) -> Referral:
        return self.found(self._shown(), public_id)

    def _answer(self, deal: Referral, *, status: int = 200) -> Response:
        at = ("api-referrals-detail", deal.public_id) if status == 201 else None
        return self.one(self._found(deal.public_id), ReferralOut, status=status, at=at)

    def _deed(self, act: Callable[..., Referral], serializer: type[Input], public_id: str) -> Response:
        self._demand_partner()
        deal = self.found(Referral.objects.all(), public_id)
        given = self.valid(serializer)
        if "If-Match" in self.request.headers:
            self.match(deal)
        return self._do(act, deal, **given)

    def _do(self, act: Callable[..., Referral], deal: Referral, *args: Any, **given: Any) -> Response:
        seen = deal.version if "If-Match" in self.request.headers else None
        changed = self._told(lambda: act(deal, *args, **given, version=seen, by=self.actor, now=self.now))
        return self._answer(changed)

    def _told(self, deed: Callable[[], Any]) -> Any:
        """What the deed gives; what it refuses in the API's words."""
        try:
            return deed()
        except actions.BadContent as bad:
            raise serializers.ValidationError(bad.errors) from None
        except actions.NotPossible as error:
            raise _refused(error) from None

    def _document(self, before: dict[str, Any]) -> dict[str, Any]:
        """The whole body that a change amounts to."""
        body = self.request.data
        if isinstance(body, list):
            return patched(before, body)
        if not isinstance(body, dict):
            raise serializers.ValidationError({"non_field_errors": [_("Send an object, or a JSON Patch.")]})
        return before | body

    def _checked(self, document: dict[str, Any]) -> dict[str, Any]:
        found = ReferralChangeIn(data=document, context=self.get_serializer_context())
        found.is_valid(raise_exception=True)
        return found.validated_data


def _place(profile: str, name: str) -> Place:
    """The location that is meant; without a name, the only one. Raises ValidationError."""
    places = places_in(profile)
    if not places:
        raise serializers.ValidationError({"profile": [_("There is no public business profile of this id.")]})
    fitting = [place for place in places if not name or place.location.name == name]
    if len(fitting) != 1:
        raise serializers.ValidationError(
            {"location": [_("Give the name of one of the profile's locations.")]}
        )
    return fitting[0]


def _refused(error: actions.NotPossible) -> Exception:
    if error.of_person:
        return PrivilegeMissing(error.refusal)
    code = "deal_closed" if isinstance(error, actions.DealClosed) else "not_possible"
    said = {"reason": str(error.refusal.reason), "who": str(error.refusal.who)}
    return Conflict(code, f"{said['reason']} {said['who']}", details=said)

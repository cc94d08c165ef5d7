"""`/api/v1/subscriptions/`: what customers have and try, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from orders.quotes.api.input import EmptyIn

from ..models import Organisation, Service, Subscription, SubscriptionStatus
from . import changing, listing, trials
from .output import SubscriptionOut
from .possible import CHANGERS, SEERS, demand_changing


class SubscriptionFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(SubscriptionStatus.choices, required=False)
    q = serializers.CharField(
        required=False, max_length=200, help_text="A customer, an organisation, a part or a number."
    )
    service = serializers.ChoiceField(Service.choices, required=False)
    ends = serializers.ChoiceField(
        [(str(days), str(days)) for days in listing.ENDS],
        required=False,
        help_text="What is to be renewed or ends within so many days, the first to end first.",
    )
    customer = serializers.CharField(required=False, max_length=12, help_text="Its id in the directory.")
    organisation = serializers.CharField(required=False, max_length=12, help_text="Its id.")


class SubscriptionDeleteIn(Input):
    number = serializers.CharField(
        max_length=24, help_text="The subscription's own, so that nothing is deleted by mistake."
    )


class TrialIn(Input):
    organisation = serializers.CharField(max_length=12, help_text="Its id in `organisations`.")
    part_number = serializers.CharField(max_length=7)
    quantity = serializers.IntegerField(default=1, min_value=1, max_value=trials.MOST)


DEEDS: dict[str, Callable[..., Subscription]] = {
    "suspend": changing.suspend_subscription,
    "resume": changing.resume_subscription,
    "cancel": changing.cancel_subscription,
    "restore": changing.restore_subscription,
    "extend": trials.extend_trial,
    "delete": changing.delete_subscription,
}


class SubscriptionViewSet(ResourceViewSet):
    """Subscriptions: those that a site stands on as reseller or distributor; all of them for the vendor's people."""

    privileges: ClassVar = {
        "list": SEERS, "retrieve": SEERS, "create": CHANGERS, "suspend": CHANGERS, "resume": CHANGERS,
        "cancel": CHANGERS, "restore": CHANGERS, "extend": CHANGERS, "remove": CHANGERS,
    }  # fmt: skip
    may_match = ("suspend", "resume", "cancel", "restore", "extend", "remove")
    ordering: ClassVar[tuple[str, ...]] = listing.NEWEST
    answers: ClassVar = {
        changing.SubscriptionNotOpen: Conflict(
            "subscription_not_open",
            gettext_lazy("The subscription is in a state in which this cannot be done (any more)."),
        ),
        changing.SubscriptionChanged: CHANGED,
        changing.NotAdministered: Conflict(
            "not_administered",
            gettext_lazy(
                "The customer administers this organisation alone, so that your site changes nothing in it."
            ),
        ),
        changing.WindowOver: Conflict(
            "restore_window_over",
            gettext_lazy("The time in which this subscription could be restored is over."),
        ),
        trials.NothingGained: Conflict(
            "nothing_gained",
            gettext_lazy("The trial was begun or extended today, so that extending it now changes nothing."),
        ),
        trials.HadAlready: Conflict(
            "had_already", gettext_lazy("The organisation has or tries this already.")
        ),
        trials.NotACustomer: Conflict(
            "not_a_customer",
            gettext_lazy(
                "Your site has no relationship with this customer any more. Customer care can help."
            ),
        ),
        trials.NotThereYet: Conflict(
            "organisation_not_ready", gettext_lazy("This organisation is still being set up.")
        ),
    }

    @cached_property
    def organisations(self) -> dict[int, str]:
        """Public ids of the organisations of what is shown, as far as the reader sees them. One query."""
        found = Organisation.objects.filter(id__in={one.organisation_id for one in self.shown})
        return dict(found.values_list("id", "public_id"))

    shown: Iterable[Subscription] = ()

    @extend_schema(
        summary="Subscriptions and trials, the newest first",
        parameters=[SubscriptionFilters],
        responses={200: SubscriptionOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(SubscriptionFilters)
        wanted = listing.Wanted.of(asked)
        found = listing.narrowed(Subscription.objects.all(), wanted, today=timezone.localdate())
        if status := asked.get("status"):
            found = found.filter(status=status)
        self.ordering = wanted.order
        self.shown = self.paginate_queryset(found) or []
        context = self.get_serializer_context()
        return self.get_paginated_response(SubscriptionOut(self.shown, many=True, context=context).data)

    @extend_schema(summary="A subscription or a trial", responses={200: SubscriptionOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self._answer(self.found(Subscription.objects.all(), public_id))

    @extend_schema(summary="Begin a trial", request=TrialIn, responses={201: SubscriptionOut})
    def create(self, request: Request) -> Response:
        """In an organisation that the site administers, for 30 days unless the vendor says otherwise."""
        demand_changing(self.actor)
        given = self.valid(TrialIn)
        organisation = Organisation.objects.filter(public_id=given["organisation"]).first()
        if organisation is None:
            message = _("Your site administers no organisation with this id.")
            raise serializers.ValidationError({"organisation": [message]})
        setup = trials.parts_to_try().filter(part__number=given["part_number"].upper()).first()
        if setup is None:
            message = _(
                "There is no such part, it is no longer sold, or nothing is set up when it is ordered."
            )
            raise serializers.ValidationError({"part_number": [message]})
        trial = trials.begin_trial(
            organisation, setup.part, quantity=given["quantity"], by=self.actor, now=self.now
        )
        return self._answer(trial, status=201)

    @extend_schema(summary="Suspend what is active", request=EmptyIn, responses={200: SubscriptionOut})
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, public_id: str) -> Response:
        return self._do("suspend", public_id)

    @extend_schema(summary="Resume what is suspended", request=EmptyIn, responses={200: SubscriptionOut})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, public_id: str) -> Response:
        return self._do("resume", public_id)

    @extend_schema(summary="Cancel a subscription", request=EmptyIn, responses={200: SubscriptionOut})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: str) -> Response:
        """Until `restore_until` it can be restored; then it is deleted by itself."""
        return self._do("cancel", public_id)

    @extend_schema(summary="Restore what was cancelled", request=EmptyIn, responses={200: SubscriptionOut})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, public_id: str) -> Response:
        return self._do("restore", public_id)

    @extend_schema(summary="Extend a trial", request=EmptyIn, responses={200: SubscriptionOut})
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, public_id: str) -> Response:
        """For 30 days from today, and not on top of what is left."""
        return self._do("extend", public_id)

    @extend_schema(
        summary="Delete what was cancelled, or a trial, for good",
        request=SubscriptionDeleteIn,
        responses={200: SubscriptionOut},
    )
    @action(detail=True, methods=["post"], url_path="delete", url_name="delete")
    def remove(self, request: Request, public_id: str) -> Response:
        """With everything in it. Nobody can bring it back."""
        try:
            return self._do("delete", public_id, SubscriptionDeleteIn)
        except changing.NotConfirmed:
            raise serializers.ValidationError(
                {"number": [_("This is not the number of this subscription.")]}
            ) from None

    def _do(self, name: str, public_id: str, serializer: type[Input] = EmptyIn) -> Response:
        subscription = self.found(Subscription.objects.all(), public_id)
        given = self.valid(serializer)
        demand_changing(self.actor)
        return self._answer(
            DEEDS[name](subscription, **given, by=self.actor, now=self.now, version=self.seen(subscription))
        )

    def _answer(self, subscription: Subscription, *, status: int = 200) -> Response:
        self.shown = [subscription]
        at = ("api-subscriptions-detail", subscription.public_id) if status == 201 else None
        return self.one(subscription, SubscriptionOut, status=status, at=at)

"""What the API says of who would be mailed about a deal; the resource is the deal's (cosell/referrals/api).

And `/api/v1/cosell-address/`, the one address for all co-sell mail of a partner.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.access import PrivilegeMissing
from identity.api import CHANGED, Input, ResourceViewSet

from ..models import CosellAddress
from .address import LOOKERS, AddressChanged, NotYours, keep_address, own_address
from .looking import EVENTS
from .recipients import Dropped, Group


class ReferralToldFilters(serializers.Serializer[Any]):
    event = serializers.ChoiceField(
        EVENTS, required=False, help_text="What happens; what is likely to happen next when it is not given."
    )


class ReferralToldOut(serializers.Serializer[Any]):
    """Somebody who comes into question. `rule` is the one by which they do, `dropped` why they are not mailed."""

    name = serializers.CharField()
    email = serializers.CharField()
    mailed = serializers.BooleanField()
    rule = serializers.ChoiceField([group.value for group in Group])
    dropped = serializers.ChoiceField([reason.value for reason in Dropped], allow_blank=True)
    why = serializers.CharField(help_text="In a sentence, in your language.")
    language = serializers.CharField(help_text="Of the mail; its name.")


class CosellAddressOut(serializers.Serializer[CosellAddress]):
    email = serializers.CharField(help_text="Empty: each mail goes to those whom the deal concerns.")
    language = serializers.ChoiceField(settings.LANGUAGES, help_text="Of the mail.")
    set_by = serializers.CharField(source="set_by_name")
    set_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Raised by every change, 0 before the first; also the ETag.")


class CosellAddressIn(Input):
    email = serializers.EmailField(max_length=254, allow_blank=True, help_text="Empty for none.")
    language = serializers.ChoiceField(
        settings.LANGUAGES, required=False, help_text="As it is, if not given."
    )


class CosellAddressViewSet(ResourceViewSet):
    """Where all co-sell mail of your company goes, if it is to go to one address."""

    privileges: ClassVar = {"current": LOOKERS, "change": LOOKERS}
    answers: ClassVar = {AddressChanged: CHANGED}

    @extend_schema(summary="The one address for all co-sell mail", responses={200: CosellAddressOut})
    @action(detail=False, methods=["get"], pagination_class=None)
    def current(self, request: Request) -> Response:
        return self.one(self._address(), CosellAddressOut)

    @extend_schema(
        summary="Change the one address", request=CosellAddressIn, responses={200: CosellAddressOut}
    )
    @current.mapping.patch
    def change(self, request: Request) -> Response:
        """Who reads mail there is told so. It takes a referrals or account administrator of the whole company."""
        now_kept = self._address()
        self.match(now_kept)
        given = {"language": now_kept.language} | self.valid(CosellAddressIn)
        try:
            kept = keep_address(**given, version=now_kept.version, by=self.actor, now=self.now)
        except NotYours as error:
            raise PrivilegeMissing(error.refusal) from None
        return self.one(kept, CosellAddressOut)

    def _address(self) -> CosellAddress:
        """What is kept; where nothing ever was, a row like that, which is not stored."""
        return own_address(self.actor) or CosellAddress(language=settings.LANGUAGE_CODE, version=0)

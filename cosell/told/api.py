"""What the API says of who would be mailed about a deal; the resource is the deal's (cosell/referrals/api)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

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

"""What the addresses of a site's people share: fields, and the answers to what an action refuses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from identity.api import CHANGED, Conflict, Refused
from identity.models import Site
from identity.privileges import Standing

from .. import actions
from ..forms import site_number

LOWER_STANDINGS = [(each.value, each.label) for each in (Standing.SECONDARY, Standing.MEMBER)]
Answers = dict[type[Exception], Refused]

TOO_MANY = Refused(429, "too_many_today", _("That is as many people as one can add in a day."), wait=60 * 60)
ANSWERS: Answers = {
    actions.MemberChanged: CHANGED,
    actions.TooManyToday: TOO_MANY,
    actions.AlreadyMember: Conflict("already_member", _("Whoever has this address has access already.")),
    actions.RequestClosed: Conflict("request_closed", _("This request was decided or withdrawn meanwhile.")),
    actions.NumberUnknown: Conflict("site_unknown", _("Say first which site is meant.")),
    actions.InvitationEnded: Conflict(
        "invitation_ended", _("This invitation was used or taken back meanwhile.")
    ),
}


def several(choices: Any, **extra: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.ChoiceField(choices.choices), **extra)


class SiteNumberField(serializers.CharField):
    """A site number in any spelling; its value is the seven digits."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return site_number(super().to_internal_value(data))
        except forms.ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


class SiteRefOut(serializers.Serializer[Site]):
    number = serializers.CharField(help_text="7 digits, as text.")
    name = serializers.CharField()

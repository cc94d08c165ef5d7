"""Setting a line up by a program: part of `/api/v1/setup-lines/`. What is wrong with it, the wizard's own forms say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from identity.api import Input

from .setting_up import Flaw


class NewOrganisationIn(Input):
    """An organisation that is to be made."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=400)
    country = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="ISO 3166-1, of two letters."
    )
    address = serializers.CharField(required=False, allow_blank=True, max_length=1_000)


class NewPartnerOrganisationIn(NewOrganisationIn):
    """Your company's organisation, which is made with the first line that it sets up."""

    administrator_email = serializers.CharField(
        required=False, allow_blank=True, max_length=400, help_text="Is mailed how to set its password."
    )


class SetUpCallingIn(Input):
    country = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="Of the data centre, for good."
    )
    address = serializers.CharField(
        required=False, allow_blank=True, max_length=1_000, help_text="Of the first location."
    )
    time_zone = serializers.CharField(required=False, allow_blank=True, max_length=64)
    languages = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        max_length=50,
        help_text="Of announcements and mails.",
    )
    sip = serializers.CharField(
        required=False, allow_blank=True, max_length=400, help_text="The SIP subdomain."
    )


class SetUpMeetingsIn(Input):
    site = serializers.CharField(
        required=False, allow_blank=True, max_length=400, help_text="The name of the meeting site."
    )
    time_zone = serializers.CharField(required=False, allow_blank=True, max_length=64)
    transfer_code = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Only when a site that exists moves here."
    )


class SetUpSubdomainIn(Input):
    subdomain = serializers.CharField(required=False, allow_blank=True, max_length=400)


class SetUpServicesIn(Input):
    """Of what was bought. Where setting up failed, what is left out stays as it was asked for."""

    calling = SetUpCallingIn(required=False)
    meetings = SetUpMeetingsIn(required=False)
    organisation = SetUpSubdomainIn(
        required=False, help_text="Not needed where the organisation has a subdomain."
    )


class SetUpIn(Input):
    """Organisations are given until they are confirmed: each either by its id, or as a new one."""

    partner_organisation = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=12,
        help_text="The id of your company's own, which you have reviewed.",
    )
    new_partner_organisation = NewPartnerOrganisationIn(required=False)
    administrator_email = serializers.CharField(
        required=False, allow_blank=True, max_length=400, help_text="Of the customer's administrator."
    )
    organisation = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=12,
        help_text="The id of the customer's, one of those that may be meant.",
    )
    new_organisation = NewOrganisationIn(required=False)
    services = SetUpServicesIn(required=False)
    agreed = serializers.BooleanField(
        required=False,
        default=False,
        help_text="That billing starts for everything bought once it is set up.",
    )
    validate_only = serializers.BooleanField(
        required=False, default=False, help_text="Only say what stands against it. `agreed` is not needed."
    )


class SetUpProblemOut(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="The path of what was sent, with dots; empty: the whole.")
    service = serializers.CharField(help_text="Where the vendor's system says so of a service.")
    code = serializers.CharField(help_text="For programs. New codes may be added.")
    message = serializers.CharField(help_text="In your language.")


class SetUpProblemsOut(serializers.Serializer[Any]):
    """What stands against it; empty: nothing that is known now."""

    problems = SetUpProblemOut(many=True)


class OwnOrganisationOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    address = serializers.CharField()
    domain = serializers.CharField(help_text="Of its people's e-mail addresses.")
    administrator_email = serializers.CharField()
    created_at = serializers.DateTimeField()


class PossibleOrganisationOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    created_at = serializers.DateTimeField()
    subscriptions = serializers.IntegerField(help_text="How many are active.")
    of_administrator = serializers.BooleanField(
        source="by_address", help_text="The administrator has it already, so that it is this one."
    )


class SetupOrganisationsOut(serializers.Serializer[Any]):
    partner_organisation = OwnOrganisationOut(
        allow_null=True, help_text="Your company's own, to review; null before the first was set up."
    )
    organisations = PossibleOrganisationOut(many=True)


class SetupAdministrator(serializers.Serializer[Any]):
    administrator_email = serializers.CharField(max_length=400, help_text="Of the customer's administrator.")


def invalid(flaws: Iterable[Flaw]) -> serializers.ValidationError:
    """The API's error of fields: `details` has them as they are nested in what was sent."""
    details: dict[str, Any] = {}
    for flaw in flaws:
        *above, last = (flaw.field or "non_field_errors").split(".")
        place = details
        for name in above:
            inner = place.setdefault(name, {})
            if not isinstance(inner, dict):  # the whole of it is wrong: what is in it does not matter
                break
            place = inner
        else:
            found = place.setdefault(last, [])
            if isinstance(found, list):
                found.append(flaw.message)
    return serializers.ValidationError(details)


def told(flaws: Iterable[Flaw]) -> list[dict[str, str]]:
    """The same as a list, for whoever only asked."""
    return [
        {
            "field": flaw.field,
            "service": flaw.service,
            "code": flaw.code,
            "message": flaw.message,
        }
        for flaw in flaws
    ]

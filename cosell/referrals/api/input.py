"""What the API is given of deals, and the content that it means.

The rules of a deal are problems_of's: here is only what keeps something from becoming a content at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.models import Customer
from deals.api.input import AmountField
from deals.api.output import decimals
from identity.api import Input
from identity.models import Membership, MembershipStatus
from pricing.money import CURRENCIES

from ...models import Lead, Location, Solution
from ...states import CompanySize, HelpType, PartnerReason, SalesStage, Sharing
from ..content import MOST_SOLUTIONS, MOST_TEAMMATES, UNKNOWN, DealContent, Teammate, Wanted

TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "default": ""}
CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]


class ReferralTeammateIn(Input):
    first_name = serializers.CharField(max_length=60)
    last_name = serializers.CharField(max_length=60)
    email = serializers.EmailField(
        max_length=254, help_text="Where it is one of your company's users, they see the deal."
    )
    phone = serializers.CharField(max_length=40)
    job_title = serializers.CharField(max_length=120, **TEXT)
    notify = serializers.BooleanField(default=True)


TEAMMATE = ("first_name", "last_name", "email", "phone", "job_title", "notify")


class ReferralSolutionIn(Input):
    id = serializers.CharField(max_length=12)
    quantity = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    price = AmountField(required=False, allow_null=True, default=None, min_value=Decimal(0))


class ReferralChangeIn(Input):
    """What can be changed while a deal is active. The location never is, the deal type by `upgrade`."""

    name = serializers.CharField(max_length=120)
    customer = serializers.CharField(
        max_length=12, required=False, allow_null=True, default=None, help_text="Its id in `customers`."
    )
    customer_name = serializers.CharField(max_length=200)
    customer_size = serializers.ChoiceField(CompanySize.choices, **TEXT)
    address_line1 = serializers.CharField(max_length=200)
    address_line2 = serializers.CharField(max_length=200, **TEXT)
    city = serializers.CharField(max_length=120)
    state = serializers.CharField(max_length=120, **TEXT)
    postal_code = serializers.CharField(max_length=20, **TEXT)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1.")
    duns = serializers.CharField(max_length=9, **TEXT)
    contact_first_name = serializers.CharField(max_length=60, **TEXT)
    contact_last_name = serializers.CharField(max_length=60, **TEXT)
    contact_title = serializers.CharField(max_length=120, **TEXT)
    contact_phone = serializers.CharField(max_length=40, **TEXT)
    contact_email = serializers.EmailField(max_length=254, **TEXT)
    value = AmountField(help_text="With at most the decimals of its currency.")
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    close_on = serializers.DateField()
    stage = serializers.ChoiceField(SalesStage.choices, default=SalesStage.QUALIFIED)
    crm_id = serializers.CharField(max_length=60, **TEXT)
    campaign_id = serializers.CharField(max_length=60, **TEXT)
    notes = serializers.CharField(max_length=4000, **TEXT)
    help_type = serializers.ChoiceField(HelpType.choices, **TEXT)
    vendor_notes = serializers.CharField(max_length=2000, **TEXT)
    consent_share = serializers.BooleanField(default=False)
    consent_contact = serializers.BooleanField(default=False)
    consent_sellers = serializers.BooleanField(default=False)
    team = ReferralTeammateIn(many=True, max_length=MOST_TEAMMATES)  # type: ignore[call-arg]
    solutions = ReferralSolutionIn(many=True, max_length=MOST_SOLUTIONS)  # type: ignore[call-arg]


class ReferralIn(ReferralChangeIn):
    location = serializers.CharField(max_length=12, help_text="The id of one of your company's locations.")
    sharing = serializers.ChoiceField(Sharing.choices)
    lead = serializers.CharField(
        max_length=12, required=False, allow_null=True, default=None,
        help_text="The id of the accepted lead that becomes this deal.",
    )  # fmt: skip


class ReferralAcceptIn(Input):
    """Who works on it, and its number in your own system, if that is known already."""

    team = ReferralTeammateIn(many=True, required=False, default=list, max_length=MOST_TEAMMATES)  # type: ignore[call-arg]
    crm_id = serializers.CharField(max_length=60, **TEXT)


class ReferralReasonIn(Input):
    reason = serializers.ChoiceField(PartnerReason.choices)
    text = serializers.CharField(max_length=1000, **TEXT)


class ReferralStageIn(Input):
    stage = serializers.ChoiceField(SalesStage.choices)


class ReferralUpgradeIn(Input):
    """How far to share it, and what is asked for then; what is not given stays as it is."""

    sharing = serializers.ChoiceField(Sharing.choices)
    help_type = serializers.ChoiceField(HelpType.choices, required=False)
    vendor_notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    contact_first_name = serializers.CharField(max_length=60, required=False)
    contact_last_name = serializers.CharField(max_length=60, required=False)
    contact_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=40, required=False)
    contact_email = serializers.EmailField(max_length=254, required=False)
    consent_share = serializers.BooleanField(required=False)
    consent_contact = serializers.BooleanField(required=False)
    consent_sellers = serializers.BooleanField(required=False)


class ReferralInviteIn(Input):
    profile = serializers.CharField(
        max_length=12, help_text="The id of the other partner's public business profile."
    )
    location = serializers.CharField(
        max_length=120,
        help_text="The name of one of its locations there; not needed where it is one.",
        **TEXT,
    )
    help_type = serializers.ChoiceField(HelpType.choices)
    notes = serializers.CharField(max_length=2000, **TEXT)


class ReferralFavouriteIn(Input):
    on = serializers.BooleanField()


# ------------------------------------------------------------------------------------------------ what it means


def content_from(
    given: dict[str, Any], *, location: Location, sharing: str, had: Iterable[Teammate] = ()
) -> DealContent:
    """The content that a checked body means. Raises ValidationError for what there is not.

    Ids of the customer and of solutions are looked up among what the caller sees. `had`: the team until now.
    """
    said = {name: value for name, value in given.items() if name not in ("location", "sharing", "lead")}
    said["value"] = in_minor_units("value", given["value"], given["currency"])
    said["customer"] = _customer(given["customer"])
    said["team"] = team_from(given["team"], location.site_id, had)
    said["solutions"] = _solutions(given["solutions"], given["currency"])
    return DealContent(**said, location=location, sharing=sharing)


def in_minor_units(field: str, value: Decimal, currency: str) -> int:
    scaled = value.scaleb(get_currency_precision(currency))
    if scaled != scaled.to_integral_value():
        raise serializers.ValidationError({field: [_("This currency has fewer decimals.")]})
    return int(scaled)


def location_of(public_id: str) -> Location:
    found = Location.objects.filter(public_id=public_id).first()
    if found is None:
        raise serializers.ValidationError({"location": [_("Your company has no such location.")]})
    return found


def lead_of(public_id: str) -> Lead:
    """One of the caller's own. Raises ValidationError."""
    found = Lead.objects.filter(public_id=public_id).first()
    if found is None:
        raise serializers.ValidationError({"lead": [UNKNOWN]})
    return found


def _customer(public_id: str | None) -> Customer | None:
    if not public_id:
        return None
    found = Customer.objects.filter(public_id=public_id).first()
    if found is None:
        raise serializers.ValidationError({"customer": [_("There is no such customer in the directory.")]})
    return found


def team_from(
    given: list[dict[str, Any]], site_id: int, had: Iterable[Teammate] = ()
) -> tuple[Teammate, ...]:
    """Those whose address is one of a user of the company's are that user; one sees one's own elsewhere, too. Whoever
    is on the team already (`had`) stays who they are, also with an address that their profile does not have.
    """
    users = Membership.objects.filter(site_id=site_id, status=MembershipStatus.ACTIVE) if given else []
    known = {member.email.casefold(): member for member in users}
    known |= {mate.email.casefold(): mate.membership for mate in had if mate.membership}
    return tuple(Teammate(**each, membership=known.get(each["email"].casefold())) for each in given)


def _solutions(given: list[dict[str, Any]], currency: str) -> tuple[Wanted, ...]:
    ids = [each["id"] for each in given]
    known = {found.public_id: found for found in Solution.objects.filter(public_id__in=ids)}
    wanted = []
    for number, each in enumerate(given):
        if each["id"] not in known:
            field = f"solutions.{number}.id"
            raise serializers.ValidationError({field: [_("Your company has no such solution.")]})
        field, price = f"solutions.{number}.price", each["price"]
        amount = None if price is None else in_minor_units(field, price, currency)
        wanted.append(Wanted(known[each["id"]], each["quantity"], amount))
    return tuple(wanted)


def document_of(content: DealContent) -> dict[str, Any]:
    """A deal as the body that would leave it as it is: what a patch is laid over."""
    document = {
        name: value
        for name, value in content.columns.items()
        if name not in ("location", "sharing", "customer")
    }
    return document | {
        "customer": content.customer.public_id if content.customer else None,
        "value": decimals(content.value, content.currency),
        "close_on": content.close_on.isoformat() if content.close_on else None,
        "team": [{name: getattr(mate, name) for name in TEAMMATE} for mate in content.team],
        "solutions": [
            {
                "id": wanted.solution.public_id,
                "quantity": wanted.quantity,
                "price": decimals(wanted.price, content.currency),
            }
            for wanted in content.solutions
        ],
    }

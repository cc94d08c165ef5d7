"""What the API says of deals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deals.api.output import decimals

from ...models import Invitation, Referral, ReferralSolution, Seller, TeamMember, VendorReferral
from ...states import (
    CompanySize,
    Direction,
    HelpType,
    Origin,
    PartnerReason,
    SalesStage,
    Sharing,
    Status,
    Substatus,
    VendorReason,
)


class ReferralLocationOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class ReferralTeammateOut(serializers.Serializer[TeamMember]):
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    job_title = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    notify = serializers.BooleanField(help_text="Is mailed about the deal.")
    is_user = serializers.SerializerMethodField(help_text="One of the partner's users in this portal.")

    def get_is_user(self, member: TeamMember) -> bool:
        return member.membership_id is not None


class ReferralSolutionOut(serializers.Serializer[ReferralSolution]):
    id = serializers.CharField(source="solution.public_id")
    name = serializers.CharField(help_text="As it was when it was chosen.")
    quantity = serializers.IntegerField(allow_null=True)
    price = serializers.SerializerMethodField(help_text="Of all of them, in the deal's currency.")

    def get_price(self, row: ReferralSolution) -> str | None:
        return decimals(row.price, row.referral.currency)


class ReferralSellerOut(serializers.Serializer[Seller]):
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class ReferralVendorOut(serializers.Serializer[VendorReferral]):
    """The vendor's side of the deal."""

    id = serializers.CharField(source="public_id")
    status = serializers.ChoiceField(Status.choices)
    substatus = serializers.ChoiceField(Substatus.choices)
    reason = serializers.ChoiceField(
        VendorReason.choices,
        allow_blank=True,
        help_text="Why it declined; empty where it did not answer, and for deals below USD 25,000.",
    )
    expires_at = serializers.DateTimeField(allow_null=True, help_text="It answers until then.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    seller = serializers.SerializerMethodField(help_text="Once it has accepted.")

    @extend_schema_field(ReferralSellerOut(allow_null=True))
    def get_seller(self, side: VendorReferral) -> Any:
        seller = getattr(side, "seller", None)
        return ReferralSellerOut(seller).data if seller else None


class ReferralInvitationOut(serializers.Serializer[Invitation]):
    """Another partner that was invited, and the state of its deal: nothing else of that is shown."""

    partner = serializers.CharField(source="invited_name")
    help_type = serializers.ChoiceField(HelpType.choices)
    notes = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    substatus = serializers.ChoiceField(Substatus.choices)
    invited_by = serializers.CharField(source="invited_by_name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ReferralOut(serializers.Serializer[Referral]):
    id = serializers.CharField(source="public_id")
    engagement = serializers.CharField(help_text="Shared by all deals that belong together.")
    site_number = serializers.CharField()
    site_name = serializers.CharField()
    location = serializers.SerializerMethodField()
    direction = serializers.ChoiceField(Direction.choices, help_text="As the partner sees it.")
    origin = serializers.ChoiceField(Origin.choices)
    inviter = serializers.SerializerMethodField(help_text="The partner that invited this one.")
    invited_for = serializers.SerializerMethodField(help_text="The help it asks for.")
    invited_with = serializers.SerializerMethodField(help_text="What it wrote.")
    sharing = serializers.ChoiceField(Sharing.choices)
    status = serializers.ChoiceField(Status.choices)
    substatus = serializers.ChoiceField(Substatus.choices)
    stage = serializers.ChoiceField(SalesStage.choices)
    name = serializers.CharField()
    customer = serializers.SerializerMethodField(help_text="Its id in the directory, where it is in it.")
    customer_name = serializers.CharField()
    customer_size = serializers.ChoiceField(CompanySize.choices, allow_blank=True)
    address_line1 = serializers.CharField()
    address_line2 = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    duns = serializers.CharField()
    contact_first_name = serializers.CharField()
    contact_last_name = serializers.CharField()
    contact_title = serializers.CharField()
    contact_phone = serializers.CharField()
    contact_email = serializers.CharField()
    value = serializers.SerializerMethodField(method_name="in_figures")
    currency = serializers.CharField(help_text="ISO 4217.")
    close_on = serializers.DateField()
    crm_id = serializers.CharField()
    campaign_id = serializers.CharField()
    notes = serializers.CharField()
    help_type = serializers.ChoiceField(HelpType.choices, allow_blank=True)
    vendor_notes = serializers.CharField()
    consent_share = serializers.BooleanField()
    consent_contact = serializers.BooleanField()
    consent_sellers = serializers.BooleanField()
    team = ReferralTeammateOut(many=True)
    solutions = ReferralSolutionOut(many=True)
    reason = serializers.ChoiceField(PartnerReason.choices, allow_blank=True)
    reason_text = serializers.CharField()
    created_by = serializers.CharField(source="created_by_name")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="The partner answers until then.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    vendor = serializers.SerializerMethodField(help_text="Where its help was asked for, or it sent the deal.")
    invitations = serializers.SerializerMethodField()
    favourite = serializers.BooleanField(source="starred", default=False, help_text="Your own mark.")
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    @property
    def _is_for_partner(self) -> bool:
        """What passes between two partners is not the vendor's people's to read: one of the two may keep its own deal
        private. The database hides it from them.
        """
        return bool(self.context["view"].actor.is_partner)

    def _invitation(self, referral: Referral) -> Invitation | None:
        return referral.invitation if self._is_for_partner else None

    def get_inviter(self, referral: Referral) -> str:
        invitation = self._invitation(referral)
        return invitation.site_name if invitation else ""

    @extend_schema_field(serializers.ChoiceField(HelpType.choices, allow_blank=True))
    def get_invited_for(self, referral: Referral) -> str:
        invitation = self._invitation(referral)
        return invitation.help_type if invitation else ""

    def get_invited_with(self, referral: Referral) -> str:
        invitation = self._invitation(referral)
        return invitation.notes if invitation else ""

    @extend_schema_field(ReferralInvitationOut(many=True))
    def get_invitations(self, referral: Referral) -> Any:
        if not self._is_for_partner:
            return []
        invitations: Any = referral.invitations.all()
        return ReferralInvitationOut(invitations, many=True).data

    @extend_schema_field(ReferralLocationOut)
    def get_location(self, referral: Referral) -> Any:
        where = {"public_id": referral.location.public_id, "name": referral.location_name}
        return ReferralLocationOut(where).data

    def get_customer(self, referral: Referral) -> str | None:
        return referral.customer.public_id if referral.customer else None

    def in_figures(self, referral: Referral) -> str | None:
        return decimals(referral.value, referral.currency)

    @extend_schema_field(ReferralVendorOut(allow_null=True))
    def get_vendor(self, referral: Referral) -> Any:
        side = getattr(referral, "vendor_side", None)
        return ReferralVendorOut(side).data if side else None

"""`/api/v1/rules/` and `/api/v1/site-tiers/`: what the vendor decides for all deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.actors import Actor, Kind
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.models import Site
from identity.privileges import Privilege
from pricing.money import CURRENCIES

from .. import actions, queries, rule_history
from ..discounts import percent
from ..models import RulesVersion
from ..partner_tiers import partners, partners_sought
from ..rule_checks import LABEL, MOST_DISCOUNT
from ..rule_numbers import MOST_REMINDERS, NUMBERS
from ..rules import BUILT_IN, CODE, FIELDS, LOST, REJECT, TIER, Named, Rules
from ..states import DealType
from .input import AmountField, minor_units
from .output import decimals

VIEW, EDIT, DEALS = Privilege.SETTING_VIEW, Privilege.SETTING_EDIT, Privilege.DEAL_VIEW
TYPES = [(each.value, each.label) for each in DealType]
LISTS = {field: which for which, field in FIELDS.items()}  # "tiers": TIER


# ------------------------------------------------------------------------------------------------ out


class EntryOut(serializers.Serializer[Named]):
    code = serializers.CharField()
    label = serializers.CharField(help_text="In the language of the answer.")  # type: ignore[assignment]


class OwnEntryOut(EntryOut):
    labels = serializers.DictField(
        child=serializers.CharField(),
        help_text="The vendor's own words, by language; empty for built-in ones.",
    )
    active = serializers.BooleanField(help_text="False: retired; not offered any more, but kept where it is.")


def entries(rules: Rules, which: str) -> list[dict[str, Any]]:
    return [
        {
            "code": entry.code,
            "label": entry.label(BUILT_IN[which]),
            "labels": dict(entry.labels),
            "active": entry.active,
        }
        for entry in rules.entries(which)
    ]


def discounts(rules: Rules, tier: str) -> dict[str, str]:
    return {each.value: f"{percent(rules.discount_bp(tier, each.value)):.2f}" for each in DealType}


class CommonOut(serializers.Serializer[Any]):
    """The numbers of the rules, and minimum values, for everybody."""

    number = serializers.IntegerField(source="rules.number", help_text="The version's number.")
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(), source="rules.reminder_days", help_text="Days before the expiry."
    )
    minimum_values = serializers.SerializerMethodField(help_text="Decimal amounts in text, by currency.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for number in NUMBERS.values():
            fields[number.name] = serializers.IntegerField(source=f"rules.{number.name}")
        return fields

    def get_minimum_values(self, told: Any) -> dict[str, str]:
        rules: Rules = told.rules
        return {currency: decimals(least, currency) or "" for currency, least in rules.minimum_values.items()}


class RulesOut(CommonOut):
    reject_reasons = serializers.SerializerMethodField()
    lost_reasons = serializers.SerializerMethodField()
    deal_types = serializers.SerializerMethodField()
    tier = serializers.SerializerMethodField(help_text="Of the reseller who asks; null for everybody else.")
    discounts = serializers.SerializerMethodField(
        help_text="Of that tier, by deal type, in per cent; null for everybody else."
    )

    @extend_schema_field(EntryOut(many=True))
    def get_reject_reasons(self, told: Told) -> list[dict[str, str]]:
        return [{"code": code, "label": label} for code, label in told.rules.offered(REJECT)]

    @extend_schema_field(EntryOut(many=True))
    def get_lost_reasons(self, told: Told) -> list[dict[str, str]]:
        return [{"code": code, "label": label} for code, label in told.rules.offered(LOST)]

    @extend_schema_field(EntryOut(many=True))
    def get_deal_types(self, told: Told) -> list[dict[str, str]]:
        return [{"code": each.value, "label": str(each.label)} for each in DealType]

    @extend_schema_field(EntryOut(allow_null=True))
    def get_tier(self, told: Told) -> dict[str, str] | None:
        return {"code": told.tier, "label": told.rules.tier_label(told.tier)} if told.tier else None

    @extend_schema_field(serializers.DictField(child=serializers.CharField(), allow_null=True))
    def get_discounts(self, told: Told) -> dict[str, str] | None:
        return discounts(told.rules, told.tier) if told.tier else None


class VersionOut(CommonOut):
    made_at = serializers.DateTimeField(allow_null=True, help_text="Null for what the portal started with.")
    made_by = serializers.CharField(source="by")
    note = serializers.CharField(help_text="Why, for the vendor's people.")
    tiers = serializers.SerializerMethodField(help_text="The lowest first.")
    discounts = serializers.SerializerMethodField(help_text="In per cent, by tier and deal type.")
    reject_reasons = serializers.SerializerMethodField()
    lost_reasons = serializers.SerializerMethodField()

    @extend_schema_field(OwnEntryOut(many=True))
    def get_tiers(self, version: rule_history.Version) -> list[dict[str, Any]]:
        return entries(version.rules, TIER)

    @extend_schema_field(serializers.DictField(child=serializers.DictField(child=serializers.CharField())))
    def get_discounts(self, version: rule_history.Version) -> dict[str, dict[str, str]]:
        return {tier.code: discounts(version.rules, tier.code) for tier in version.rules.tiers}

    @extend_schema_field(OwnEntryOut(many=True))
    def get_reject_reasons(self, version: rule_history.Version) -> list[dict[str, Any]]:
        return entries(version.rules, REJECT)

    @extend_schema_field(OwnEntryOut(many=True))
    def get_lost_reasons(self, version: rule_history.Version) -> list[dict[str, Any]]:
        return entries(version.rules, LOST)


@dataclass(frozen=True, slots=True)
class Told:
    """The rules in force for one reader. `version` is what the entity tag is made of."""

    rules: Rules
    tier: str = ""

    @classmethod
    def to(cls, actor: Actor) -> Told:
        rules = queries.rules_in_force()
        if actor.kind is Kind.RESELLER and actor.site_id is not None:
            return cls(rules, queries.tier_of(actor.site_id, rules))
        return cls(rules)

    @property
    def version(self) -> str:
        return f"{self.rules.number}-{self.tier}" if self.tier else str(self.rules.number)


# ------------------------------------------------------------------------------------------------ in


class EntryIn(Input):
    """A reason or a tier: one there is, by its code, to be changed, or a new one."""

    code = serializers.CharField(max_length=CODE)
    labels = serializers.DictField(
        child=serializers.CharField(max_length=LABEL, allow_blank=True),
        required=False,
        help_text="Words by language; these replace all. English is needed for your own ones.",
    )
    active = serializers.BooleanField(required=False)

    def validate_labels(self, labels: dict[str, str]) -> dict[str, str]:
        if unknown := set(labels) - set(dict(settings.LANGUAGES)):
            raise serializers.ValidationError(
                _("There is no language %(code)s.") % {"code": sorted(unknown)[0]}
            )
        return {language: label for language, label in labels.items() if label}


class TierIn(EntryIn):
    above = serializers.CharField(
        max_length=CODE, required=False, help_text="Of a new one: the code of the tier that it follows."
    )


class RulesIn(Input):
    """What is to be different; everything else stays as it is."""

    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=MOST_REMINDERS
    )
    minimum_values = serializers.DictField(
        child=AmountField(allow_null=True),
        required=False,
        help_text="By currency; null for none. Currencies not named stay as they are.",
    )
    discounts = serializers.DictField(
        child=serializers.DictField(
            child=serializers.DecimalField(
                max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(MOST_DISCOUNT) / 100
            )
        ),
        required=False,
        help_text="In per cent, by tier and deal type. What is not named stays as it is.",
    )
    tiers = TierIn(many=True, required=False)
    reject_reasons = EntryIn(many=True, required=False)
    lost_reasons = EntryIn(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for number in NUMBERS.values():
            fields[number.name] = serializers.IntegerField(
                required=False, min_value=number.least, max_value=number.most
            )
        return fields

    def validate_minimum_values(self, given: dict[str, Decimal | None]) -> dict[str, int]:
        if unknown := set(given) - set(CURRENCIES):
            raise serializers.ValidationError(
                _("There is no currency %(code)s.") % {"code": sorted(unknown)[0]}
            )
        return {code: minor_units(amount, code) if amount else 0 for code, amount in given.items()}


def changes_of(given: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """The checked input, by the names that `change_rules` knows: whole, with what stays as it is."""
    changes = {name: given[name] for name in NUMBERS if name in given}
    if "reminder_days" in given:
        changes["reminder_days"] = tuple(given["reminder_days"])
    if "minimum_values" in given:
        changes["minimum_values"] = {**rules.minimum_values, **given["minimum_values"]}
    if "discounts" in given:
        changes["discounts"] = _merged(rules, given["discounts"])
    for field, which in LISTS.items():
        after = rules
        for entry in given.get(field, []):
            change = after.with_entry(which, _entry(after, which, entry), above=entry.get("above", ""))
            after, changes = after.changed(change), changes | change
    return changes


def _merged(rules: Rules, given: dict[str, dict[str, Decimal]]) -> dict[str, dict[str, int]]:
    merged = {tier: dict(by_type) for tier, by_type in rules.discounts.items()}
    for tier, by_type in given.items():
        found = {deal_type: int(discount * 100) for deal_type, discount in by_type.items()}
        merged[tier] = merged.get(tier, {}) | found
    return merged


def _entry(rules: Rules, which: str, given: dict[str, Any]) -> Named:
    known = rules.entry(which, given["code"]) or Named(given["code"])
    return Named(known.code, given.get("labels", known.labels), given.get("active", known.active))


# ------------------------------------------------------------------------------------------------ resources


class RulesViewSet(ResourceViewSet):
    """The rules of deal registration: those in force for everybody, all versions for the vendor's people."""

    privileges: ClassVar = {"current": (DEALS, VIEW), "change": EDIT, "list": VIEW, "retrieve": VIEW}
    answers: ClassVar = {
        actions.RulesChanged: CHANGED,
        actions.NothingChanged: Conflict(
            "nothing_changed", gettext_lazy("Nothing is different from the rules in force.")
        ),
    }
    ordering = ("-number",)
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"

    @extend_schema(
        summary="Every version of the rules, the newest first", responses={200: VersionOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        rows = rule_history.versions(self.paginate_queryset(RulesVersion.objects.all()) or [])
        return self.get_paginated_response(VersionOut(rows, many=True).data)

    @extend_schema(summary="A version of the rules", responses={200: VersionOut})
    def retrieve(self, request: Request, number: str) -> Response:
        found = rule_history.version_numbered(int(number))
        if found is None:
            raise Http404
        return Response(VersionOut(found).data)

    @extend_schema(summary="The rules in force", responses={200: RulesOut})
    @action(detail=False, methods=["get"], pagination_class=None)
    def current(self, request: Request) -> Response:
        """What counts for deals today. Of the discounts, a reseller is told its own."""
        told: Any = Told.to(self.actor)
        return self.one(told, RulesOut)

    @extend_schema(summary="Make the next version of the rules", request=RulesIn, responses={200: VersionOut})
    @current.mapping.patch
    def change(self, request: Request) -> Response:
        """Deals decided already keep what they were granted; decisions from now on record the new version."""
        told = Told.to(self.actor)
        self.match(told)
        given = self.valid(RulesIn)
        try:
            version = actions.change_rules(
                changes_of(given, told.rules),
                base=told.rules.number,
                note=given["note"],
                by=self.actor,
                now=self.now,
            )
        except actions.RulesInvalid as invalid:
            details = {field: [str(message)] for field, message in invalid.faults.items()}
            raise serializers.ValidationError(details) from None
        found = rule_history.version_numbered(version.number)
        return Response(VersionOut(found).data, headers={"ETag": f'"{version.number}"'})


class SiteTierOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="The site's, 7 digits.")
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    tier = EntryOut()
    set_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: none was given, and the lowest counts."
    )
    set_by = serializers.CharField()
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")


class SiteTierIn(Input):
    tier = serializers.CharField(max_length=CODE, help_text="Code of a tier in use.")


class SiteTierFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=100, help_text="A part of the name, or the number.")
    tier = serializers.CharField(required=False, max_length=CODE, help_text="The tier's code.")


@dataclass(frozen=True, slots=True)
class Tiered:
    """A reseller with its tier."""

    number: str
    name: str
    country: str
    tier: dict[str, str]
    set_at: datetime | None
    set_by: str
    version: int

    @classmethod
    def of(cls, site: Any, rules: Rules) -> Tiered:
        known = rules.entry(TIER, site.tier or "") or rules.tiers[0]
        tier = {"code": known.code, "label": rules.tier_label(known.code)}
        return cls(
            site.number, site.name, site.country, tier, site.set_at, site.set_by or "", site.tier_version or 0
        )


class SiteTierViewSet(ResourceViewSet):
    """Resellers' tiers in the programme, for the vendor's people."""

    privileges: ClassVar = {"list": VIEW, "retrieve": VIEW, "partial_update": EDIT}
    answers: ClassVar = {actions.TierChanged: CHANGED}
    ordering = ("name", "id")
    lookup_field = "number"
    lookup_value_regex = "[0-9]{7}"

    @extend_schema(
        summary="Resellers and their tiers",
        parameters=[SiteTierFilters],
        responses={200: SiteTierOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked, rules = self.asked(SiteTierFilters), queries.rules_in_force()
        sought = partners_sought(asked.get("q", ""), asked.get("tier", ""), rules)
        rows = [Tiered.of(site, rules) for site in self.paginate_queryset(sought) or []]
        return self.get_paginated_response(SiteTierOut(rows, many=True).data)

    @extend_schema(summary="A reseller's tier", responses={200: SiteTierOut})
    def retrieve(self, request: Request, number: str) -> Response:
        return self.one(self._read(number), SiteTierOut)

    @extend_schema(summary="Set a reseller's tier", request=SiteTierIn, responses={200: SiteTierOut})
    def partial_update(self, request: Request, number: str) -> Response:
        """Its people are told. Deals approved already keep their discount."""
        seen = self._read(number)
        self.match(seen)
        site: Site = Site.objects.get(number=number)
        tier = self.valid(SiteTierIn)["tier"]
        try:
            actions.set_tier(site, tier, version=seen.version, by=self.actor, now=self.now)
        except actions.TierUnknown:
            raise serializers.ValidationError({"tier": [_("There is no such tier in use.")]}) from None
        return self.one(self._read(number), SiteTierOut)

    def _read(self, number: str) -> Any:
        return Tiered.of(self.found(partners(), number), queries.rules_in_force())

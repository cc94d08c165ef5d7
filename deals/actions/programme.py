"""What staff decide for all deals: the next version of the rules, and each partner's tier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.models import Site, SiteKind
from identity.privileges import Privilege

from ..models import RulesNote, RulesVersion, SiteTier
from ..notices.programme import tell_of_tier
from ..queries import rules_in_force, tier_of
from ..rule_checks import faults
from ..rules import Rules


class RulesChanged(Exception):
    """Somebody changed the rules since they were shown. `rules` are those in force now."""

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules.number)
        self.rules = rules


class RulesInvalid(Exception):
    """These cannot be rules. `faults` says what is wrong, by field."""

    def __init__(self, faults: Mapping[str, str | Promise]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


class NothingChanged(Exception):
    """What was sent is what is in force already."""


class TierChanged(Exception):
    """Somebody set the partner's tier since it was shown. `now` is how it is now."""

    def __init__(self, now: SiteTier | None) -> None:
        super().__init__(now.version if now else 0)
        self.now = now


class TierUnknown(Exception):
    """No tier of this code is given to partners (any more), or the site is none that can have one."""


@transaction.atomic
def change_rules(
    changes: Mapping[str, Any], *, base: int, note: str = "", by: Actor, now: datetime
) -> RulesVersion:
    """Make the next version of the rules: those of version `base` with other values, by their names in `Rules`.

    Deals decided already keep what they were granted; from now on decisions record the new number. The number is the
    table's key: of two who change the same version, the second is told so. Raises PrivilegeMissing, RulesChanged,
    NothingChanged, RulesInvalid.
    """
    demand(by, Privilege.SETTING_EDIT)
    before = rules_in_force()
    if before.number != base:
        raise RulesChanged(before)
    after = before.changed(changes)
    old, new = before.to_json(), after.to_json()
    if new == old:
        raise NothingChanged
    if found := faults(before, after):
        raise RulesInvalid(found)
    _write_down_the_first(before, now)
    version = RulesVersion(number=after.number, content=new, made_at=now)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        raise RulesChanged(rules_in_force()) from None
    RulesNote(version=version, text=note.strip(), by_name=by.name[:120]).save(force_insert=True)
    record(
        "rules.changed",
        by=by,
        now=now,
        object_type="rules",
        object_id=version.number,
        label=note.strip(),
        changes={name: [old[name], new[name]] for name in new if new[name] != old[name]},
    )
    return version


def _write_down_the_first(rules: Rules, now: datetime) -> None:
    """What the product started with is a version too, and may be different in a later release: it is kept now."""
    RulesVersion.objects.bulk_create(
        [RulesVersion(number=rules.number, content=rules.to_json(), made_at=now)], ignore_conflicts=True
    )


@transaction.atomic
def set_tier(site: Site, tier: str, *, version: int, by: Actor, now: datetime) -> SiteTier:
    """Give a reseller a tier; its people are told. Approvals already given keep their discount.

    `version` is that of the tier shown, 0 where none was given. The same tier again changes nothing. Raises
    PrivilegeMissing, TierUnknown, TierChanged.
    """
    demand(by, Privilege.SETTING_EDIT)
    rules = rules_in_force()
    offered = {each.code for each in rules.tiers if each.active}
    if tier not in offered or site.kind != SiteKind.RESELLER:
        raise TierUnknown
    found = SiteTier.objects.select_for_update().filter(site=site).first()
    if (found.version if found else 0) != version:
        raise TierChanged(found)
    if found and found.tier == tier:
        return found
    before = tier_of(site.id, rules)
    found = _stored(found, site, tier, by, now)
    record(
        "tier.set",
        by=by,
        now=now,
        object_type="site",
        object_id=site.public_id,
        label=site.name,
        site_id=site.id,
        changes={"tier": [before, tier]},
    )
    if tier != before:
        tell_of_tier(site, found, rules, by=by, now=now)
    return found


def _stored(found: SiteTier | None, site: Site, tier: str, by: Actor, now: datetime) -> SiteTier:
    columns = {"tier": tier, "set_at": now, "set_by_name": by.name[:120]}
    if found is None:
        try:
            with transaction.atomic():
                return SiteTier.objects.create(site=site, **columns)
        except IntegrityError:  # somebody was quicker
            raise TierChanged(SiteTier.objects.filter(site=site).first()) from None
    for name, value in columns.items():
        setattr(found, name, value)
    found.version += 1
    found.save(update_fields=[*columns, "version"])
    return found

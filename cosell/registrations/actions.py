"""Registering won deals, correcting registrations, deciding on them (C9).

The edges stand in the database as well (migrations/0004): review pending, action required and back, and three ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege, Refusal

from ..models import Referral, RegisteredSolution, RegistrationStatus, WonRegistration
from . import notices
from .content import RegistrationContent, eligible_solutions, problems_of
from .possible import REGISTERED, not_theirs, refusal, why_not_register

S = RegistrationStatus


class NotPossible(Exception):
    """A rule of eligibility, or the registration's status, does not allow it. `refusal` says which."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(str(refused.reason))
        self.refusal = refused


class BadContent(Exception):
    """Something of it is wrong. `errors`: what, by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


class RegistrationChanged(Exception):
    """Somebody changed it since it was shown. `registration` is as it is now."""

    def __init__(self, registration: WonRegistration) -> None:
        super().__init__(registration.version)
        self.registration = registration


class ReasonMissing(Exception):
    """What is sent back, refused or closed is so for a reason, which the partner reads."""


# ------------------------------------------------------------------------------------------- of partners


@transaction.atomic
def register_won_deal(
    referral: Referral, content: RegistrationContent, *, by: Actor, now: datetime
) -> WonRegistration:
    """Register a won deal for an incentive. Raises PrivilegeMissing, NotPossible, BadContent."""
    _demand_person("correct", by)
    if refused := why_not_register(referral, by, now):
        raise NotPossible(refused)
    _demand_right(content, referral, now)
    registration = WonRegistration(
        site_id=referral.site_id, site_name=referral.site_name, site_number=referral.site_number,
        location_id=referral.location_id, location_name=referral.location_name, referral=referral,
        referral_name=referral.name, customer_name=referral.customer_name, engagement=referral.engagement,
        created_at=now, **_terms(content), **_step(S.REVIEW_PENDING, "", by, now), answer_by=_promised(now),
    )  # fmt: skip
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as error:
        if "registration_once" in str(error):
            raise NotPossible(REGISTERED) from None
        raise
    _keep_items(registration, content)
    _record("made", registration, by=by, now=now)
    notices.tell_received(registration, by=by, now=now)
    return registration


@transaction.atomic
def correct(
    registration: WonRegistration,
    content: RegistrationContent,
    *,
    note: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> WonRegistration:
    """Correct what the vendor asked for, and send it for review again, with a word of one's own.

    Raises PrivilegeMissing, NotPossible, RegistrationChanged, BadContent.
    """
    held = _held("correct", registration, version, by)
    _demand_right(content, held.referral, now)
    RegisteredSolution.objects.filter(registration=held).delete()
    _keep_items(held, content)  # before the row: its solutions change only while action is required
    for name, value in (_terms(content) | _step(S.REVIEW_PENDING, note, by, now)).items():
        setattr(held, name, value)
    held.answer_by = _promised(now)
    _store(held, "corrected", OF_PARTNERS, by=by, now=now)
    notices.tell_received(held, by=by, now=now)
    return held


@transaction.atomic
def withdraw(
    registration: WonRegistration, *, version: int | None = None, by: Actor, now: datetime
) -> WonRegistration:
    """Close it oneself: the deal can be registered again. Raises PrivilegeMissing, NotPossible, RegistrationChanged."""
    held = _held("withdraw", registration, version, by)
    _move(held, S.CLOSED, "", by, now)
    return _store(held, "withdrawn", OF_PARTNERS, by=by, now=now)


# ------------------------------------------------------------------------------------------- of the vendor


@transaction.atomic
def approve(
    registration: WonRegistration, *, note: str = "", version: int | None = None, by: Actor, now: datetime
) -> WonRegistration:
    """Raises PrivilegeMissing, NotPossible, RegistrationChanged."""
    return _decide("approve", S.APPROVED, registration, note, version, by=by, now=now)


@transaction.atomic
def require_action(
    registration: WonRegistration, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> WonRegistration:
    """Ask the partner for a correction. Raises PrivilegeMissing, NotPossible, RegistrationChanged, ReasonMissing."""
    return _decide("require_action", S.ACTION_REQUIRED, registration, note, version, by=by, now=now)


@transaction.atomic
def fail(
    registration: WonRegistration, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> WonRegistration:
    """It is not eligible. Raises PrivilegeMissing, NotPossible, RegistrationChanged, ReasonMissing."""
    return _decide("fail", S.FAILED, registration, note, version, by=by, now=now)


@transaction.atomic
def close(
    registration: WonRegistration, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> WonRegistration:
    """End it without a decision. Raises PrivilegeMissing, NotPossible, RegistrationChanged, ReasonMissing."""
    return _decide("close", S.CLOSED, registration, note, version, by=by, now=now)


def _decide(
    deed: str,
    status: S,
    registration: WonRegistration,
    note: str,
    version: int | None,
    *,
    by: Actor,
    now: datetime,
) -> WonRegistration:
    held = _held(deed, registration, version, by)
    note = note.strip()
    if status != S.APPROVED and not note:
        raise ReasonMissing
    _move(held, status, note, by, now)
    _store(held, status.value, OF_STAFF, by=by, now=now, note=note)
    notices.tell_decided(held, by=by, now=now)
    return held


# ------------------------------------------------------------------------------------------- the ground

OF_STAFF = ("status", "note", "changed_at", "changed_by_name", "by_vendor", "decided_at", "version")
OF_PARTNERS = (
    *OF_STAFF, "incentive", "contract_value", "currency", "starts_on", "ends_on", "signed_on", "solution_count",
    "answer_by",
)  # fmt: skip


def _promised(now: datetime) -> datetime:
    return now + timedelta(days=settings.COSELL_REVIEW_DAYS)


def _terms(content: RegistrationContent) -> dict[str, Any]:
    return {
        "incentive": content.incentive, "contract_value": content.contract_value, "currency": content.currency,
        "starts_on": content.starts_on, "ends_on": content.ends_on, "signed_on": content.signed_on,
        "solution_count": len(content.items),
    }  # fmt: skip


def _step(status: S, note: str, by: Actor, now: datetime) -> dict[str, Any]:
    """What a trigger keeps of each status (RegistrationStep)."""
    return {
        "status": status.value, "note": note.strip()[:2000], "changed_at": now, "changed_by_name": by.name[:120],
        "by_vendor": by.is_staff,
    }  # fmt: skip


def _move(registration: WonRegistration, status: S, note: str, by: Actor, now: datetime) -> None:
    for name, value in _step(status, note, by, now).items():
        setattr(registration, name, value)
    if status in (S.APPROVED, S.FAILED, S.CLOSED):
        registration.decided_at = now


def _demand_right(content: RegistrationContent, referral: Referral, now: datetime) -> None:
    if errors := problems_of(content, eligible_solutions(referral), today=timezone.localdate(now)):
        raise BadContent(errors)


def _keep_items(registration: WonRegistration, content: RegistrationContent) -> None:
    for item in content.items:
        RegisteredSolution.objects.create(
            site_id=registration.site_id, registration=registration, solution=item.solution, name=item.solution.name,
            value=item.value, deployed=item.deployed, pricing=item.pricing, marketplace_id=item.marketplace_id,
        )  # fmt: skip


def _demand_person(deed: str, by: Actor) -> None:
    if refused := not_theirs(deed, by):
        raise PrivilegeMissing(refused, Privilege.COSELL_DECIDE if by.is_staff else Privilege.REFERRAL_MANAGE)


def _held(deed: str, registration: WonRegistration, version: int | None, by: Actor) -> WonRegistration:
    _demand_person(deed, by)
    held = WonRegistration.objects.select_for_update(of=("self",), no_key=True).get(id=registration.id)
    if refused := refusal(deed, held, by):
        raise NotPossible(refused)
    if version is not None and held.version != version:
        raise RegistrationChanged(held)
    return held


def _store(
    registration: WonRegistration,
    event: str,
    fields: tuple[str, ...],
    *,
    by: Actor,
    now: datetime,
    **detail: Any,
) -> WonRegistration:
    registration.version += 1
    registration.save(update_fields=list(fields))
    _record(event, registration, by=by, now=now, **detail)
    return registration


def _record(event: str, registration: WonRegistration, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        f"won_registration.{event}", by=by, now=now, object_type="won_registration",
        object_id=registration.public_id, label=registration.referral_name, site_id=registration.site_id, **detail,
    )  # fmt: skip

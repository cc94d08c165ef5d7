"""Every change of a lead: how it comes, and what its people do with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.audit import record
from identity.models import Membership, public_id
from identity.places import countries
from identity.privileges import Privilege, Refusal, Role, why_not
from notifications.tasks import rouse

from .. import tags
from ..models import Lead, LeadFavourite, Need, PublishedLocation, PublishedProfile, Referral
from ..rights.scopes import Held, roles_of
from ..states import CompanySize, Sharing
from . import notices
from .content import LONGEST_WISH, Enquiry, quality_of
from .possible import PRIVILEGE, THE_PARTNERS, WHY
from .routing import Place, route
from .states import REASONS, ArchiveReason, Source, Stage


class NotPossible(Exception):
    """The lead's stage, or who is asking (`of_person`), does not allow it. `refusal` says why."""

    def __init__(self, refused: Refusal, *, of_person: bool = False) -> None:
        super().__init__(str(refused.reason))
        self.refusal, self.of_person = refused, of_person


class LeadChanged(Exception):
    """Somebody changed the lead since it was shown. `lead` is as it is now."""

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.version)
        self.lead = lead


class BadEnquiry(Exception):
    """Something in an enquiry is wrong: `errors` by field of Enquiry, as sentences."""

    def __init__(self, errors: dict[str, list[str | Promise]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class NotPublic(Exception):
    """The profile is not public any more, so nothing can be sent to it."""


class NotTheirs(Exception):
    """Who is to work on a lead has a role at its location."""


class BadReason(Exception):
    """There is no such reason, or another reason needs words."""


# ------------------------------------------------------------------------------------------------ how leads come

LENGTHS = {
    "company": 200, "first_name": 60, "last_name": 60, "email": 254, "phone": 40, "job_title": 120, "city": 120,
    "wish": LONGEST_WISH,
}  # fmt: skip
NEEDED = ("company", "first_name", "last_name", "email", "wish", "country")


def problems_of(enquiry: Enquiry) -> dict[str, list[str | Promise]]:
    """What is wrong with an enquiry, by field; the rules of every form and call that brings one."""
    found: dict[str, list[str | Promise]] = {}
    for name in NEEDED:
        if not getattr(enquiry, name).strip():
            found[name] = [_("This is needed, so that somebody can answer.")]
    for name, most in LENGTHS.items():
        if len(getattr(enquiry, name)) > most:
            found[name] = [_("This is too long.")]
    if "email" not in found:
        try:
            validate_email(enquiry.email)
        except ValidationError:
            found["email"] = [_("This is no e-mail address.")]
    if enquiry.country and enquiry.country not in countries():
        found["country"] = [_("Choose a country.")]
    if enquiry.size and enquiry.size not in CompanySize.values:
        found["size"] = [_("Choose one of the sizes.")]
    if any(code not in tags.NAMES for code in enquiry.tags):
        found["tags"] = [_("Choose from the list.")]
    if not enquiry.consent_contact:
        found["consent_contact"] = [
            _("Without your consent nobody may write or call, so nobody could answer.")
        ]
    return found


@transaction.atomic
def receive_enquiry(published_profile: PublishedProfile, enquiry: Enquiry, *, now: datetime) -> Lead:
    """Keep what a customer wrote to a public profile, at the location it belongs to; its people are told by a job.

    Whoever writes need not be signed in, and reads nothing back: what is returned was not read again. Where the
    profile turns companies of that size away, or a guard suspects spam, it is archived at once. Raises BadEnquiry,
    NotPublic.
    """
    if errors := problems_of(enquiry):
        raise BadEnquiry(errors)
    lead = _of_enquiry(published_profile, enquiry, now)
    if enquiry.suspected:
        _put_away(lead, ArchiveReason.SPAM, now)
    elif not serves(published_profile, enquiry.size):
        _put_away(lead, ArchiveReason.SIZE, now)
    _insert_blindly(lead)
    _wake()
    return lead


def _of_enquiry(profile: PublishedProfile, enquiry: Enquiry, now: datetime) -> Lead:
    return _lead_for(
        profile, country=enquiry.country, city=enquiry.city, now=now, source=Source.PROFILE,
        quality=quality_of(enquiry), customer_name=enquiry.company, customer_size=enquiry.size,
        contact_first_name=enquiry.first_name, contact_last_name=enquiry.last_name,
        contact_title=enquiry.job_title, contact_email=enquiry.email, contact_phone=enquiry.phone,
        contact_language=enquiry.language, wish=enquiry.wish, tags=tags.in_order(enquiry.tags),
        consent_contact=enquiry.consent_contact, wants_contact=enquiry.wants_contact,
    )  # fmt: skip


def _lead_for(profile: PublishedProfile, *, country: str, city: str, now: datetime, **fields: Any) -> Lead:
    """A lead, not kept yet, at the location to which it belongs. Raises NotPublic."""
    found = PublishedLocation.objects.filter(profile_id=profile.pk).order_by("position")
    places = [Place(each.location_id, each.name, each.city, each.country) for each in found]
    if not places:
        raise NotPublic
    place = route(places, country=country, city=city)
    return Lead(
        public_id=public_id(), site_id=profile.site_id, location_id=place.id, location_name=place.name,
        profile_id=profile.pk, profile_name=profile.name, country=country, city=city, received_at=now,
        updated_at=now, **fields,
    )  # fmt: skip


def _put_away(lead: Lead, reason: ArchiveReason, now: datetime) -> None:
    """Archived from the start: it is seen in the archive, and can be taken up from there."""
    lead.stage, lead.reason, lead.archived_at = Stage.ARCHIVED, reason, now


def serves(profile: PublishedProfile, size: str) -> bool:
    """Whether companies of this size are welcome; a size that was not said is. The rule of matching, too (ROWS)."""
    return not (profile.turns_away and profile.sizes and size and size not in profile.sizes)


def _insert_blindly(lead: Lead) -> None:
    """Insert a row that whoever inserts it may not read: Django would ask for its id back."""
    fields = [field for field in Lead._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(field.pre_save(lead, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{Lead._meta.db_table}" ({columns}) VALUES ({places})', values)  # noqa: S608


@transaction.atomic
def enter_need(enquiry: Enquiry, *, by: Actor, now: datetime) -> Need:
    """Note a customer's need for a partner that the vendor's people heard of. Raises NotPossible, BadEnquiry."""
    _demand_staff(by)
    if errors := problems_of(enquiry):
        raise BadEnquiry(errors)
    need = Need.objects.create(
        customer_name=enquiry.company, customer_size=enquiry.size, contact_first_name=enquiry.first_name,
        contact_last_name=enquiry.last_name, contact_title=enquiry.job_title, contact_email=enquiry.email,
        contact_phone=enquiry.phone, contact_language=enquiry.language, city=enquiry.city, country=enquiry.country,
        wish=enquiry.wish, tags=tags.in_order(enquiry.tags), consent_contact=True,
        wants_contact=enquiry.wants_contact, created_by_name=by.name, created_at=now,
    )  # fmt: skip
    _audit_need("entered", need, by=by, now=now)
    return need


def enquiry_of(need: Need) -> Enquiry:
    return Enquiry(
        company=need.customer_name, first_name=need.contact_first_name, last_name=need.contact_last_name,
        email=need.contact_email, wish=need.wish, country=need.country, city=need.city, phone=need.contact_phone,
        job_title=need.contact_title, size=need.customer_size, tags=tuple(need.tags),
        consent_contact=need.consent_contact, wants_contact=need.wants_contact, language=need.contact_language,
    )  # fmt: skip


NEED_CLOSED = Refusal(
    _("No partner is looked for any more."), _("Enter the need again if the customer asks once more.")
)


@transaction.atomic
def offer_need(need: Need, profiles: list[PublishedProfile], *, by: Actor, now: datetime) -> list[Lead]:
    """Offer a customer's need to partners: each is sent a lead. Who was offered it before is left out.

    Raises NotPossible, NotPublic.
    """
    _demand_staff(by)
    need = Need.objects.select_for_update(no_key=True).get(id=need.id)
    if need.closed_at is not None:
        raise NotPossible(NEED_CLOSED)
    asked = set(Lead.objects.filter(need=need).values_list("profile_id", flat=True))
    offered = []
    for profile in profiles:
        if profile.pk in asked:
            continue
        lead = _of_enquiry(profile, enquiry_of(need), now)
        lead.source, lead.need, lead.offered_by_name = Source.OFFER, need, by.name
        lead.save(force_insert=True)
        record(
            "lead.offered", by=by, now=now, object_type="lead", object_id=lead.public_id, label=str(lead),
            site_id=lead.site_id, need=need.public_id,
        )  # fmt: skip
        offered.append(lead)
    _wake()
    return offered


@transaction.atomic
def close_need(need: Need, *, by: Actor, now: datetime) -> Need:
    """Look for no partner any more. Leads that came of it stay with their partners. Raises NotPossible."""
    _demand_staff(by)
    need = Need.objects.select_for_update(no_key=True).get(id=need.id)
    if need.closed_at is not None:
        raise NotPossible(NEED_CLOSED)
    need.closed_at, need.version = now, need.version + 1
    need.save(update_fields=["closed_at", "version"])
    _audit_need("closed", need, by=by, now=now)
    return need


def _demand_staff(by: Actor) -> None:
    if refused := why_not(by, Privilege.COSELL_DECIDE):
        raise NotPossible(refused, of_person=True)


# ------------------------------------------------------------------------------------------------ what is done


@transaction.atomic
def accept_lead(lead: Lead, *, version: int | None = None, by: Actor, now: datetime) -> Lead:
    """Take a lead on; whoever does works on it, unless somebody was named. Raises NotPossible, LeadChanged."""
    lead = _held(lead, "accept", by, version)
    lead.stage, lead.accepted_at = Stage.ACCEPTED, now
    lead.answered_at = lead.answered_at or now
    if lead.assigned_user_id is None:
        lead.assigned_user_id, lead.assigned_name = by.user_id, by.name
    return _store(lead, "accepted", by=by, now=now)


@transaction.atomic
def archive_lead(
    lead: Lead, *, reason: str, note: str = "", version: int | None = None, by: Actor, now: datetime
) -> Lead:
    """Put a lead away, for one of REASONS. Raises NotPossible, LeadChanged, BadReason."""
    if reason not in REASONS or (reason == ArchiveReason.OTHER and not note.strip()):
        raise BadReason
    lead = _held(lead, "archive", by, version)
    _archive(lead, reason, note.strip(), now)
    return _store(lead, "archived", by=by, now=now, reason=str(reason))


@transaction.atomic
def mark_spam(lead: Lead, *, version: int | None = None, by: Actor, now: datetime) -> Lead:
    """Put a lead away as spam: it counts in nobody's figures. Raises NotPossible, LeadChanged."""
    lead = _held(lead, "spam", by, version)
    _archive(lead, ArchiveReason.SPAM, "", now)
    return _store(lead, "spam", by=by, now=now)


@transaction.atomic
def restore_lead(lead: Lead, *, version: int | None = None, by: Actor, now: datetime) -> Lead:
    """Take a lead up again that was no spam, or whose size was turned away. Raises NotPossible, LeadChanged."""
    lead = _held(lead, "restore", by, version)
    lead.stage, lead.reason, lead.note = Stage.RECEIVED, "", ""
    lead.archived_at = lead.answered_at = lead.accepted_at = None
    return _store(lead, "restored", by=by, now=now)


@transaction.atomic
def assign_lead(
    lead: Lead, member: Membership, *, version: int | None = None, by: Actor, now: datetime
) -> Lead:
    """Have somebody work on a lead, who sees it from then on. Raises NotPossible, LeadChanged, NotTheirs."""
    lead = _held(lead, "assign", by, version)
    if not works_at(roles_of(member), lead.location_id):
        raise NotTheirs
    lead.assigned_user_id, lead.assigned_name = member.user_id, member.name
    lead = _store(lead, "assigned", by=by, now=now, to=member.name)
    notices.tell_assigned(lead, by=by, now=now)
    return lead


def works_at(held: Iterable[Held], location_id: int) -> bool:
    """Whether one of the roles that somebody holds is a referrals role at a location."""
    return any(
        each.locations is None or any(place.id == location_id for place in each.locations)
        for each in held
        if each.role in (Role.REFERRALS_ADMIN, Role.REFERRALS_USER)
    )


@transaction.atomic
def note_deal(lead: Lead, referral: Referral, *, by: Actor, now: datetime) -> Lead:
    """That a deal was made of a lead. Called by whoever made it, in the same transaction. Raises NotPossible."""
    lead = _held(lead, "deal", by, None)
    lead.referral = referral
    private = referral.sharing == Sharing.PRIVATE
    return _store(lead, "became_deal", by=by, now=now, private=private, referral=referral.public_id)


def mark_lead(lead: Lead, on: bool, *, by: Actor) -> None:
    """Mark a lead as a favourite of one's own, or take the mark away."""
    if on:
        LeadFavourite.objects.get_or_create(site_id=lead.site_id, user_id=by.user_id, lead=lead)
    else:
        LeadFavourite.objects.filter(user_id=by.user_id, lead=lead).delete()


# ------------------------------------------------------------------------------------------------ the ground


def _archive(lead: Lead, reason: str, note: str, now: datetime) -> None:
    lead.stage, lead.reason, lead.note, lead.archived_at = Stage.ARCHIVED, reason, note, now
    lead.answered_at = lead.answered_at or now


def _held(lead: Lead, deed: str, by: Actor, version: int | None) -> Lead:
    """The lead as it is now, held until the transaction ends, of which this can be done."""
    if by.is_staff:  # who read some, and can hold none
        raise NotPossible(THE_PARTNERS, of_person=True)
    current = Lead.objects.select_for_update(no_key=True, of=("self",)).get(id=lead.id)
    if refused := WHY[deed](current, by):
        raise NotPossible(refused, of_person=not by.may(PRIVILEGE.get(deed, Privilege.REFERRAL_WORK)))
    if version is not None and current.version != version:
        raise LeadChanged(current)
    return current


STORED = [
    "stage", "reason", "note", "assigned_user", "assigned_name", "answered_at", "accepted_at", "archived_at",
    "referral", "updated_at", "version",
]  # fmt: skip


def _store(lead: Lead, event: str, *, by: Actor, now: datetime, private: bool = False, **detail: Any) -> Lead:
    lead.version += 1
    lead.updated_at = now
    lead.save(update_fields=STORED)
    # What a customer wrote to a partner is between the two, and the vendor's people may read the trail.
    private = private or lead.source != Source.OFFER
    record(
        f"lead.{event}", by=by, now=now, object_type="lead", object_id=lead.public_id, label=str(lead),
        site_id=lead.site_id, private=private, **detail,
    )  # fmt: skip
    return lead


def _audit_need(event: str, need: Need, *, by: Actor, now: datetime) -> None:
    record(
        f"need.{event}", by=by, now=now, object_type="need", object_id=need.public_id, label=str(need),
    )  # fmt: skip


def _wake() -> None:
    """Have its people told as soon as the transaction is through; the clock would do it as well."""
    from .tasks import tell_new

    transaction.on_commit(lambda: rouse(tell_new), robust=True)

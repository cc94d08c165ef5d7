"""Gathering who comes into question for a deal: for the outbox, as the system, and for a page, as one of the partner's
people. Both by the same rules; what nobody learns of a colleague stays with the database (migrations/0007).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from identity.models import Membership, MembershipStatus, Role, Standing
from notifications.expansion import address_of
from notifications.kinds import NoticeKind
from notifications.models import Preference

from ..models import CosellAddress, Location, Referral, RoleScope, TeamMember
from .recipients import Candidate, Facts, Wants, key_of


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works for the partner now. `key` is of the address at which they want mail, `login` of their own."""

    membership_id: int
    user_id: int
    name: str
    email: str  # as colleagues see it
    key: str
    login: str
    language: str
    choice: str | None
    standing: str
    roles: frozenset[str]


def facts_of(
    referral: Referral, kind: NoticeKind, colleagues: Iterable[Colleague], doer: int | None = None
) -> Facts:
    """Everybody who comes into question for news of this kind about a deal."""
    gathering = _Gathering(referral, kind, list(colleagues))
    return Facts(
        team=gathering.team(), location=gathering.location(), admins=gathering.admins(),
        preferred=gathering.preferred(), doer=doer,
    )  # fmt: skip


def facts_at(
    site_id: int,
    location_id: int,
    kind: NoticeKind,
    colleagues: Iterable[Colleague],
    *,
    worker: int | None = None,
    doer: int | None = None,
) -> Facts:
    """The same for what has no team, as a lead: whoever works on it (`worker`, a user's id) stands in for one."""
    listed = list(colleagues)
    gathering = _Gathering(Referral(site_id=site_id, location_id=location_id), kind, listed)
    return Facts(
        team=tuple(gathering.of(each) for each in listed if each.user_id == worker),
        location=gathering.location(), admins=gathering.admins(), preferred=gathering.preferred(), doer=doer,
    )  # fmt: skip


class _Gathering:
    def __init__(self, referral: Referral, kind: NoticeKind, colleagues: list[Colleague]) -> None:
        self.referral, self.kind, self.colleagues = referral, kind, colleagues
        self.by_membership = {each.membership_id: each for each in colleagues}
        self.by_key = {key: each for each in reversed(colleagues) for key in (each.key, each.login)}
        primary = next((each for each in colleagues if each.standing == Standing.PRIMARY), None)
        self.language = (primary and primary.language) or settings.LANGUAGE_CODE
        self.otherwise = Wants(kind.default)

    def team(self) -> tuple[Candidate, ...]:
        members = TeamMember.objects.filter(referral_id=self.referral.id).order_by("id")
        return tuple(self._of_team(member) for member in members)

    def _of_team(self, member: TeamMember) -> Candidate:
        name = f"{member.first_name} {member.last_name}".strip()
        colleague = self.by_membership.get(member.membership_id or 0)
        if colleague is None and member.membership_id is None:
            colleague = self.by_key.get(key_of(member.email))
        if colleague is not None:
            return self._colleague(colleague, name, member.email, notify=member.notify)
        here = member.membership_id is None  # of those who have one, only the active are colleagues
        return self._stranger(name, member.email, notify=member.notify, here=here)

    def location(self) -> tuple[Candidate, ...]:
        location = Location.objects.filter(id=self.referral.location_id).first()
        if location is None or not location.contact_email:
            return ()
        email = location.contact_email
        if (colleague := self.by_key.get(key_of(email))) is not None:
            return (self._colleague(colleague, colleague.name, email),)
        return (self._stranger(location.name, email),)

    def admins(self) -> tuple[Candidate, ...]:
        """The referrals administrators of the whole company and those of the deal's location."""
        admins = [each for each in self.colleagues if Role.REFERRALS_ADMIN in each.roles]
        scopes: dict[int, set[int]] = {}
        narrowed = RoleScope.objects.filter(
            role=Role.REFERRALS_ADMIN, membership_id__in=[each.membership_id for each in admins]
        )
        for membership_id, location_id in narrowed.values_list("membership_id", "location_id"):
            scopes.setdefault(membership_id, set()).add(location_id)
        return tuple(
            self._colleague(each, each.name, each.email)
            for each in admins
            if each.membership_id not in scopes or self.referral.location_id in scopes[each.membership_id]
        )

    def preferred(self) -> Candidate | None:
        address = CosellAddress.objects.filter(site_id=self.referral.site_id).exclude(email="").first()
        if address is None:
            return None
        return Candidate(
            address.email,
            address.email,
            key_of(address.email),
            language=address.language,
            wants=self.otherwise,
        )

    def _colleague(self, each: Colleague, name: str, email: str, *, notify: bool = True) -> Candidate:
        wants = Wants(each.choice) if each.choice else self.otherwise
        return Candidate(
            name, email, each.key, user_id=each.user_id, language=each.language or settings.LANGUAGE_CODE,
            notify=notify, wants=wants,
        )  # fmt: skip

    def of(self, each: Colleague) -> Candidate:
        return self._colleague(each, each.name, each.email)

    def _stranger(self, name: str, email: str, *, notify: bool = True, here: bool = True) -> Candidate:
        """Somebody without an account here. They are written to in the language of the partner's primary contact."""
        return Candidate(
            name, email, key_of(email), language=self.language, notify=notify, wants=self.otherwise, here=here
        )


def colleagues_of(site_id: int, kind: NoticeKind) -> list[Colleague]:
    """Everybody who works at a site now. For the outbox, which works as the system."""
    members = (
        Membership.objects.filter(
            site_id=site_id, status=MembershipStatus.ACTIVE, user__is_active=True, site__is_active=True
        )
        .select_related("user")
        .order_by("id")
    )
    chosen = Preference.objects.filter(kind=kind.name, user_id__in=[member.user_id for member in members])
    choices = dict(chosen.values_list("user_id", "choice"))
    return [
        _colleague(
            member, key_of(address_of(member.user)), key_of(member.user.email), member.user.language,
            choices.get(member.user_id),
        )
        for member in members
    ]  # fmt: skip


def own_colleagues(kind: NoticeKind) -> list[Colleague]:
    """The same for one of the site's own people, who may not read others' accounts and preferences."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cosell_colleagues(%s)", [kind.name])
        found = {row[0]: row for row in cursor.fetchall()}
    members = Membership.objects.filter(id__in=found).order_by("id")
    return [_colleague(member, *found[member.id][1:]) for member in members]


def _colleague(member: Membership, key: str, login: str, language: str, choice: str | None) -> Colleague:
    return Colleague(
        member.id, member.user_id, member.name, member.email, key, login, language, choice, member.standing,
        frozenset(member.roles),
    )  # fmt: skip

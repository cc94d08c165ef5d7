"""Who is mailed about a deal (C11). Pure: no database, no clock; told/facts.py gathers what this needs.

The rule, in its order:

1. The deal's team; if it has nobody, the contact of its location; without one, the referrals administrators of the
   company and of that location. Whoever has left the company is on no team.
2. Whoever does not want it is dropped: by the tick on the team, by their own preferences. Whoever did the deed as well.
   Nobody else steps in: a team that wants no mail gets none.
3. One address for all co-sell mail, if the partner keeps one, takes the place of everybody else, whatever they chose.
4. An address is mailed once, however it is written.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256


class Group(enum.StrEnum):
    """By what somebody comes into question, the strongest first."""

    PREFERRED = "preferred"
    TEAM = "team"
    LOCATION = "location"
    ADMINS = "admins"


class Dropped(enum.StrEnum):
    """Why somebody who comes into question is not mailed."""

    LEFT = "left"  # does not work at the company any more
    NOT_NEEDED = "not_needed"  # a stronger group has somebody
    DEED = "deed"  # did it themself
    UNTICKED = "unticked"  # on the team, without mail
    PREFERS_NOT = (
        "prefers_not"  # their own preferences; or such news are not mailed unless somebody wants them
    )
    OVERRIDDEN = "overridden"  # the one address for all co-sell mail
    SAME_ADDRESS = "same_address"  # somebody before them has the same address


class Wants(enum.StrEnum):
    """When somebody wants to be mailed; the values of notifications.models.Choice."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who comes into question. `key` stands for the address where two are compared: the same key, one mail."""

    name: str
    address: str
    key: str
    user_id: int | None = None
    language: str = ""
    notify: bool = True
    wants: Wants = Wants.AT_ONCE
    here: bool = True  # works at the company, or was never said to


@dataclass(frozen=True, slots=True)
class Facts:
    """Everybody who comes into question for a deal, by group. `doer` did the deed and is not told of it."""

    team: tuple[Candidate, ...] = ()
    location: tuple[Candidate, ...] = ()
    admins: tuple[Candidate, ...] = ()
    preferred: Candidate | None = None
    doer: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule makes of one candidate: mailed where `dropped` is None."""

    candidate: Candidate
    group: Group
    dropped: Dropped | None = None

    @property
    def mailed(self) -> bool:
        return self.dropped is None

    @property
    def concerned(self) -> bool:
        """Whether they are of the group that the deal concerns: those find it in their inbox, mailed or not."""
        return self.dropped not in (Dropped.LEFT, Dropped.NOT_NEEDED, Dropped.DEED)


def key_of(address: str) -> str:
    """What stands for an address where two are compared: case does not matter. A digest, as in migrations/0007:
    colleagues learn that two addresses are the same, not which address somebody prefers.
    """
    return sha256(address.strip().lower().encode()).hexdigest()


def decide(facts: Facts) -> list[Verdict]:
    """What becomes of everybody who comes into question, the strongest group first, in the order given."""
    verdicts = list(_chosen(facts))
    if facts.preferred is not None:
        verdicts = [_overridden(verdict) for verdict in verdicts]
        verdicts.insert(0, Verdict(facts.preferred, Group.PREFERRED, _unwanted(facts.preferred)))
    return _once_each(verdicts)


def _chosen(facts: Facts) -> Iterator[Verdict]:
    """The groups, of which the first that has somebody counts; and those in it who are dropped."""
    found = False
    groups = ((Group.TEAM, facts.team), (Group.LOCATION, facts.location), (Group.ADMINS, facts.admins))
    for group, candidates in groups:
        counts, found = not found, found or any(candidate.here for candidate in candidates)
        for candidate in candidates:
            yield Verdict(
                candidate, group, _why_dropped(candidate, facts.doer) if counts else Dropped.NOT_NEEDED
            )


def _why_dropped(candidate: Candidate, doer: int | None) -> Dropped | None:
    if not candidate.here:
        return Dropped.LEFT
    if doer is not None and candidate.user_id == doer:
        return Dropped.DEED
    if not candidate.notify:
        return Dropped.UNTICKED
    return _unwanted(candidate)


def _unwanted(candidate: Candidate) -> Dropped | None:
    return Dropped.PREFERS_NOT if candidate.wants is Wants.NONE else None


def _overridden(verdict: Verdict) -> Verdict:
    """Also of whoever is unticked: it is the address that counts now, not what they chose."""
    return replace(verdict, dropped=Dropped.OVERRIDDEN) if verdict.concerned else verdict


def _once_each(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Each address once: at once goes before the daily mail, then who comes first."""
    verdicts = list(verdicts)
    taken: dict[str, Verdict] = {}
    for verdict in sorted(verdicts, key=lambda each: each.candidate.wants is not Wants.AT_ONCE):
        if verdict.mailed:
            taken.setdefault(verdict.candidate.key, verdict)
    return [
        replace(verdict, dropped=Dropped.SAME_ADDRESS)
        if verdict.mailed and taken[verdict.candidate.key] is not verdict
        else verdict
        for verdict in verdicts
    ]

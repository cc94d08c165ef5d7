"""Who is mailed about a deal (C11), as a rule without database: the precedence, tried with every mixture of people."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cosell.told.recipients import Candidate, Dropped, Facts, Group, Wants, decide, key_of

ADDRESSES = st.sampled_from(
    [f"{name}@nile.example" for name in ("amira", "Amira", "AMIRA", "nadia", "karim", "Karim")]
)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    address = draw(ADDRESSES)
    return Candidate(
        name=address, address=address, key=key_of(address), user_id=draw(st.none() | st.integers(1, 4)),
        notify=draw(st.booleans()), wants=draw(st.sampled_from(Wants)), here=draw(st.booleans()),
    )  # fmt: skip


GROUPS = st.lists(candidates(), max_size=4).map(tuple)
FACTS = st.builds(
    Facts, team=GROUPS, location=st.lists(candidates(), max_size=1).map(tuple), admins=GROUPS,
    preferred=st.none() | candidates(), doer=st.none() | st.integers(1, 4),
)  # fmt: skip


def mailed(facts: Facts) -> list[str]:
    return [verdict.candidate.address for verdict in decide(facts) if verdict.mailed]


def person(address: str, **more: object) -> Candidate:
    return replace(Candidate(address, address, key_of(address)), **more)  # type: ignore[arg-type]


AMIRA, NADIA, KARIM = (person(f"{name}@nile.example") for name in ("amira", "nadia", "karim"))


class TestWhateverThePeople:
    @given(FACTS)
    def test_everybody_who_comes_into_question_has_a_verdict(self, facts: Facts) -> None:
        everybody = [*facts.team, *facts.location, *facts.admins] + (
            [facts.preferred] if facts.preferred else []
        )
        assert sorted(map(repr, everybody)) == sorted(repr(verdict.candidate) for verdict in decide(facts))

    @given(FACTS)
    def test_an_address_is_mailed_once_whatever_its_case(self, facts: Facts) -> None:
        addresses = [address.lower() for address in mailed(facts)]
        assert len(addresses) == len(set(addresses))

    @given(FACTS)
    def test_nobody_is_mailed_who_does_not_want_it_did_it_or_has_left(self, facts: Facts) -> None:
        for verdict in decide(facts):
            candidate = verdict.candidate
            if verdict.mailed:
                assert candidate.wants is not Wants.NONE
                if verdict.group is not Group.PREFERRED:
                    assert (candidate.notify, candidate.here) == (True, True)
                    assert facts.doer is None or candidate.user_id != facts.doer

    @given(FACTS)
    def test_those_mailed_are_of_one_group(self, facts: Facts) -> None:
        assert len({verdict.group for verdict in decide(facts) if verdict.mailed}) <= 1

    @given(FACTS)
    def test_a_preferred_address_is_the_only_one(self, facts: Facts) -> None:
        if facts.preferred is not None:
            expected = [] if facts.preferred.wants is Wants.NONE else [facts.preferred.address]
            assert mailed(facts) == expected

    @given(FACTS)
    def test_the_first_group_that_has_somebody_counts(self, facts: Facts) -> None:
        strongest = next(
            (
                group
                for group, members in (
                    (Group.TEAM, facts.team), (Group.LOCATION, facts.location), (Group.ADMINS, facts.admins)
                )
                if any(member.here for member in members)
            ),
            None,
        )  # fmt: skip
        concerned = {verdict.group for verdict in decide(replace(facts, preferred=None)) if verdict.concerned}
        assert concerned <= ({strongest} if strongest else set())

    @given(FACTS)
    def test_whoever_wants_it_is_mailed_unless_a_rule_says_why_not(self, facts: Facts) -> None:
        """A dropped address that is said to be somebody else's is really mailed."""
        verdicts = decide(facts)
        reached = {verdict.candidate.key for verdict in verdicts if verdict.mailed}
        for verdict in verdicts:
            if verdict.dropped is Dropped.SAME_ADDRESS:
                assert verdict.candidate.key in reached

    @given(FACTS)
    def test_to_drop_somebody_never_brings_a_weaker_group_in(self, facts: Facts) -> None:
        unwanted = replace(
            facts, team=tuple(replace(member, notify=False) for member in facts.team), preferred=None
        )
        if any(member.here for member in facts.team):
            assert mailed(unwanted) == []


class TestTheOrder:
    def test_the_team_before_the_location_before_the_administrators(self) -> None:
        facts = Facts(team=(AMIRA,), location=(NADIA,), admins=(KARIM,))
        assert mailed(facts) == ["amira@nile.example"]
        assert mailed(replace(facts, team=())) == ["nadia@nile.example"]
        assert mailed(replace(facts, team=(), location=())) == ["karim@nile.example"]

    def test_a_team_that_has_left_gives_way(self) -> None:
        facts = Facts(team=(replace(AMIRA, here=False),), location=(NADIA,))
        assert mailed(facts) == ["nadia@nile.example"]

    def test_the_preferred_address_also_where_nobody_wanted_mail(self) -> None:
        facts = Facts(team=(replace(AMIRA, notify=False),), preferred=KARIM)
        assert mailed(facts) == ["karim@nile.example"]

    def test_the_same_address_at_once_goes_before_the_daily_mail(self) -> None:
        daily = replace(AMIRA, address="AMIRA@nile.example", wants=Wants.DAILY)
        assert mailed(Facts(team=(daily, AMIRA))) == ["amira@nile.example"]

"""The ranking of partners: what it may never do, tried with very many figures; and the example of the README."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cosell.matching.ranking import (
    NEWCOMER,
    POINT,
    SLOW,
    Figures,
    Points,
    outcome_points,
    points_of,
    ranked,
    selectivity_points,
    shares_of,
    speed_points,
)
from cosell.tags import NAMES, TagKind, kind_of

codes = st.frozensets(st.sampled_from(sorted(NAMES)), max_size=12)
counts = st.integers(min_value=0, max_value=5000)
minutes = st.integers(min_value=0, max_value=600_000)


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    received, closed = draw(counts), draw(counts)
    return Figures(
        received,
        draw(st.integers(0, received)),
        draw(counts),
        draw(minutes),
        closed,
        draw(st.integers(0, closed)),
    )


keys = st.integers(min_value=0, max_value=10**9).map(lambda number: f"{number:012d}")
rows = st.lists(st.tuples(keys, codes, st.none() | figures()), max_size=30, unique_by=lambda row: row[0]).map(
    lambda found: [(key, sorted(tags), *(had or [None] * 6)) for key, tags, had in found]
)


class TestTags:
    @given(wanted=codes, tags=codes, one=st.sampled_from(sorted(NAMES)), had=figures())
    def test_a_further_tag_never_lowers(
        self, wanted: frozenset[str], tags: frozenset[str], one: str, had: Figures
    ) -> None:
        assert points_of(wanted, tags | {one}, had).total >= points_of(wanted, tags, had).total

    @given(wanted=codes.filter(bool), tags=codes, had=figures())
    def test_a_further_tag_that_is_wished_for_raises(
        self, wanted: frozenset[str], tags: frozenset[str], had: Figures
    ) -> None:
        one = min(wanted)
        assert points_of(wanted, tags | {one}, had).total > points_of(wanted, tags - {one}, had).total

    @given(wanted=codes)
    def test_whoever_has_all_of_it_has_all_the_points_whatever_is_wished_for(
        self, wanted: frozenset[str]
    ) -> None:
        assert sum(shares_of(wanted).values()) == (60 * POINT if wanted else 0)
        assert points_of(wanted, NAMES).total - points_of(wanted, []).total == (60 * POINT if wanted else 0)

    @given(wanted=codes, tags=codes)
    def test_what_nobody_wishes_for_counts_for_nothing(
        self, wanted: frozenset[str], tags: frozenset[str]
    ) -> None:
        assert points_of(wanted, tags) == points_of(wanted, tags & wanted)

    @given(wanted=codes, tags=codes)
    def test_points_are_given_to_the_kind_that_the_tag_is_of(
        self, wanted: frozenset[str], tags: frozenset[str]
    ) -> None:
        found = points_of(wanted, tags)
        kinds = {kind_of(code) for code in wanted & tags}
        for kind, points in zip(TagKind, found, strict=False):
            assert (points > 0) == (kind in kinds)


class TestFigures:
    @given(answered=counts, slower=minutes, faster=minutes)
    def test_faster_never_lowers(self, answered: int, slower: int, faster: int) -> None:
        slower, faster = max(slower, faster), min(slower, faster)
        assert speed_points(answered, faster) >= speed_points(answered, slower)

    @given(received=counts, accepted=counts)
    def test_accepting_one_more_never_lowers(self, received: int, accepted: int) -> None:
        accepted = min(accepted, received)
        assert selectivity_points(received + 1, accepted + 1) >= selectivity_points(received, accepted)
        assert selectivity_points(received + 1, accepted) <= selectivity_points(received, accepted)

    @given(closed=counts, won=counts)
    def test_winning_one_more_never_lowers_and_losing_one_never_raises(self, closed: int, won: int) -> None:
        won = min(won, closed)
        assert outcome_points(closed + 1, won + 1) >= outcome_points(closed, won)
        assert outcome_points(closed + 1, won) <= outcome_points(closed, won)

    @given(had=figures(), wanted=codes, tags=codes)
    def test_nobody_has_less_than_nothing_or_more_than_a_hundred(
        self, had: Figures, wanted: frozenset[str], tags: frozenset[str]
    ) -> None:
        points = points_of(wanted, tags, had)
        assert all(each >= 0 for each in points)
        assert points.total <= 100 * POINT

    def test_a_newcomer_stands_in_the_middle_of_each(self) -> None:
        assert points_of([], [], NEWCOMER)[3:] == (7500, 5000, 7500)

    def test_one_case_decides_little(self) -> None:
        lost, won = outcome_points(1, 0), outcome_points(1, 1)
        assert (lost, won) == (6000, 9000)


class TestTheOrder:
    @given(wanted=codes, found=rows)
    def test_is_total_and_does_not_depend_on_how_the_rows_came(
        self, wanted: frozenset[str], found: list[tuple[object, ...]]
    ) -> None:
        forwards = ranked(wanted, found, most=30)  # type: ignore[arg-type]
        backwards = ranked(wanted, reversed(found), most=30)  # type: ignore[arg-type]
        assert forwards == backwards
        assert [(-each.total, each.key) for each in forwards] == sorted(
            (-each.total, each.key) for each in forwards
        )
        assert {each.key for each in forwards} == {row[0] for row in found}

    @given(wanted=codes, found=rows, most=st.integers(0, 10))
    def test_the_best_few_are_the_first_of_all(
        self, wanted: frozenset[str], found: list[tuple[object, ...]], most: int
    ) -> None:
        whole = ranked(wanted, found, most=30)  # type: ignore[arg-type]
        assert ranked(wanted, found, most=most) == whole[:most]  # type: ignore[arg-type]

    def test_equals_are_ordered_by_their_key(self) -> None:
        none = [None] * 6
        got = ranked(
            ["product-cloud"], [("b", ["product-cloud"], *none), ("a", ["product-cloud"], *none)], most=2
        )  # type: ignore[list-item]
        assert [each.key for each in got] == ["a", "b"]


class TestTheExampleOfTheReadme:
    """Whoever changes one changes the other."""

    WANTED = ("industry-retail", "product-cloud", "service-migration", "service-training")

    def test_nile(self) -> None:
        tags = ["industry-retail", "product-cloud", "service-migration"]
        had = Figures(received=20, accepted=15, answered=20, answer_minutes=6 * 60, closed=8, won=5)
        assert points_of(self.WANTED, tags, had) == Points(15000, 25000, 10000, 13382, 7083, 8750)
        assert points_of(self.WANTED, tags, had).total == 79215

    def test_vistula(self) -> None:
        assert points_of(self.WANTED, self.WANTED) == Points(15000, 25000, 20000, 7500, 5000, 7500)
        assert points_of(self.WANTED, self.WANTED).total == 80000

    def test_lagoon(self) -> None:
        had = Figures(received=30, accepted=6, answered=30, answer_minutes=SLOW, closed=6, won=1)
        assert points_of(self.WANTED, ["product-cloud"], had).total == 25000 + 882 + 2352 + 4500

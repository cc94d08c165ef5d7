"""What is asked, and what is proposed for the answers; and what staff are told can never happen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.guide.checking import Flaw, What, can_be_proposed, flaws_of_question, flaws_of_rule
from orders.guide.logic import Comparison, Condition, Given, Kind, Question, Rule, evaluate, interview

NEED = Question("need", Kind.CHOICE, ("backup", "identity"))
SEATS = Question(
    "seats", Kind.NUMBER, least=1, most=500, conditions=(Condition("need", Comparison.IS, "identity"),)
)
EXTRAS = Question("extras", Kind.SEVERAL, ("support", "training"))
ALL = [NEED, SEATS, EXTRAS]


class TestAnInterview:
    def test_begins_with_the_first_question(self) -> None:
        assert interview(ALL, {}).next == NEED

    def test_skips_what_an_answer_makes_moot(self) -> None:
        assert interview(ALL, {"need": frozenset({"backup"})}).next == EXTRAS

    def test_asks_what_an_answer_makes_matter(self) -> None:
        assert interview(ALL, {"need": frozenset({"identity"})}).next == SEATS

    def test_is_over_when_everything_that_matters_is_answered(self) -> None:
        over = interview(ALL, {"need": frozenset({"backup"}), "extras": frozenset()})
        assert over.is_over
        assert [question.code for question in over.asked] == ["need", "extras"]

    def test_forgets_answers_to_what_became_moot_when_somebody_went_back(self) -> None:
        left = {"need": frozenset({"backup"}), "seats": 25, "extras": frozenset({"support"})}
        assert dict(interview(ALL, left).answers) == {
            "need": frozenset({"backup"}),
            "extras": frozenset({"support"}),
        }

    def test_does_not_stop_at_a_question_that_has_no_answers_yet(self) -> None:
        assert interview([Question("new", Kind.CHOICE), NEED], {}).next == NEED

    def test_asks_again_where_the_answer_cannot_be(self) -> None:
        for wrong in (0, 501, frozenset({"backup"})):
            assert interview(ALL, {"need": frozenset({"identity"}), "seats": wrong}).next == SEATS
        assert interview(ALL, {"need": frozenset({"backup", "identity"})}).next == NEED
        assert interview(ALL, {"need": frozenset({"unheard"})}).next == NEED


class TestARule:
    def test_proposes_when_all_its_conditions_hold(self) -> None:
        rule = Rule(
            "r",
            (Condition("need", Comparison.IS, "backup"), Condition("extras", Comparison.IS_NOT, "training")),
        )
        proposed, _ = evaluate([rule], {"need": frozenset({"backup"}), "extras": frozenset({"support"})})
        assert [(each.rule, each.quantity) for each in proposed] == [("r", 1)]

    def test_says_which_conditions_kept_it_from_it(self) -> None:
        rule = Rule(
            "r", (Condition("need", Comparison.IS, "backup"), Condition("extras", Comparison.IS, "training"))
        )
        _, over = evaluate([rule], {"need": frozenset({"backup"}), "extras": frozenset()})
        assert over[0].failing == (Condition("extras", Comparison.IS, "training"),)

    def test_counts_each_begun_hundred(self) -> None:
        rule = Rule("r", quantity=2, counted="seats", per=100)
        quantities = [evaluate([rule], {"seats": n})[0][0].quantity for n in (1, 100, 101, 250)]
        assert quantities == [2, 2, 4, 6]

    def test_proposes_nothing_for_a_number_of_none_or_one_that_was_not_asked(self) -> None:
        rule = Rule("r", counted="seats")
        assert evaluate([rule], {"seats": 0})[0] == []
        assert evaluate([rule], {})[0] == []

    def test_without_conditions_always_proposes(self) -> None:
        assert len(evaluate([Rule("r")], {})[0]) == 1

    def test_on_a_question_that_was_not_asked_never_holds_even_if_it_says_not(self) -> None:
        assert evaluate([Rule("r", (Condition("need", Comparison.IS_NOT, "backup"),))], {})[0] == []


class TestStaffAreTold:
    def test_of_conditions_that_contradict_each_other(self) -> None:
        both = (Condition("need", Comparison.IS, "backup"), Condition("need", Comparison.IS, "identity"))
        assert flaws_of_rule(Rule("r", both), ALL) == [Flaw(What.CONTRADICTORY)]

    def test_of_numbers_that_cannot_be_at_once(self) -> None:
        both = (Condition("seats", Comparison.AT_LEAST, 50), Condition("seats", Comparison.AT_MOST, 49))
        assert flaws_of_rule(Rule("r", both), ALL) == [Flaw(What.CONTRADICTORY)]

    def test_of_numbers_beyond_what_may_be_answered(self) -> None:
        assert flaws_of_rule(Rule("r", (Condition("seats", Comparison.AT_LEAST, 501),)), ALL) == [
            Flaw(What.CONTRADICTORY)
        ]

    def test_of_a_rule_about_a_question_that_is_then_not_asked(self) -> None:
        rule = Rule(
            "r", (Condition("need", Comparison.IS, "backup"), Condition("seats", Comparison.AT_LEAST, 5))
        )
        assert flaws_of_rule(rule, ALL) == [Flaw(What.UNREACHABLE)]

    def test_of_a_number_that_is_then_not_asked_for(self) -> None:
        rule = Rule("r", (Condition("need", Comparison.IS, "backup"),), counted="seats")
        assert flaws_of_rule(rule, ALL) == [Flaw(What.NOTHING_COUNTED, "seats")]

    def test_of_answers_and_questions_that_are_gone(self) -> None:
        assert flaws_of_rule(Rule("r", (Condition("gone", Comparison.IS, "x"),)), ALL) == [
            Flaw(What.UNKNOWN, "gone")
        ]
        assert flaws_of_rule(Rule("r", (Condition("need", Comparison.IS, "x"),)), ALL) == [
            Flaw(What.UNKNOWN, "need")
        ]

    def test_of_a_question_that_depends_on_a_later_one(self) -> None:
        early = Question(
            "early", Kind.CHOICE, ("a", "b"), conditions=(Condition("need", Comparison.IS, "backup"),)
        )
        assert flaws_of_question(early, [early, NEED]) == [Flaw(What.LATER, "need")]

    def test_of_a_question_without_a_choice(self) -> None:
        assert flaws_of_question(Question("q", Kind.CHOICE, ("only",)), []) == [Flaw(What.FEW_ANSWERS)]

    def test_nothing_of_what_is_in_order(self) -> None:
        assert [flaws_of_question(question, ALL) for question in ALL] == [[], [], []]
        assert (
            flaws_of_rule(Rule("r", (Condition("seats", Comparison.AT_LEAST, 5),), counted="seats"), ALL)
            == []
        )


# ------------------------------------------------------------------------------------------ properties

CODES = ("a", "b", "c", "d")
conditions = st.lists(
    st.one_of(
        st.builds(
            Condition,
            st.sampled_from(CODES),
            st.sampled_from([Comparison.IS, Comparison.IS_NOT]),
            st.sampled_from(["x", "y", "gone"]),
        ),
        st.builds(
            Condition,
            st.sampled_from(CODES),
            st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST]),
            st.integers(0, 4),
        ),
    ),
    max_size=3,
).map(tuple)


def question(code: str) -> st.SearchStrategy[Question]:
    choosing = st.builds(
        Question,
        st.just(code),
        st.sampled_from([Kind.CHOICE, Kind.SEVERAL]),
        st.sampled_from([("x", "y"), ("x",), ("x", "y", "z"), ()]),
        conditions=conditions,
    )
    number = st.builds(
        Question,
        st.just(code),
        st.just(Kind.NUMBER),
        least=st.integers(0, 1),
        most=st.integers(1, 3),
        conditions=conditions,
    )
    return st.one_of(choosing, number)


guides = st.tuples(*(question(code) for code in CODES[:3])).map(list)
rules = st.builds(
    Rule, st.just("r"), conditions, counted=st.sampled_from(["", *CODES]), per=st.integers(1, 3)
)


def possible(of: Question) -> list[Given]:
    if of.kind is Kind.NUMBER:
        return list(range(of.least, of.most + 1))
    if of.kind is Kind.CHOICE:
        return [frozenset({answer}) for answer in of.answers] or [frozenset()]
    sizes = range(len(of.answers) + 1)
    return [frozenset(some) for size in sizes for some in itertools.combinations(of.answers, size)]


def every_interview(questions: list[Question]) -> Iterator[Mapping[str, Given]]:
    """Whatever can be answered, tried one by one."""
    for answers in itertools.product(*(possible(each) for each in questions)):
        yield interview(questions, dict(zip([q.code for q in questions], answers, strict=True))).answers


class TestForAnyQuestionsAndRules:
    @given(guides, rules)
    @settings(max_examples=300, deadline=None)
    def test_a_rule_is_called_impossible_exactly_if_no_answers_make_it_propose(
        self, questions: list[Question], rule: Rule
    ) -> None:
        ever = any(evaluate([rule], answers)[0] for answers in every_interview(questions))
        assert can_be_proposed(rule, questions) is ever

    @given(
        guides,
        st.dictionaries(st.sampled_from(CODES), st.one_of(st.integers(-1, 5), st.just(frozenset("x")))),
    )
    @settings(deadline=None)
    def test_asking_again_with_the_answers_kept_changes_nothing(
        self, questions: list[Question], answers: dict[str, Given]
    ) -> None:
        first = interview(questions, answers)
        assert interview(questions, first.answers) == first

    @given(guides, rules)
    @settings(deadline=None)
    def test_each_rule_either_proposes_or_is_passed_over(self, questions: list[Question], rule: Rule) -> None:
        for answers in itertools.islice(every_interview(questions), 20):
            proposed, over = evaluate([rule], answers)
            assert len(proposed) + len(over) == 1
            assert all(each.quantity >= 1 for each in proposed)

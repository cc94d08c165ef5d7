"""Before a deal is handed in, its partner may ask whether it conflicts; and nothing but the answer tells."""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import actions, queries
from deals.models import Deal, VerdictAsked
from deals.rules import Rules
from deals.states import LIVE, TERMINAL, MatchRule, Status, Verdict
from deals.verdicts import Answer, Manner, explained, verdict_on
from identity import tenancy
from identity.models import Membership
from notifications.models import Notice
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def ask(deal: Deal, *, by: Membership, now: datetime | None = None) -> Answer:
    with tenancy.scope(actor(by)):
        return actions.ask_verdict(deal, by=actor(by), now=now or timezone.now())


def said(deal: Deal, *, by: Membership) -> tuple[str, str]:
    answer = ask(deal, by=by)
    return answer.verdict, answer.rule


def asked() -> list[VerdictAsked]:
    with tenancy.as_system():
        return list(VerdictAsked.objects.order_by("id"))


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So few questions a day."""
    few = Rules(verdicts_a_day=2)
    for module in (actions.verdicts, actions.submitting, queries):
        monkeypatch.setattr(module, "rules_in_force", lambda: few)
    return 2


class TestTheVerdict:
    def test_is_clear_where_nobody_else_is(self, cast: Cast) -> None:
        make_deal(cast, by=cast.rival)
        assert said(make_draft(cast.sales), by=cast.sales) == ("clear", "")

    def test_knows_the_same_customer_of_the_directory(self, cast: Cast) -> None:
        customer = make_customer("Łąka Foods", country="PL")
        make_deal(cast, by=cast.rival, customer=customer)
        assert said(make_draft(cast.sales, customer=customer), by=cast.sales) == ("likely", "customer")

    @pytest.mark.parametrize(
        ("rule", "typed"),
        [
            (
                "tax_id",
                {"customer_name": "Other Ltd", "customer_country": "PL", "customer_tax_id": "525-000-11-22"},
            ),
            (
                "tax_id",
                {"customer_name": "Other Ltd", "customer_country": "DE", "customer_tax_id": "PL5250001122"},
            ),
            (
                "domain",
                {
                    "customer_name": "Other Ltd",
                    "customer_country": "IT",
                    "customer_domain": "shop.laka.example",
                },
            ),
            ("name", {"customer_name": "LAKA FOODS S.A.", "customer_country": "PL"}),
            ("similar", {"customer_name": "Foods Laka", "customer_country": "PL"}),
            (
                "similar",
                {"customer_name": "Łąka Foods", "customer_country": "PL", "customer_tax_id": "PL9990001122"},
            ),
        ],
    )
    def test_knows_a_customer_that_is_typed_anew(self, cast: Cast, rule: str, typed: dict[str, str]) -> None:
        known = {"name": "Łąka Foods Sp. z o.o.", "country": "PL", "web_domain": "laka.example"}
        make_deal(
            cast,
            by=cast.rival,
            customer=make_customer(
                **known, tax_id="PL5250001122" if rule == "tax_id" or "customer_tax_id" in typed else ""
            ),
        )
        assert said(make_draft(cast.sales, **typed), by=cast.sales) == ("likely", rule)

    def test_knows_a_name_in_another_script(self, cast: Cast) -> None:
        make_deal(cast, by=cast.rival, customer_name="مستشفى النخيل", customer_country="EG")
        typed = {"customer_name": "Nakheel Hospital", "customer_country": "EG"}
        assert said(make_draft(cast.sales, **typed), by=cast.sales) == ("likely", "similar")

    def test_is_clear_for_another_product_line(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, by=cast.rival, customer=customer)
        other = [(make_part("F0ABCLL", line="FLOW"), 1)]
        assert said(make_draft(cast.sales, customer=customer, products=other), by=cast.sales) == ("clear", "")

    def test_is_likely_when_one_line_of_several_is_the_same(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, by=cast.rival, customer=customer)
        both = [(make_part("F0ABCLL", line="FLOW"), 1), (make_part("D0OTHLL"), 1)]
        assert said(make_draft(cast.sales, customer=customer, products=both), by=cast.sales)[0] == "likely"

    @pytest.mark.parametrize("status", LIVE)
    def test_counts_what_is_live(self, cast: Cast, status: str) -> None:
        customer = make_customer()
        make_deal(cast, status, by=cast.rival, customer=customer)
        assert said(make_draft(cast.sales, customer=customer), by=cast.sales) == ("likely", "customer")

    @pytest.mark.parametrize("status", [Status.DRAFT, *TERMINAL])
    def test_counts_nothing_else(self, cast: Cast, status: str) -> None:
        customer = make_customer()
        make_deal(cast, status, by=cast.rival, customer=customer)
        assert said(make_draft(cast.sales, customer=customer), by=cast.sales) == ("clear", "")

    def test_counts_a_returned_deal_as_long_as_it_keeps_its_place(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, Status.RETURNED, by=cast.rival, customer=customer, now=NOW)
        draft = make_draft(cast.sales, customer=customer)
        days = Rules().keeps_place_days
        within = ask(draft, by=cast.sales, now=NOW + timedelta(days=days, seconds=-1))
        after = ask(draft, by=cast.sales, now=NOW + timedelta(days=days + 1))
        assert (within.verdict, after.verdict) == ("likely", "clear")

    def test_is_own_for_the_sites_own_deal_and_says_which(self, cast: Cast) -> None:
        customer = make_customer()
        own = make_deal(cast, by=cast.primary, customer=customer)
        answer = ask(make_draft(cast.sales, customer=customer), by=cast.sales)
        assert (answer.verdict, answer.rule, answer.own_deal) == ("own", "customer", own.public_id)

    def test_is_never_hidden_by_an_own_deal(self, cast: Cast) -> None:
        customer = make_customer("Łąka", country="PL", tax_id="PL5250001122")
        own = make_deal(cast, by=cast.primary, customer=customer)
        make_deal(
            cast, by=cast.rival, customer=make_customer("Laka Group", country="PL", tax_id="5250001122")
        )
        answer = ask(make_draft(cast.sales, customer=customer), by=cast.sales)
        assert (answer.verdict, answer.rule, answer.own_deal) == ("likely", "tax_id", own.public_id)

    def test_tells_the_surest_rule(self, cast: Cast) -> None:
        customer = make_customer("Łąka", country="PL", web_domain="laka.example")
        make_deal(
            cast, by=cast.rival, customer=make_customer("Other", country="PL", web_domain="laka.example")
        )
        draft = make_draft(cast.sales, customer=customer)
        assert said(draft, by=cast.sales) == ("likely", "domain")
        make_deal(cast, by=cast.rival, customer=customer)
        assert said(make_draft(cast.sales, customer=customer), by=cast.sales) == ("likely", "customer")

    def test_has_words_for_every_rule(self) -> None:
        for verdict in Verdict.values:
            for rule in MatchRule.values:
                words = explained(verdict, rule)
                assert words is not None
                assert str(words.title)
                assert bool(words.why and words.help) == (verdict != Verdict.CLEAR)
        assert explained("", "") is None


class TestWhoMayAsk:
    def test_the_partner_whose_deal_it_is_and_nobody_else(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        with (
            tenancy.scope(actor(cast.rival)),
            pytest.raises(IntegrityError, match="its own draft"),
            transaction.atomic(),
        ):
            verdict_on(draft, Manner.ASK, rules=Rules(), now=NOW)
        assert ask(draft, by=cast.primary).verdict == "clear"

    def test_of_a_complete_deal(self, cast: Cast) -> None:
        draft = make_draft(cast.sales, name="")
        with pytest.raises(actions.DealIncomplete):
            ask(draft, by=cast.sales)
        assert not asked()

    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED, Status.WITHDRAWN])
    def test_of_what_is_not_handed_in_yet(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        with pytest.raises(actions.DealNotOpen):
            ask(deal, by=cast.sales)
        with (
            tenancy.scope(actor(cast.sales)),
            pytest.raises(IntegrityError, match="its own draft"),
            transaction.atomic(),
        ):
            verdict_on(deal, Manner.LOOK, rules=Rules(), now=NOW)

    def test_of_what_was_returned(self, cast: Cast) -> None:
        assert ask(make_deal(cast, Status.RETURNED), by=cast.sales).verdict == "clear"

    def test_nobody_but_resellers_in_the_database_either(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        for person in (cast.distributor, cast.deal_desk, cast.applicant):
            with tenancy.scope(actor(person)), pytest.raises(ProgrammingError), transaction.atomic():
                verdict_on(draft, Manner.ASK, rules=Rules(), now=NOW)

    def test_and_only_the_vendor_reads_who_asked(self, cast: Cast) -> None:
        ask(make_draft(cast.sales), by=cast.sales)
        with tenancy.scope(actor(cast.deal_desk)):
            noted = VerdictAsked.objects.get()
        assert (noted.site_id, noted.user_id, noted.verdict) == (cast.site.id, cast.sales.user_id, "clear")
        for person in (cast.sales, cast.distributor):
            with tenancy.scope(actor(person)), pytest.raises(DatabaseError), transaction.atomic():
                VerdictAsked.objects.count()


class TestTheSameQuestion:
    def test_gets_the_same_answer_for_a_day_whatever_happens_meanwhile(self, cast: Cast) -> None:
        customer = make_customer()
        draft = make_draft(cast.sales, customer=customer)
        first = ask(draft, by=cast.sales, now=NOW)
        make_deal(cast, by=cast.rival, customer=customer, now=NOW)
        again = ask(draft, by=cast.sales, now=NOW + timedelta(hours=23))
        next_day = ask(draft, by=cast.sales, now=NOW + timedelta(hours=25))
        assert [answer.verdict for answer in (first, again, next_day)] == ["clear", "clear", "likely"]
        assert (again.at, again.left) == (first.at, first.left)

    def test_is_noted_once(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        for _ in range(3):
            ask(draft, by=cast.sales)
        assert len(asked()) == 1

    def test_is_another_one_with_another_customer_or_line(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        for changes in (
            {},
            {"customer_tax_id": "EG123456"},
            {"products": [(make_part("F0ABCLL", line="FLOW"), 1)]},
        ):
            with tenancy.scope(actor(cast.sales)):
                actions.save_draft(draft, by=actor(cast.sales), now=timezone.now(), changes=changes)
            ask(draft, by=cast.sales)
        assert len(asked()) == 3

    def test_is_answered_anew_when_the_deal_is_handed_in(self, cast: Cast) -> None:
        customer = make_customer()
        draft = make_draft(cast.sales, customer=customer)
        ask(draft, by=cast.sales)
        make_deal(cast, by=cast.rival, customer=customer)
        deal = do("submit", draft, partner=cast.sales, staff=cast.deal_desk)
        assert (deal.verdict, deal.verdict_rule) == ("likely", "customer")
        assert (stored(deal).verdict, stored(deal).verdict_rule) == ("likely", "customer")

    def test_is_shown_without_being_asked_again(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        with tenancy.scope(actor(cast.sales)):
            assert verdict_on(draft, Manner.LOOK, rules=Rules(), now=NOW) is None
        ask(draft, by=cast.sales, now=NOW)
        with tenancy.scope(actor(cast.sales)):
            seen = verdict_on(draft, Manner.LOOK, rules=Rules(), now=NOW + timedelta(minutes=1))
        assert seen is not None
        assert seen.verdict == "clear"
        assert len(asked()) == 1


class TestTooManyQuestions:
    def test_are_refused_and_noted_and_it_says_until_when(self, cast: Cast, few: int) -> None:
        drafts = [make_draft(cast.sales) for _ in range(few + 1)]
        answers = [ask(draft, by=cast.sales, now=NOW + timedelta(hours=n)) for n, draft in enumerate(drafts)]
        assert [answer.verdict for answer in answers] == ["clear"] * few + [""]
        assert [answer.left for answer in answers] == [1, 0, 0]
        assert answers[-1].again_at == NOW + timedelta(hours=24)
        assert [noted.verdict for noted in asked()] == ["clear"] * few + [""]

    def test_are_answered_again_a_day_later(self, cast: Cast, few: int) -> None:
        drafts = [make_draft(cast.sales) for _ in range(few + 1)]
        for draft in drafts:
            last = ask(draft, by=cast.sales, now=NOW)
        assert last.again_at is not None
        assert ask(drafts[-1], by=cast.sales, now=last.again_at).verdict == "clear"

    def test_do_not_take_the_answers_away_that_were_given(self, cast: Cast, few: int) -> None:
        drafts = [make_draft(cast.sales) for _ in range(few + 1)]
        for draft in drafts:
            ask(draft, by=cast.sales)
        assert ask(drafts[0], by=cast.sales).verdict == "clear"

    def test_do_not_count_for_another_site(self, cast: Cast, few: int) -> None:
        for _ in range(few + 1):
            ask(make_draft(cast.sales), by=cast.sales)
        assert ask(make_draft(cast.rival), by=cast.rival).verdict == "clear"

    def test_keep_nobody_from_registering(self, cast: Cast, few: int) -> None:
        for _ in range(few):
            ask(make_draft(cast.sales), by=cast.sales)
        deal = do("submit", make_draft(cast.sales), partner=cast.sales, staff=cast.deal_desk)
        assert (deal.status, deal.verdict) == (Status.SUBMITTED, "")

    def test_include_those_of_deals_handed_in(self, cast: Cast, few: int) -> None:
        for _ in range(few):
            make_deal(cast)
        assert ask(make_draft(cast.sales), by=cast.sales).is_refused

    @pytest.mark.django_db(transaction=True)
    def test_cannot_be_put_at_the_same_moment(self, cast: Cast, few: int) -> None:
        drafts = [make_draft(cast.sales) for _ in range(6)]
        start = threading.Barrier(len(drafts))
        found: list[str] = []

        def put(draft: Deal) -> None:
            try:
                start.wait()
                found.append(ask(draft, by=cast.sales).verdict)
            finally:
                connection.close()

        threads = [threading.Thread(target=put, args=[draft]) for draft in drafts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [""] * 4 + ["clear"] * 2


class TestOnTheReviewPage:
    def check(self, cast: Cast, deal: Deal, **data: Any) -> Any:
        data.setdefault("version", stored(deal).version)
        return signed_in(cast.sales).post(f"/deals/{deal.public_id}/check/", data)

    def page(self, cast: Cast, deal: Deal) -> str:
        return text_of(signed_in(cast.sales).get(f"/deals/{deal.public_id}/review/"))

    def test_nothing_is_said_before_it_is_asked(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, by=cast.rival, customer=customer)
        page = self.page(cast, make_draft(cast.sales, customer=customer))
        assert "Check for conflicts" in page
        assert "A conflict is likely" not in page
        assert not [noted for noted in asked() if noted.site_id == cast.site.id]

    def test_asked_for_it_says_why_and_what_helps(self, cast: Cast) -> None:
        make_deal(cast, by=cast.rival, customer=make_customer("Łąka Foods", country="PL"))
        draft = make_draft(cast.sales, customer_name="Laka Foods", customer_country="PL")
        answer = self.check(cast, draft)
        assert answer["Location"] == f"/deals/{draft.public_id}/review/#verdict"
        page = self.page(cast, draft)
        assert "A conflict is likely" in page
        assert "The legal name and the country are the same." in page
        assert "add the tax id of the legal entity" in page
        assert cast.rival_site.name not in page

    def test_leads_to_the_sites_own_deal(self, cast: Cast) -> None:
        customer = make_customer()
        own = make_deal(cast, customer=customer, name="Our own one")
        draft = make_draft(cast.sales, customer=customer)
        self.check(cast, draft)
        page = self.page(cast, draft)
        assert "Your own site has a deal like this" in page
        assert f'href="/deals/{own.public_id}/"' in page

    def test_says_when_too_much_was_asked(self, cast: Cast, few: int) -> None:
        for _ in range(few):
            ask(make_draft(cast.sales), by=cast.sales)
        answer = self.check(cast, make_draft(cast.sales))
        assert answer.status_code == 429
        assert "No more checks for now" in text_of(answer)
        assert "You can check again from" in text_of(answer)
        assert "Registering works without the check" in text_of(answer)

    def test_says_what_is_missing_first(self, cast: Cast) -> None:
        draft = make_draft(cast.sales, next_steps="")
        answer = self.check(cast, draft)
        assert answer.status_code == 422
        assert not asked()

    def test_of_a_deal_changed_meanwhile_shows_it_as_it_is(self, cast: Cast) -> None:
        assert self.check(cast, make_draft(cast.sales), version=1).status_code == 409
        assert not asked()

    def test_of_a_strangers_deal_there_is_none(self, cast: Cast) -> None:
        draft = make_draft(cast.rival)
        assert self.check(cast, draft).status_code == 404

    def test_is_for_those_who_register(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        assert signed_in(cast.newcomer).post(f"/deals/{draft.public_id}/check/").status_code == 403

    def test_is_said_on_the_deal_once_it_is_handed_in(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        assert "A conflict is likely" in text_of(signed_in(cast.sales).get(f"/deals/{deal.public_id}/"))
        assert "Likely conflict" in text_of(signed_in(cast.deal_desk).get(f"/deals/{deal.public_id}/"))
        assert "onflict" not in text_of(signed_in(cast.distributor).get(f"/deals/{deal.public_id}/"))


class TestThroughTheApi:
    def test_it_is_asked_for(self, cast: Cast) -> None:
        customer = make_customer()
        make_deal(cast, by=cast.rival, customer=customer)
        draft = make_draft(cast.sales, customer=customer)
        answer = caller(cast.sales).send("post", f"/api/v1/deals/{draft.public_id}/verdict/")
        assert answer.status_code == 200, answer.json()
        told = answer.json()
        assert (told["verdict"], told["rule"], told["own_deal"]) == ("likely", "customer", None)
        assert told["why"]
        assert told["help"]
        assert told["questions_left"] == Rules().verdicts_a_day - 1

    def test_too_often_says_when_again(self, cast: Cast, few: int) -> None:
        for _ in range(few):
            ask(make_draft(cast.sales), by=cast.sales)
        draft = make_draft(cast.sales)
        answer = caller(cast.sales).send("post", f"/api/v1/deals/{draft.public_id}/verdict/")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_verdicts")
        assert 23 * 3600 < int(answer["Retry-After"]) <= 24 * 3600 + 1
        assert asked()[-1].verdict == ""

    def test_of_an_incomplete_deal_it_names_what_is_missing(self, cast: Cast) -> None:
        draft = make_draft(cast.sales, name="")
        answer = caller(cast.sales).send("post", f"/api/v1/deals/{draft.public_id}/verdict/")
        assert (answer.status_code, list(answer.json()["details"])) == (400, ["name"])

    def test_it_stands_on_the_deal_for_partner_and_vendor_and_not_for_the_distributor(
        self, cast: Cast
    ) -> None:
        customer = make_customer()
        make_deal(cast, by=cast.rival, customer=customer)
        deal = make_deal(cast, customer=customer)
        found = {}
        for name in ("sales", "deal_desk", "distributor"):
            answer = caller(getattr(cast, name)).get(f"/api/v1/deals/{deal.public_id}/").json()
            found[name] = (answer["verdict"], answer["verdict_rule"])
        told = ("likely", "customer")
        assert found == {"sales": told, "deal_desk": told, "distributor": ("", "")}

    def test_strangers_deals_are_not_there(self, cast: Cast) -> None:
        draft = make_draft(cast.rival)
        assert caller(cast.sales).send("post", f"/api/v1/deals/{draft.public_id}/verdict/").status_code == 404


class TestTheVendorsPage:
    ADDRESS = "/settings/rules/questions/"

    def test_counts_by_day_and_partner(self, cast: Cast, few: int) -> None:
        for _ in range(few + 1):
            ask(make_draft(cast.sales), by=cast.sales)
        ask(make_draft(cast.rival), by=cast.rival)
        page = text_of(signed_in(cast.deal_desk).get(self.ADDRESS))
        rows = [
            re.sub(r"<[^>]+>|\s+", " ", row).split() for row in page.split("<tbody>")[1].split("</tr>")[:-1]
        ]
        found = {
            (row[-9], *row[-6:]) for row in ([each.strip("\u2068\u2069") for each in row] for row in rows)
        }
        assert found == {("Nile", "3", "1", "2", "0", "0", "1"), ("Vistula", "1", "1", "1", "0", "0", "0")}

    def test_reads_no_older_questions(self, cast: Cast) -> None:
        with tenancy.as_system(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # the table of a test is shorter than any index
            plan = VerdictAsked.objects.filter(at__gt=timezone.now() - timedelta(days=90)).explain()
        assert "verdicts_by_time" in plan

    def test_is_empty_until_somebody_asks(self, cast: Cast) -> None:
        assert "Nobody has asked yet" in text_of(signed_in(cast.care).get(self.ADDRESS))

    def test_is_the_vendors_alone(self, cast: Cast) -> None:
        for person in (cast.primary, cast.distributor):
            assert signed_in(person).get(self.ADDRESS).status_code == 403


# ------------------------------------------------------------------------------------------ nothing else tells

CHANGING = re.compile(
    r'(?:name="(?:csrfmiddlewaretoken|form_token)" value="[^"]*"|nonce-[\w+/=-]+|data-(?:csrf|ago)="[^"]*"'
    r"|\b(?:why|field|menu|id)-[0-9a-f]+"  # ids of elements: new ones on each page
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+\d\d:\d\d)|\d\d?:\d\d(?::\d\d)?\u202f?(?:[AP]M)?)"
)
Seen = tuple[int, str, list[str]]


def seen(do_: Callable[[], Any], *names: str) -> Seen:
    """Status, bytes and statements of an answer, without what is of this very request, or of this very deal."""

    def masked(text: str) -> str:
        for name in names:
            text = text.replace(name, "…")
        return CHANGING.sub("*", text)

    with CaptureQueriesContext(connection) as captured:
        answer = do_()
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name in ("Location", "Content-Type", "Retry-After")
    }
    statements = [
        re.sub(r"'[^']*'|\b\d+\b|s\d+_x\d+", "?", query["sql"]) for query in captured.captured_queries
    ]
    return answer.status_code, masked(f"{headers}{answer.content.decode()}"), statements


def assert_same(one: Seen, other: Seen, what: str) -> None:
    """Raises AssertionError with the lines that differ."""
    lines = [
        f"{status}\n{text}\n{chr(10).join(statements)}".splitlines()
        for status, text, statements in (one, other)
    ]
    assert not "\n".join(unified_diff(*lines, lineterm="", n=0)), what


class TestNothingElseTells:
    """What a partner meets is the same, to the byte and the statement, whether or not a rival is at the customer."""

    PAGES = (
        "/", "/deals/", "/deals/?show=draft", "/deals/?q=Oasis", "/deals/{id}/", "/deals/{id}/review/",
        "/deals/{id}/edit/customer/", "/deals/{id}/edit/contact/", "/deals/{id}/edit/products/",
        "/deals/{id}/edit/details/", "/customers/suggest/?q=oasis", "/customers/suggest/?q=525000",
        "/notifications/", "/deals/register/",
    )  # fmt: skip
    CALLS = (
        "/api/v1/deals/",
        "/api/v1/deals/{id}/",
        "/api/v1/deals/{id}/events/",
        "/api/v1/customers/?q=oasis",
    )

    def test_on_any_page_or_in_any_answer(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics", tax_id="EG5250001122", web_domain="oasis.example")
        draft = make_draft(cast.sales, customer=customer)
        browser, key = signed_in(cast.sales), caller(cast.sales)

        def all_of_it() -> dict[str, Seen]:
            found = {page: page.format(id=draft.public_id) for page in (*self.PAGES, *self.CALLS)}
            ways = {page: (key if page.startswith("/api") else browser) for page in found}
            return {page: seen(lambda page=page: ways[page].get(found[page])) for page in found}  # type: ignore[misc]

        all_of_it()  # what only a first request does
        before = all_of_it()
        make_deal(cast, Status.APPROVED, by=cast.rival, customer=customer)
        after = all_of_it()

        for page, (status, *_rest) in before.items():
            assert status == 200, page
            assert_same(before[page], after[page], page)

    def test_when_steps_are_saved(self, cast: Cast) -> None:
        fresh, rivalled = self._two_drafts(cast)
        sent = {
            "customer": {"customer_name": "Oasis Clinics", "customer_country": "EG"},
            "contact": {"contact_name": "Laila Nassar", "contact_email": "laila@oasis.example"},
        }
        for step, data in sent.items():
            for way in ("", "save/"):
                assert self._posted(cast, fresh, f"edit/{step}/{way}", **data) == self._posted(
                    cast, rivalled, f"edit/{step}/{way}", **data
                ), (step, way)

    def test_when_the_deal_is_checked_but_for_the_answer(self, cast: Cast) -> None:
        fresh, rivalled = self._two_drafts(cast)
        assert self._posted(cast, fresh, "check/") == self._posted(cast, rivalled, "check/")
        pages = [
            seen(
                lambda deal=deal: signed_in(cast.sales).get(f"/deals/{deal.public_id}/review/"),
                *self._names(deal),
            )  # type: ignore[misc]
            for deal in (fresh, rivalled)
        ]
        card = re.compile(r'<section class="card" id="verdict">.*?</section>', re.S)
        fresh_page, rivalled_page = ((status, card.sub("", text), sql) for status, text, sql in pages)
        assert pages[0][1] != fresh_page[1]
        assert_same(fresh_page, rivalled_page, "review/")

    def test_when_the_deal_is_handed_in(self, cast: Cast) -> None:
        fresh, rivalled = self._two_drafts(cast)
        with tenancy.as_system():
            Notice.objects.all().delete()
        answers = [self._posted(cast, deal, "review/") for deal in (fresh, rivalled)]
        assert_same(*answers, "review/")
        with tenancy.as_system():
            told = list(Notice.objects.order_by("id").values_list("kind", "audiences", "context"))
        mine = [self._without(fresh, each) for each in told[: len(told) // 2]]
        other = [self._without(rivalled, each) for each in told[len(told) // 2 :]]
        assert mine
        assert mine == other

    def test_through_the_api_but_for_the_verdict(self, cast: Cast) -> None:
        fresh, rivalled = self._two_drafts(cast)
        key = caller(cast.sales)
        key.get("/api/v1/deals/")
        found = []
        for deal in (fresh, rivalled):
            address = f"/api/v1/deals/{deal.public_id}/"
            asked_ = seen(lambda address=address: key.send("post", f"{address}verdict/"), *self._names(deal))  # type: ignore[misc]
            sent = seen(
                lambda address=address: key.send("post", f"{address}submit/"),
                *self._names(deal, stored(deal)),
            )  # type: ignore[misc]
            found.append((asked_[0], asked_[2], sent[0], self._but_the_verdict(sent[1], deal), sent[2]))
        assert found[0] == found[1]

    def _two_drafts(self, cast: Cast) -> tuple[Deal, Deal]:
        """Two drafts that differ in their product alone: another partner has a deal for the line of the second."""
        customer = make_customer("Oasis Clinics")
        make_deal(
            cast, by=cast.rival, customer=customer, products=[(make_part("D0RIVAL", line="SENTINEL"), 1)]
        )
        mine = {"customer": customer, "customer_name": customer.name}
        fresh, rivalled = (
            make_draft(cast.sales, **mine, products=[(make_part(number, line=line), 1)])
            for number, line in (("F0ABCLL", "FLOWLINE"), ("S0ABCLL", "SENTINEL"))
        )
        # What the first of anybody's requests does alone.
        warm = make_deal(cast, Status.WITHDRAWN, customer=customer)
        signed_in(cast.sales).get(f"/deals/{warm.public_id}/")
        return fresh, rivalled

    def _posted(self, cast: Cast, deal: Deal, path: str, **data: Any) -> Seen:
        browser = signed_in(cast.sales)
        data["version"] = stored(deal).version
        return seen(lambda: browser.post(f"/deals/{deal.public_id}/{path}", data), *self._names(deal))

    def _names(self, *deals: Deal) -> list[str]:
        found = [
            name
            for deal in deals
            for name in (deal.public_id, deal.product_summary, deal.submission_ref)
            if name
        ]
        return [*found, "FLOWLINE", "SENTINEL"]

    def _without(self, deal: Deal, told: Any) -> str:
        text = json.dumps(told, default=str)
        for name in self._names(deal, stored(deal)):
            text = text.replace(name, "…")
        return CHANGING.sub("*", text)

    def _but_the_verdict(self, text: str, deal: Deal) -> str:
        for name in self._names(stored(deal)):
            text = text.replace(name, "…")
        return re.sub(r'"verdict(_rule)?":"\w*"', "", CHANGING.sub("*", text))

"""The page of questions: for everybody, linked from the controls that it explains, and private to nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cosell.faq.entries import ENTRIES, by_key
from tests.cast import Cast, signed_in

PAGE = "/help/questions/"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def linked() -> dict[str, list[str]]:
    """The keys that templates link to, and which templates do."""
    found: dict[str, list[str]] = {}
    for path in TEMPLATES.rglob("*.html"):
        source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
        for key in re.findall(r"""faq_link\(\s*["']([\w-]+)["']""", source):
            found.setdefault(key, []).append(str(path.relative_to(TEMPLATES)))
    return found


class TestLinks:
    def test_lead_to_questions_there_are(self) -> None:
        assert {key: where for key, where in linked().items() if key not in by_key()} == {}

    def test_lead_to_every_question_but_those_that_are_general(self) -> None:
        assert [entry.key for entry in ENTRIES if not entry.general and entry.key not in linked()] == []

    def test_from_an_answer_lead_to_pages_there_are(self) -> None:
        missing = []
        for entry in ENTRIES:
            for name, _label in entry.related:
                try:
                    reverse(name)
                except NoReverseMatch:
                    missing.append((entry.key, name))
        assert missing == []


@pytest.mark.django_db
class TestThePage:
    def test_has_every_question_at_an_anchor_of_its_own(self) -> None:
        page = Client().get(PAGE).content.decode()
        for entry in ENTRIES:
            assert f'id="{entry.key}"' in page

    def test_is_the_same_for_everybody_but_for_the_ways_on(self, cast: Cast) -> None:
        for who in (cast.primary, cast.newcomer, cast.deal_desk, cast.applicant):
            assert signed_in(who).get(PAGE).status_code == 200
        stranger = Client().get(PAGE).content.decode()
        assert 'href="/deals/"' not in stranger
        assert 'href="/deals/"' in signed_in(cast.primary).get(PAGE).content.decode()

    def test_finds(self) -> None:
        page = Client().get(PAGE, {"q": "seller"}).content.decode()
        assert 'id="seller-details"' in page
        assert 'id="renewal-calendar"' not in page

    def test_that_found_nothing_shows_what_was_sought_and_a_way_on(self) -> None:
        page = Client().get(PAGE, {"q": "<b>xyzzyplugh</b>"}).content.decode()
        assert "&lt;b&gt;xyzzyplugh&lt;/b&gt;" in page
        assert 'href="/help/"' in page

    @pytest.mark.parametrize("sought", ["x" * 5000, "' OR 1=1", "%s", "{{ 7*7 }}", "\u202e\ufffd", " "])
    def test_takes_whatever_is_typed(self, sought: str) -> None:
        assert Client().get(PAGE, {"q": sought}).status_code == 200

    def test_is_linked_from_customer_care(self, cast: Cast) -> None:
        assert f'href="{PAGE}"' in Client().get("/help/").content.decode()
        assert f'href="{PAGE}"' in signed_in(cast.primary).get("/help/").content.decode()

    def test_asks_the_database_nothing_of_its_own(self, django_assert_max_num_queries: object) -> None:
        with django_assert_max_num_queries(4):  # type: ignore[operator]
            Client().get(PAGE, {"q": "deal"})

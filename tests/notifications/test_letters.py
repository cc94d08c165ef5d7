"""How a mail reads: in its reader's language, as text and as HTML, safe in every part."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

from identity import tenancy
from identity.models import User
from notifications.actions import Audience, post_mail
from notifications.letters import Entry, Letter, Section, message, one_line, words_of
from notifications.values import END, ISOLATE
from tests.cast import Cast

from .world import AT_ONCE, MANDATORY, TRANSLATED, Server, expand, mails, post, say

LETTER = Letter(
    "Deal DR-1 was approved",
    ["The deal was approved. " * 10, "Congratulations."],
    action=("Open the deal", "https://portal.example/deals/" + "x" * 90 + "/"),
    site="Nile Systems (7403807)",
    why="You get this mail because you work on this.",
    can_refuse=True,
)


def made(letter: Letter = LETTER, language: str = "en") -> EmailMessage:
    content = message(letter, to="reader@people.example", language=language, message_id="<1@portal.example>")
    return email.message_from_bytes(content, policy=email.policy.default)


def text_of(mail: EmailMessage) -> str:
    return part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return part(mail, "html")


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


class TestParts:
    def test_there_is_plain_text_first_and_html_second(self) -> None:
        mail = made()
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]

    @pytest.mark.parametrize("of", [text_of, html_of])
    def test_both_say_everything(self, of: Any) -> None:
        said = " ".join(of(made()).split())
        for words in (*LETTER.paragraphs, *LETTER.action, LETTER.site, LETTER.why):  # type: ignore[misc]
            assert words.strip() in said

    def test_the_text_is_wrapped_but_addresses_stay_whole(self) -> None:
        lines = text_of(made()).splitlines()
        assert LETTER.action is not None
        assert LETTER.action[1] in lines
        assert max(len(line) for line in lines if not line.startswith("http")) <= 72

    def test_an_arabic_name_in_an_english_text_is_not_broken_into_two_lines(self) -> None:
        name = f"{ISOLATE}شركة الواحة للمقاولات{END}"
        text = text_of(made(Letter("Hello", [f"{'x' * 60} {name} came to an end."])))
        assert name in text

    def test_a_code_stands_on_its_own(self) -> None:
        mail = made(Letter("Your code", ["Enter it."], code="123 456"))
        assert "    123 456" in text_of(mail).splitlines()
        assert ">123 456<" in html_of(mail)

    def test_a_daily_mail_lists_its_entries_by_site(self) -> None:
        entry = Entry("Deal DR-1 was approved", "It was.", "https://portal.example/notifications/x/")
        mail = made(Letter("Your day", [], sections=[Section("Nile Systems", [entry])]))
        assert "* Deal DR-1 was approved\n  It was.\n  https://portal.example" in text_of(mail)
        assert 'href="https://portal.example/notifications/x/"' in html_of(mail)

    def test_html_in_words_stays_words(self) -> None:
        mail = made(Letter("<b>Bold</b>", ["<script>alert(1)</script>"]))
        assert "<script>" not in html_of(mail)
        assert "&lt;script&gt;" in html_of(mail)
        assert "<script>alert(1)</script>" in text_of(mail)

    def test_the_html_fetches_nothing(self) -> None:
        class Look(HTMLParser):
            found: list[str] = []

            def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
                self.found += [tag for name, _ in attrs if name in ("src", "background", "srcset")]
                self.found += [tag] * (tag in ("script", "link", "img", "iframe", "form"))

        look = Look()
        look.feed(html_of(made()))
        assert look.found == []


class TestHeaders:
    def test_say_that_no_person_wrote_it_and_where_not_to_get_it(self) -> None:
        mail = made()
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe"].endswith("/notifications/preferences/>")
        assert mail["Message-ID"] == "<1@portal.example>"

    def test_of_a_mail_that_cannot_be_refused_say_nothing_of_refusing(self) -> None:
        mail = made(Letter("Hello", ["Hello."]))
        assert "List-Unsubscribe" not in mail
        assert "/notifications/preferences/" not in text_of(mail)

    @pytest.mark.parametrize(
        "nasty",
        [
            "Hi\r\nBcc: all@people.example",
            "Hi\nX-Evil: 1",
            "Hi\x00\x1b[31m",
            "Hi\u2028Bcc: x",
            "Hi\x85Bcc: x",
        ],
    )
    def test_cannot_be_smuggled_in_through_the_subject(self, nasty: str) -> None:
        mail = made(Letter(one_line(nasty), ["Hello."]))
        assert mail["Bcc"] is None
        assert mail["X-Evil"] is None
        assert mail["Subject"].startswith("Hi ")

    def test_a_subject_is_not_endless(self) -> None:
        assert len(one_line("x" * 1000)) == 200

    @pytest.mark.django_db
    def test_smuggled_in_by_a_customers_name_arrive_as_part_of_the_subject(
        self, cast: Cast, server: Server
    ) -> None:
        nasty = {"reference": "DR-1\r\nBcc: all@people.example\r\n\r\nHello"}
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1", context=nasty)
        expand()
        post()
        mail = server.message_to(cast.sales.user.email)
        assert mail["Bcc"] is None
        assert mail["Subject"] == "Deal DR-1 Bcc: all@people.example Hello was approved"

    @pytest.mark.django_db
    def test_nobody_is_mailed_at_what_is_no_address(self) -> None:
        from django.core.exceptions import ValidationError

        with tenancy.door(), pytest.raises(ValidationError):
            post_mail("a@b.example\nBcc: c@d.example", subject="x", paragraphs=[], action=None, language="en")


@pytest.mark.django_db
class TestLanguages:
    def mail_in(self, language: str, cast: Cast, server: Server) -> EmailMessage:
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(language=language)
        say(TRANSLATED, Audience.user(cast.sales.user_id), key=language, context={})
        expand()
        post()
        return server.message_to(cast.sales.user.email)

    @pytest.mark.parametrize("language", ["en", "ar", "pt-br", "pl", "it"])
    def test_a_mail_is_in_its_readers_language(self, cast: Cast, server: Server, language: str) -> None:
        mail = self.mail_in(language, cast, server)
        with translation.override(language):
            wanted = words_of(TRANSLATED, {})
        assert mail["Subject"] == wanted.subject
        assert wanted.paragraphs[0] in text_of(mail)
        assert mail["Content-Language"] == translation.to_locale(language).replace("_", "-")

    def test_arabic_runs_from_right_to_left(self, cast: Cast, server: Server) -> None:
        html = html_of(self.mail_in("ar", cast, server))
        assert '<html lang="ar" dir="rtl">' in html
        assert "text-align:right" in html

    def test_english_runs_from_left_to_right(self, cast: Cast, server: Server) -> None:
        html = html_of(self.mail_in("en", cast, server))
        assert '<html lang="en" dir="ltr">' in html
        assert "text-align:left" in html

    def test_each_of_several_readers_gets_their_own(self, cast: Cast) -> None:
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(language="ar")
            User.objects.filter(id=cast.primary.user_id).update(language="pl")
        say(AT_ONCE, Audience.site(cast.site.id), key="1")
        expand()
        languages = {mail.to: mail.language for mail in mails()}
        assert languages[cast.sales.user.email] == "ar"
        assert languages[cast.primary.user.email] == "pl"
        assert languages[cast.newcomer.user.email] == "en"

    def test_a_number_in_an_arabic_sentence_keeps_to_itself(self) -> None:
        with translation.override("ar"):
            assert f"{ISOLATE}DR-1{END}" in words_of(AT_ONCE, {"reference": "DR-1"}).subject

    def test_an_arabic_name_in_an_english_sentence_keeps_to_itself(self) -> None:
        assert f"{ISOLATE}شركة{END}" in words_of(AT_ONCE, {"reference": "شركة"}).subject
        assert words_of(AT_ONCE, {"reference": "DR-1"}).subject == "Deal DR-1 was approved"


@pytest.mark.django_db
class TestMandatoryKinds:
    def test_are_mailed_without_a_way_to_refuse_them(self, cast: Cast, server: Server) -> None:
        say(MANDATORY, Audience.user(cast.sales.user_id), key="1")
        expand()
        post()
        assert "List-Unsubscribe" not in server.message_to(cast.sales.user.email)

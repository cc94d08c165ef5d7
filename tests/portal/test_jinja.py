"""Page templates: they all compile, say nothing that is not translatable, and name only icons there are."""

from __future__ import annotations

import re

import jinja2
import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from deals.forms.fields import need_by_case
from identity import navigation
from identity.actors import Actor, Kind
from portal.icons import UnknownIcon, icon

env: jinja2.Environment = engines["jinja2"].env  # type: ignore[attr-defined]
TEMPLATES = sorted(name for name in env.list_templates() if name.endswith((".html", ".txt")))
# Words that are the same in every language.
NAMES = {"Portway"}


def source_of(name: str) -> str:
    assert env.loader is not None
    return env.loader.get_source(env, name)[0]


def bare_words(source: str) -> list[str]:
    """What a reader would see of a template that was never marked for translation."""
    source = re.sub(r"\{#.*?#\}", " ", source, flags=re.S)
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", " ", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.S)
    spoken = re.findall(r"""\b(?:aria-label|title|alt|placeholder)=["']([^"']*)["']""", source)
    text = re.sub(r"<!--.*?-->|<(style|script|pre|code)\b.*?</\1>|<[^>]*>", " ", source, flags=re.S)
    text = re.sub(r"""[\w-]+=("[^"]*"|'[^']*')|&\w+;|https?://\S+""", " ", text)
    return [word for word in re.findall(r"[^\W\d_]{2,}", " ".join([text, *spoken])) if word not in NAMES]


class TestEveryTemplate:
    @pytest.mark.parametrize("name", TEMPLATES)
    def test_compiles(self, name: str) -> None:
        env.get_template(name)

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_has_no_text_outside_gettext(self, name: str) -> None:
        assert bare_words(source_of(name)) == []

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_keeps_to_the_content_security_policy(self, name: str) -> None:
        source = source_of(name)

        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", source)
        if name != "notifications/mail.html":  # mail programs know no stylesheets
            assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", source)

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_names_only_icons_there_are(self, name: str) -> None:
        for used in re.findall(r"""(?:icon_svg\(|icon=)["']([\w-]+)["']""", source_of(name)):
            assert icon(used)

    def test_finds_text_that_was_forgotten(self) -> None:
        assert bare_words('<p title="Hello">{{ _("Fine") }} {% trans %}Fine{% endtrans %} world</p>') == [
            "world",
            "Hello",
        ]


class TestNavigation:
    def test_names_only_icons_there_are(self) -> None:
        assert all(icon(entry.icon) for entry in navigation._entries)

    def test_of_an_unknown_icon_is_an_error(self) -> None:
        with pytest.raises(UnknownIcon):
            icon("no-such-icon")


def page(source: str, actor: Actor | None = None, **context: object) -> str:
    request = RequestFactory().get("/")
    request.actor = actor or Actor.anonymous()  # type: ignore[attr-defined]
    return str(engines["jinja2"].from_string(source).render(context, request))


class TestTheEnvironment:
    def test_refuses_undefined_names(self) -> None:
        with pytest.raises(jinja2.UndefinedError):
            page("{{ no_such_name }}")

    def test_escapes(self) -> None:
        assert page("{{ text }}", text="<b>") == "&lt;b&gt;"

    @pytest.mark.parametrize(
        ("language", "expected"), [("ar", "ar rtl"), ("pt-br", "pt-BR ltr"), ("en", "en ltr")]
    )
    def test_knows_language_and_direction(self, language: str, expected: str) -> None:
        with translation.override(language):
            assert page("{{ language }} {{ direction }}") == expected

    def test_takes_the_theme_from_the_reader_s_cookie_and_nothing_else(self) -> None:
        request = RequestFactory().get("/")
        themes = {}
        for value in ("dark", "light", '"><script>'):
            request.COOKIES["theme"] = value
            themes[value] = engines["jinja2"].from_string("{{ theme }}").render({}, request)

        assert themes == {"dark": "dark", "light": "light", '"><script>': "auto"}

    def test_offers_every_language_under_its_own_name(self) -> None:
        assert page("{% for code, lang, name in LANGUAGES %}{{ code }} {% endfor %}").split() == [
            code for code, _name in settings.LANGUAGES
        ]


BUTTON = """
{% import "_parts/ui.html" as ui with context %}
{{ ui.button("Register", href="/r", refusal=why_not("deal_register")) }}
"""


class TestAButton:
    def test_that_is_refused_leads_nowhere_and_says_why_and_who_can_change_that(self) -> None:
        member = Actor(Kind.RESELLER, user_id=1, site_id=1)

        html = page(BUTTON, member)

        assert "href" not in html
        assert 'aria-disabled="true"' in html
        described_by = re.search(r'aria-describedby="([^"]+)"', html)
        assert described_by is not None
        assert f'id="{described_by[1]}"' in html
        assert "Deal registration" in html
        assert "primary" in html

    def test_that_is_granted_is_a_plain_link(self) -> None:
        member = Actor(Kind.RESELLER, user_id=1, site_id=1, privileges=frozenset({"deal_register"}))  # type: ignore[arg-type]

        html = page(BUTTON, member)

        assert 'href="/r"' in html
        assert "aria-disabled" not in html


FIELDS = """
{% import "_parts/ui.html" as ui with context %}
{% for field in form %}<p id="{{ field.name }}">{{ ui.field(field) }}</p>{% endfor %}
"""


class TestAField:
    class Form(forms.Form):
        always = forms.CharField()
        never = forms.CharField(required=False)
        at_times = forms.CharField(required=False)

    def test_is_called_optional_only_where_nothing_can_make_it_needed(self) -> None:
        form = self.Form()
        need_by_case(form, "at_times")

        shown = re.findall(r'<p id="(\w+)">(.*?)</p>', page(FIELDS, form=form), re.DOTALL)

        assert {name: "optional" in html for name, html in shown} == {
            "always": False, "never": True, "at_times": False,
        }  # fmt: skip

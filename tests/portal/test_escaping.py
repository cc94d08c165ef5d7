"""What is written into a page is escaped exactly as Jinja2 would, only sooner."""

from __future__ import annotations

import pytest
from django.template import engines
from django.utils.functional import lazystr
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from portal.escaping import escaped


class Named:
    def __str__(self) -> str:
        return '<Amira & "Co">'


class Html:
    def __html__(self) -> str:
        return "<b>bold</b>"


class Words(str):
    """A text of another class, as Django's safe and translated strings are."""


class TestWhatIsWritten:
    @given(st.text())
    def test_of_any_text_is_what_markupsafe_writes(self, text: str) -> None:
        assert escaped(text) == str(escape(text))
        assert escaped(Words(text)) == str(escape(text))
        assert escaped(lazystr(text)) == str(escape(text))

    @pytest.mark.parametrize("value", [None, 0, 4.5, Named(), Html(), Markup("<i>&amp;</i>"), ["<"]])
    def test_of_any_value_is_what_markupsafe_writes(self, value: object) -> None:
        assert escaped(value) == str(escape(value))


class TestAPage:
    def test_is_escaped_in_texts_attributes_macros_and_blocks(self) -> None:
        source = """
            {%- macro link(to) %}<a href="{{ to }}">{{ to }}{{ caller() }}</a>{% endmacro -%}
            {%- set kept %}<i>{{ text }}</i>{% endset -%}
            {% call link(text) %}{{ text|upper }}{% endcall %}{{ kept }}{{ text ~ mark }}{{ mark }}"""
        page = engines["jinja2"].from_string(source).render({"text": "<'&\">", "mark": Markup("<br>")})

        bad = "&lt;&#39;&amp;&#34;&gt;"
        assert page == f'<a href="{bad}">{bad}{bad}</a><i>{bad}</i>{bad}<br><br>'

    def test_and_a_mail_in_plain_text_is_not(self) -> None:
        env = engines["jinja2"].env  # type: ignore[attr-defined]
        text = env.overlay(autoescape=False).from_string("{{ name }}")

        assert text.render(name="Nile & Sons") == "Nile & Sons"

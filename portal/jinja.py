"""The Jinja2 environment of all our pages. Settings name it like this:

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "portal.jinja.environment",
            "context_processors": ["portal.jinja.context"],
        },
    },
    …
]
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Callable
from functools import lru_cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from django.conf import settings
from django.contrib.messages import get_messages
from django.forms import CheckboxInput, Textarea
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from jinja2.runtime import Context
from markupsafe import Markup, escape

from cosell.faq.entries import question_of
from cosell.notes.generating import LONGEST as LONGEST_NOTES
from cosell.notes.generating import leaves_for
from identity.actors import Actor
from identity.models import ALPHABET
from identity.navigation import entries_for
from identity.privileges import Refusal, why_not
from identity.queries import sites_of
from notifications import queries

from . import escaping, localise
from .icons import icon
from .localise import FILTERS, FILTERS_FOR_A_READER, reader

THEMES = ("light", "dark")


def environment(**options: Any) -> jinja2.Environment:
    """Made once, by Django's Jinja2 backend. Undefined names are errors; space around tags is not kept."""
    options |= {
        # Mail in plain text is not HTML: there `&` is an ampersand.
        "autoescape": jinja2.select_autoescape(disabled_extensions=["txt"], default=True),
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
        "bytecode_cache": _bytecode_cache(),
    }
    env = jinja2.Environment(**options)
    env.code_generator_class = escaping.CodeGenerator
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals |= {
        **TRANSLATORS,
        "LANGUAGES": languages(),
        "faq_question": question_of,
        "field_kind": field_kind,
        "icon_svg": icon,
        "navigation": navigation,
        "draft_owner": draft_owner,
        "make_badge": badge,
        "my_sites": my_sites,
        "new_form_token": new_form_token,
        "new_id": new_id,
        "notes_leave_for": leaves_for,
        "notes_longest": LONGEST_NOTES,
        "once_a_language": once_a_language,
        "profile_links": profile_links,
        "static": lru_cache(maxsize=256)(static),
        "unread_count": unread_count,
        "url": url,
        "url_or_none": url_or_none,
        "why_not": refusal_of_actor,
        "widget": widget,
    }
    env.filters |= FILTERS
    env.filters |= {name: _for_reader(function) for name, function in FILTERS_FOR_A_READER.items()}
    return env


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """Compiled templates on disk: a new process starts warm. Only its owner may write there: it is code."""
    directory = settings.VAR_DIR / "jinja"
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (directory / ".writable").touch()
    except OSError:
        return None
    return BytecodeCache(str(directory))


class BytecodeCache(jinja2.FileSystemBytecodeCache):
    """Compiled code knows which filters want the context, so it depends on these modules as well."""

    made_by = b"".join(Path(file).read_bytes() for file in (__file__, localise.__file__, escaping.__file__))

    def get_source_checksum(self, source: str) -> str:
        return sha256(self.made_by + source.encode()).hexdigest()


def _for_reader(function: Callable[..., Any]) -> Callable[..., Any]:
    @jinja2.pass_context
    @wraps(function)
    def filter_(context: Context, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs, to=context.get("reader"))

    return filter_


def context(request: HttpRequest) -> dict[str, Any]:
    """What every page knows without being told."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    theme = request.COOKIES.get("theme", "")
    return {
        "reader": reader(),
        # One seal for all the forms of a page.
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),
        "actor": getattr(request, "actor", None) or Actor.anonymous(),
        "messages": SimpleLazyObject(lambda: get_messages(request)),
        "language": translation.to_locale(language).replace("_", "-"),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "theme": theme if theme in THEMES else "auto",
    }


# ------------------------------------------------------------------------------------------------ globals


def languages() -> list[tuple[str, str, str]]:
    """Every language offered: Django's code, the HTML `lang`, and its own name for itself."""
    return [(code, translation.to_locale(code).replace("_", "-"), name) for code, name in settings.LANGUAGES]


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a view. Raises NoReverseMatch for a name that is not in the URLconf.

    Django's reverse takes some 20 µs, and a list asks for one path a row. All public ids look alike, so what
    was found for one of them is right for the next.
    """
    if not args and not kwargs:
        return _path(name)
    if len(args) == 1 and not kwargs and isinstance(args[0], str) and PUBLIC_ID.fullmatch(args[0]):
        before, after = _path_around_id(name)
        return f"{before}{args[0]}{after}"
    return reverse(name, args=args or None, kwargs=kwargs or None)


PUBLIC_ID = re.compile(f"[{ALPHABET}]{{12}}")


@lru_cache(maxsize=1024)
def _path(name: str) -> str:
    return reverse(name)


@lru_cache(maxsize=1024)
def _path_around_id(name: str) -> tuple[str, str]:
    sample = ALPHABET[:12]
    before, _, after = reverse(name, args=[sample]).rpartition(sample)
    return before, after


@lru_cache(maxsize=1024)
def url_or_none(name: str) -> str | None:
    """The path of a view that a deployment may not have (such as a development page)."""
    try:
        return _path(name)
    except NoReverseMatch:
        return None


# ------------------------------------------------------------------------------------------------ words
# Jinja2's own newstyle functions do the same, but look up and format every text each time, with something to
# fill in or without; the shell alone has fifty.


@lru_cache(maxsize=8192)
def _plain(language: str | None, message: str) -> Markup:
    """A text with nothing to fill in. `language` is the current one, and here for the cache."""
    return Markup(translation.gettext(message).replace("%%", "%"))


def _marked(context: Context, text: str, variables: dict[str, Any]) -> str:
    if context.eval_ctx.autoescape:
        return Markup(text) % variables if variables else Markup(text.replace("%%", "%"))
    return text % variables


@jinja2.pass_context
def gettext(context: Context, message: str, /, **variables: Any) -> str:
    if not variables and context.eval_ctx.autoescape and type(message) is str:
        to = context.get("reader")
        return _plain(to.language if to else translation.get_language(), message)
    return _marked(context, translation.gettext(message), variables)


@jinja2.pass_context
def ngettext(context: Context, singular: str, plural: str, number: int, /, **variables: Any) -> str:
    variables.setdefault("num", number)
    return _marked(context, translation.ngettext(singular, plural, number), variables)


@jinja2.pass_context
def pgettext(context: Context, meaning: str, message: str, /, **variables: Any) -> str:
    variables.setdefault("context", meaning)
    return _marked(context, translation.pgettext(meaning, message), variables)


@jinja2.pass_context
def npgettext(
    context: Context, meaning: str, singular: str, plural: str, number: int, /, **variables: Any
) -> str:
    variables.setdefault("num", number)
    return _marked(context, translation.npgettext(meaning, singular, plural, number), variables)


TRANSLATORS = {
    "_": gettext,
    "gettext": gettext,
    "ngettext": ngettext,
    "pgettext": pgettext,
    "npgettext": npgettext,
}


def new_form_token() -> str:
    """An id for one filling-in of one form; sent twice, it is acted on once."""
    return secrets.token_urlsafe(16)


_fragments: dict[tuple[str, str], str] = {}


@jinja2.pass_context
def once_a_language(context: Context, macro: Any) -> str:
    """What a macro without arguments says, rendered once a language: for what is alike on all pages."""
    key = (context["language"], macro.name)
    if key not in _fragments:
        _fragments[key] = macro()
    return _fragments[key]


_ids = itertools.count(1)


def new_id(prefix: str) -> str:
    """An element id that no other on the page has."""
    return f"{prefix}-{next(_ids):x}"


@jinja2.pass_context
def refusal_of_actor(context: Context, privilege: str) -> Refusal | None:
    """Why the reader of this page may not use a privilege (by name); None when they may."""
    return why_not(context["actor"], privilege.lower())


class Line(NamedTuple):
    """One line of the sidebar. With a `refusal` it leads nowhere and says why."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    refusal: Refusal | None


class Section(NamedTuple):
    label: str | Promise
    lines: list[Line]


SECTIONS: dict[str, str | Promise] = {"work": "", "site": _("Your site"), "vendor": _("Administration")}


@jinja2.pass_context
def navigation(context: Context) -> list[Section]:
    """The sections and lines of this reader's sidebar, from what the apps registered."""
    path = context["request"].path
    sections: dict[str, Section] = {}
    for entry, refusal in ((shown.entry, shown.refusal) for shown in entries_for(context["actor"])):
        target = url_or_none(entry.url_name)
        if target is None:
            continue
        section = sections.setdefault(entry.section, Section(SECTIONS[entry.section], []))
        section.lines.append(Line(entry.label, target, entry.icon, False, refusal))
    return _with_current(list(sections.values()), path)


def _with_current(sections: list[Section], path: str) -> list[Section]:
    """Marks the line whose address is the longest beginning of the page's own."""
    matching = [line.url for section in sections for line in section.lines if _leads_to(line.url, path)]
    longest = max(matching, key=len, default=None)
    return [
        Section(section.label, [line._replace(current=line.url == longest) for line in section.lines])
        for section in sections
    ]


def _leads_to(target: str, path: str) -> bool:
    return path == target if target == "/" else path.startswith(target)


@jinja2.pass_context
def unread_count(context: Context) -> int:
    """How many messages in the reader's inbox are unread."""
    return queries.unread_count(context["actor"])


@jinja2.pass_context
def my_sites(context: Context) -> list[Any]:
    """The sites this reader can switch between; asked of the database only when there are several."""
    actor = context["actor"]
    if actor.site_count < 2:
        return []
    return list(sites_of(actor))


@jinja2.pass_context
def draft_owner(context: Context) -> str:
    """Whose drafts the browser may show on this page: the public id of who is signed in, or nothing."""
    request = context.get("request")
    return getattr(getattr(request, "user", None), "public_id", "")


PROFILE_LINKS = (
    ("notifications:preferences", "bell-cog", _("Notifications")),
    ("accounts:profile", "user-circle", _("Your details")),
    ("mfa_index", "shield-lock", _("Sign-in and security")),
    ("identity:keys", "key", _("API keys")),
)


def profile_links() -> list[tuple[str, str, str | Promise]]:
    """Where people look after themselves: (address, icon, label)."""
    return [(target, icon, label) for name, icon, label in PROFILE_LINKS if (target := url_or_none(name))]


def widget(field: Any, **attributes: Any) -> str:
    """A form field's control with more attributes; underscores become dashes, None is left out.

    A text area has no `maxlength`: browsers cut off what is pasted beyond it without a word. The server says it.
    """
    if isinstance(field.field.widget, Textarea):
        field.field.widget.attrs.pop("maxlength", None)
    return field.as_widget(
        attrs={name.replace("_", "-"): value for name, value in attributes.items() if value is not None}
    )


def badge(label: Any, tone: str = "neutral") -> Markup:
    """A state in a word and a colour: neutral, info, good, warn, bad or accent."""
    return Markup(f'<span class="badge badge-{tone}">{escape(label)}</span>')


def field_kind(field: Any) -> str:
    """How `ui.field` lays a form field out: hidden, checkbox, group (radios, checkboxes) or control."""
    if field.is_hidden:
        return "hidden"
    if isinstance(field.field.widget, CheckboxInput):
        return "checkbox"
    return "group" if field.use_fieldset else "control"

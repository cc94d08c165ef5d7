"""The translation catalogues: collected from code and templates, merged and compiled by Babel alone."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg  # type: ignore[attr-defined]
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale

from portal.catalogues import compile_catalogues

FOLDERS = {
    "accounts",
    "calendars",
    "customers",
    "deals",
    "feeds",
    "identity",
    "notifications",
    "orders",
    "portal",
    "pricing",
    "provisioning",
    "cosell",
    "renewals",
    "reports",
    "templates",
}
# How our code names the functions that mark text; the numbers are the arguments that hold it.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# English needs no catalogue: the text in the code is English.
SOURCE_LANGUAGE = "en"


class Command(BaseCommand):
    help = "Bring locale/*/LC_MESSAGES/django.po up to date with the code, compile, say what is missing."
    requires_system_checks: list[str] = []  # runs before there is a database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compile", action="store_true", help="only compile what changed")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if anything is missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            self.stdout.write(f"{compile_catalogues()} catalogues compiled")
            return
        text = extract(settings.BASE_DIR)
        found = []
        for language in languages():
            found += [f"{language}: {problem}" for problem in problems(language, text)]
            if not options["check"]:
                write(language, merged(language, text))
        compile_catalogues()
        for problem in found:
            self.stderr.write(problem)
        self.stdout.write(f"{len(text)} texts in {len(languages())} languages, {len(found)} to do")
        if found and options["check"]:
            raise CommandError("Catalogues are incomplete: run `bin/manage catalogues`, then translate.")


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]


def path_of(language: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def extract(root: Path) -> Catalog:
    """Every text marked for translation, with the file it stands in (line numbers would churn)."""
    with (root / "babel.cfg").open() as source:
        methods, options = parse_mapping_cfg(source)

    def enters(directory: str | Path) -> bool:
        inside = Path(directory).relative_to(root).parts
        return not inside or inside[0] in FOLDERS

    found = Catalog(project="Portway", charset="utf-8", fuzzy=False)
    rows = extract_from_dir(
        root,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=enters,
    )
    for name, _line, message, comments, context in rows:
        found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=to_locale(language), project="Portway", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=to_locale(language))


def merged(language: str, text: Catalog) -> Catalog:
    """The language's catalogue with the texts of today: new ones empty, those that have gone dropped."""
    catalogue = read(language)
    catalogue.update(text, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return catalogue


def problems(language: str, text: Catalog) -> Iterator[str]:
    """What keeps a catalogue from being complete: untranslated, a wrong placeholder, no longer in use."""
    existing = read(language)
    for message in text:
        if not message.id:
            continue
        translated = existing.get(label(message), context=message.context)
        if translated is None or not is_complete(translated):
            yield f"not translated: {label(message)}"
        else:
            yield from (f"{label(message)}: {error}" for error in translated.check(existing))
    for message in existing:
        if message.id and text.get(label(message), context=message.context) is None:
            yield f"no longer in use: {label(message)}"


def is_complete(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(strings) and not message.fuzzy


def label(message: Message) -> str:
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def write(language: str, catalogue: Catalog) -> None:
    """Written only when a text changed, so that running the command leaves no noise behind."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        previous = read(language)
        catalogue.creation_date, catalogue.revision_date = previous.creation_date, previous.revision_date
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True, include_lineno=False)
    if not path.exists() or path.read_bytes() != buffer.getvalue():
        path.write_bytes(buffer.getvalue())

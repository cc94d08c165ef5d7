"""The translation catalogues: collected from code and templates, and told apart by what is still to do."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po, write_po
from django.conf import settings as real
from django.core.management import CommandError, call_command

from portal.catalogues import compile_catalogues
from portal.management.commands import catalogues


@pytest.fixture
def project(tmp_path: Path, settings: Any) -> Path:
    """A small project with one text in code, one in a page and one in a part."""
    for path, content in {
        "babel.cfg": (real.BASE_DIR / "babel.cfg").read_text(),
        "deals/views.py": "from django.utils.translation import gettext as _\n_('In code')\n",
        "deals/migrations/0001_initial.py": "_('In a migration')\n",
        "templates/page.html": "{{ ngettext('%(num)s deal', '%(num)s deals', n) }}"
        "{% trans %}In a\n page{% endtrans %}",
        "templates/_parts/ui.html": "{% do found.append(_('In a part')) %}",
        "tests/test_views.py": "_('In a test')\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    settings.BASE_DIR = tmp_path
    settings.LANGUAGES = [("en", "English"), ("pl", "Polski")]
    return tmp_path


def translate(project: Path, translations: dict[str, Any]) -> None:
    path = project / "locale/pl/LC_MESSAGES/django.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale="pl")
    for text, translation in translations.items():
        catalogue[text].string = translation
    with path.open("wb") as target:
        write_po(target, catalogue)


COMPLETE = {
    "In code": "W kodzie",
    "In a page": "Na stronie",
    "In a part": "W części",
    "%(num)s deal": ("%(num)s transakcja", "%(num)s transakcje", "%(num)s transakcji", "%(num)s transakcji"),
}


class TestCollecting:
    def test_finds_text_in_code_pages_and_parts_and_nowhere_else(self, project: Path) -> None:
        found = {catalogues.label(message) for message in catalogues.extract(project) if message.id}

        assert found == {"In code", "In a page", "In a part", "%(num)s deal"}

    def test_has_room_for_every_plural_of_the_language(self, project: Path) -> None:
        call_command("catalogues")

        with (project / "locale/pl/LC_MESSAGES/django.po").open("rb") as source:
            catalogue = read_po(source, locale="pl")
        message = catalogue.get("%(num)s deal")
        assert message is not None
        assert len(message.string) == catalogue.num_plurals >= 3

    def test_keeps_translations_and_drops_what_is_no_longer_in_use(self, project: Path) -> None:
        call_command("catalogues")
        translate(project, COMPLETE)
        (project / "deals/views.py").write_text("")

        call_command("catalogues")

        written = (project / "locale/pl/LC_MESSAGES/django.po").read_text()
        assert "Na stronie" in written
        assert "W kodzie" not in written

    def test_changes_nothing_when_nothing_changed(self, project: Path) -> None:
        call_command("catalogues")
        translate(project, COMPLETE)
        call_command("catalogues")
        before = (project / "locale/pl/LC_MESSAGES/django.po").read_bytes()

        call_command("catalogues")

        assert (project / "locale/pl/LC_MESSAGES/django.po").read_bytes() == before


class TestChecking:
    def test_passes_when_all_is_translated(self, project: Path) -> None:
        call_command("catalogues")
        translate(project, COMPLETE)

        call_command("catalogues", check=True)

    @pytest.mark.parametrize(
        ("mistake", "problem"),
        [
            ({"In code": ""}, "not translated: In code"),
            ({"%(num)s deal": ("%(num)s transakcja", "", "", "")}, "not translated: %(num)s deal"),
            ({"%(num)s deal": ("%(count)s a", "%(num)s b", "%(num)s c", "%(num)s d")}, "%(num)s deal: "),
        ],
    )
    def test_names_what_is_missing_or_wrong(
        self, project: Path, capsys: pytest.CaptureFixture[str], mistake: dict[str, Any], problem: str
    ) -> None:
        call_command("catalogues")
        translate(project, COMPLETE | mistake)

        with pytest.raises(CommandError):
            call_command("catalogues", check=True)

        assert problem in capsys.readouterr().err


class TestCompiling:
    def test_makes_what_is_read_at_run_time(self, project: Path) -> None:
        call_command("catalogues")
        translate(project, COMPLETE)

        (project / "locale/pl/LC_MESSAGES/django.mo").unlink(missing_ok=True)

        assert compile_catalogues(project) == 1
        assert compile_catalogues(project) == 0
        with (project / "locale/pl/LC_MESSAGES/django.mo").open("rb") as compiled:
            polish = gettext.GNUTranslations(compiled)
        assert polish.ngettext("%(num)s deal", "%(num)s deals", 3) == "%(num)s transakcje"

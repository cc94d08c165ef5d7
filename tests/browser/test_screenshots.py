"""Every page has its picture, and the pictures of the README are there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from tests.browser.pages import PAGES
from tests.browser.screenshots import README, ROOT, SHOTS, Shot

# Pages that the demo world has no way to: what an outsider holds the link to, and what is set up first.
WITHOUT = {
    "account_set_password",
    "identity:key_made",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "notifications:confirm_address",
    "notifications:open",
}


def test_every_page_has_its_picture() -> None:
    pictured = {shot.address for shots in SHOTS.values() for shot in shots}

    assert sorted(set(PAGES) - pictured - WITHOUT) == []
    assert sorted(WITHOUT & pictured) == []


@pytest.mark.parametrize(
    "shot",
    [
        shot
        for shots in SHOTS.values()
        for shot in shots
        if shot.address and not shot.follow and not shot.then
    ],
)
def test_a_picture_is_of_the_page_that_it_says(shot: Shot) -> None:
    assert resolve(urlsplit(shot.path).path).view_name == shot.address


def test_the_readme_shows_what_there_is() -> None:
    shown = (ROOT / "README.md").read_text()
    for name, *_ in README:
        assert f"docs/screenshots/{name}.png" in shown
        assert Path(ROOT / "docs" / "screenshots" / f"{name}.png").stat().st_size < 300_000

"""The list of users is the current site's, also for somebody who belongs to several."""

from __future__ import annotations

import pytest

from tests.cast import Cast, signed_in
from tests.factories import make_member, make_site

pytestmark = pytest.mark.django_db


class TestSomebodyWithSeveralSites:
    def test_sees_themselves_once_in_the_list_of_the_current_site(self, cast: Cast) -> None:
        elsewhere = make_site("Second home")
        make_member(elsewhere, "Amira at her second home", user=cast.primary.user)
        page = signed_in(cast.primary).get("/users/").content.decode()
        assert "Amira Haddad" in page
        assert "Amira at her second home" not in page

"""A page that one may not open says why, and names those who can change that (C1)."""

from __future__ import annotations

import pytest

from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db


class TestWhoCanGrantIt:
    def test_are_the_contacts_of_the_site_for_one_of_its_tools(self, cast: Cast) -> None:
        answer = signed_in(cast.newcomer).get("/deals/")
        assert answer.status_code == 403
        assert "Amira Haddad" in answer.content.decode()
        assert "Samir Aziz" in answer.content.decode()

    def test_is_nobody_of_the_site_for_what_belongs_to_the_vendors_people(self, cast: Cast) -> None:
        answer = signed_in(cast.sales).get("/access/queue/")
        assert answer.status_code == 403
        assert "Amira Haddad" not in answer.content.decode()

"""Settings: who finds the page, and what it tells them they may do."""

from __future__ import annotations

import pytest

from identity.actors import Kind
from identity.models import StaffRole
from identity.navigation import entries_for
from identity.privileges import Privilege, staff_privileges
from identity.settings_pages import pages_for
from tests.cast import Cast, actor, signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class TestSettings:
    @pytest.mark.parametrize("role", StaffRole.values)
    def test_are_shown_to_everybody_at_the_vendor(self, cast: Cast, role: str) -> None:
        page = signed_in(make_user("Somebody", staff_roles=[role])).get("/settings/")
        assert page.status_code == 200
        assert "/settings/calendars/" in page.content.decode()

    @pytest.mark.parametrize("who", ["primary", "distributor", "applicant"])
    def test_are_not_shown_to_partners(self, cast: Cast, who: str) -> None:
        assert signed_in(getattr(cast, who)).get("/settings/").status_code == 403
        assert "identity:settings" not in [
            shown.entry.url_name for shown in entries_for(actor(getattr(cast, who)))
        ]

    def test_are_in_the_navigation_of_the_vendors_people(self, cast: Cast) -> None:
        shown = {each.entry.url_name: each for each in entries_for(actor(cast.care))}
        assert actor(cast.care).kind is Kind.STAFF
        assert shown["identity:settings"].refusal is None

    def test_say_who_may_change_them(self, cast: Cast) -> None:
        may = {page.page.url_name: page.refusal is None for page in pages_for(actor(cast.deal_desk))}
        assert may["calendars:list"] is False
        operations = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        may = {page.page.url_name: page.refusal is None for page in pages_for(actor(operations))}
        assert may["calendars:list"] is True

    def test_of_products_are_changed_by_pricing_too(self) -> None:
        assert Privilege.PRODUCT_EDIT in staff_privileges([StaffRole.PRICING])
        assert Privilege.SETTING_EDIT not in staff_privileges([StaffRole.PRICING])
        assert Privilege.PRODUCT_EDIT not in staff_privileges([StaffRole.DEAL_DESK])

"""The pages rely on the policies and on nothing else: with a policy loosened, the sweep of the addresses turns red.

tests/sweep/test_database.py does this for every policy there is, table by table. Here it is seen from the outside,
for the tables that pages show to partners as the policies cut them out.
"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.sweep.addresses import path
from tests.sweep.cases import CASES
from tests.sweep.database import undone
from tests.sweep.test_addresses import ask
from tests.sweep.world import CANARY, World

SHOWN_AT = {
    "deals_deal": ("deals:list", "deals:export_csv", "deals:export_xlsx", "deals:detail", "api-deals-list"),
    "deals_opportunity": ("deals:opportunities", "api-opportunities-list"),
    "identity_apikey": ("identity:keys",),
    "identity_auditevent": ("report:page#access-audit", "api-reports-rows#access-audit"),
    "accounts_accesscase": ("accounts:requests", "accounts:case", "api-access-requests-list"),
    "accounts_invitation": ("accounts:invitations", "api-invitations-list"),
    "reports_savedview": ("reports:views", "deals:list", "api-views-list"),
    "reports_export": ("exports:list", "exports:detail", "exports:download", "api-exports-list"),
    "reports_schedule": ("schedules:list", "schedules:change", "api-schedules-list"),
    "notifications_inboxitem": ("notifications:inbox", "api-notifications-list"),
}


@pytest.fixture
def world(bare_superuser_world: World) -> World:
    return bare_superuser_world


@pytest.mark.parametrize("table", sorted(SHOWN_AT))
def test_a_loosened_policy_is_seen_on_a_page(world: World, table: str) -> None:
    assert not leaks(world, table)
    with undone(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT policyname FROM pg_policies"
            " WHERE tablename = %s AND cmd = 'SELECT' AND roles = '{portal_reseller}'",
            [table],
        )
        for (policy,) in cursor.fetchall():
            cursor.execute(f'ALTER POLICY "{policy}" ON "{table}" USING (true)')
        assert leaks(world, table)


def leaks(world: World, table: str) -> bool:
    """Whether our primary contact is shown the rival's word on any of the pages that read the table."""
    for name in SHOWN_AT[table]:
        case = CASES[name]
        client = world.key("primary") if case.api else world.browser("primary")
        for kwargs in (case.ours(world), *([case.theirs(world)] if case.theirs else [])):
            if CANARY.encode() in ask(client, "GET", path(name, kwargs)).swept:
                return True
    return False

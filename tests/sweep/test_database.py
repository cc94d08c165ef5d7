"""Every table × role × verb × row: what a role can touch is exactly what is declared beside the model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection

from identity import tenancy
from identity.tenancy import ANONYMOUS, DISTRIBUTOR, GUEST, RESELLER, STAFF, guarded_models
from tests.sweep.database import _ctids, _seeing_everything, probe, rules_for, undone
from tests.sweep.world import CANARY, PROBED, World, make_world


@pytest.fixture
def world(superuser_world: World) -> World:
    return superuser_world


@pytest.fixture
def plain_world(db: None) -> World:
    """Without the variants, which put one side's words into the other's rows."""
    return make_world()


class TestEveryTable:
    def test_lets_each_role_touch_exactly_what_is_declared(self, world: World) -> None:
        findings = [
            finding
            for model in guarded_models()
            for name in PROBED
            for finding in probe(model, world.actor(name))
        ]
        assert findings == []

    def test_has_rows_that_each_condition_admits_and_rows_that_it_does_not(self, world: World) -> None:
        """Otherwise the test above could not fail for that condition."""
        blind = []
        for model in guarded_models():
            for role in (ANONYMOUS, RESELLER, DISTRIBUTOR, STAFF, GUEST):
                for rule in tenancy._declared[model._meta.label_lower]:
                    if role in rule.roles and not _tells_apart(world, model, role, rule):
                        blind.append((model._meta.label, role, rule.verbs, rule.rows))
        assert blind == []

    def test_shows_no_other_partner_the_rivals_canary(self, plain_world: World) -> None:
        shown = []
        for model in guarded_models():
            for name in ("anonymous", "applicant", "sales", "distributor", "guest"):
                if name in ("anonymous", "applicant") and model._meta.label_lower in THE_DOOR_SEES:
                    continue
                actor = plain_world.actor(name)
                if not rules_for(model, actor.database_role, "select"):
                    continue
                with tenancy.scope(actor), connection.cursor() as cursor:
                    cursor.execute(
                        f'SELECT count(*) FROM "{model._meta.db_table}" t WHERE t::text LIKE %s',
                        [f"%{CANARY}%"],
                    )
                    if cursor.fetchone()[0]:
                        shown.append((name, model._meta.label))
        assert shown == []


# What signing in works with. No page shows them to anybody but their owner; the sweep over addresses proves that.
THE_DOOR_SEES = {
    "identity.user",
    "identity.session",
    "account.emailaddress",
    "account.emailconfirmation",
    "mfa.authenticator",
    "socialaccount.socialaccount",
    "socialaccount.socialtoken",
    "socialaccount.socialapp",
}


def _tells_apart(world: World, model: type, role: str, rule: tenancy.Rule) -> bool:
    table = model._meta.db_table  # type: ignore[attr-defined]
    condition = rule.rows if "insert" not in rule.verbs else (rule.check or rule.rows)
    for name in PROBED:
        actor = world.actor(name)
        if actor.database_role != role:
            continue
        with _seeing_everything(actor):
            rows = _ctids(f'SELECT ctid::text FROM "{table}"')
            admitted = _ctids(f'SELECT ctid::text FROM "{table}" WHERE {condition}')
        if admitted and (condition == "true" or rows - admitted):
            return True
    return False


class TestMutation:
    def test_every_policy_dropped_or_loosened_turns_the_sweep_red(self, world: World) -> None:
        survivors = []
        by_table = {model._meta.db_table: model for model in guarded_models()}
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT tablename, policyname, roles::text[], cmd, coalesce(qual, 'true') <> 'true'"
                " OR coalesce(with_check, 'true') <> 'true' FROM pg_policies WHERE schemaname = 'public'"
            )
            policies = cursor.fetchall()
        for table, policy, (role,), verb, conditional in policies:
            if role in (tenancy.OWNER, tenancy.SYSTEM):
                continue
            for mutation in mutations(table, policy, verb, conditional):
                with undone(), connection.cursor() as cursor:
                    cursor.execute(mutation)
                    if not sweep_is_red(by_table[table], world, role):
                        survivors.append(mutation)
        assert len(policies) > 50
        assert survivors == []


def mutations(table: str, policy: str, verb: str, conditional: bool) -> Iterator[str]:
    yield f'DROP POLICY "{policy}" ON "{table}"'
    if conditional:
        using = "" if verb == "INSERT" else " USING (true)"
        check = " WITH CHECK (true)" if verb in ("INSERT", "UPDATE") else ""
        yield f'ALTER POLICY "{policy}" ON "{table}"{using}{check}'


def sweep_is_red(model: type, world: World, role: str) -> bool:
    """Whether somebody of the role is found to reach other rows than the declaration says.

    Or a row that a constraint had to save: what the policies as declared let through, none refuses.
    """
    actors = [world.actor(name) for name in PROBED]
    try:
        return any(
            True
            for actor in actors
            if actor.database_role == role
            for _ in probe(model, actor)  # type: ignore[arg-type]
        )
    except IntegrityError:
        return True

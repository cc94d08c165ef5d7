"""The database decides who sees what: scopes, roles and what happens outside of them."""

import os
from dataclasses import replace

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from identity import tenancy
from identity.audit import record
from identity.models import AuditEvent, Membership, Site, User
from identity.privileges import Privilege
from tests.cast import Cast, actor, signed_in

pytestmark = pytest.mark.django_db


class TestOutsideAScope:
    def test_the_run_time_role_may_read_nothing(self, cast: Cast) -> None:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            list(Site.objects.all())

    def test_the_run_time_role_owns_nothing_and_bypasses_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls OR rolcreaterole,"
                " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
                " FROM pg_roles r WHERE rolname = session_user"
            )
            assert cursor.fetchone() == (False, 0)


class TestInAResellersScope:
    def test_members_of_the_site_are_seen_and_no_others(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            assert set(Membership.objects.values_list("site_id", flat=True)) == {cast.site.id}

    def test_the_site_itself_and_the_distributors_are_seen_but_no_other_reseller(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            names = set(Site.objects.values_list("name", flat=True))
        assert names == {"Nile Systems", "Delta Distribution", "Lagoon Distribution"}

    def test_no_row_can_be_written_for_another_site(self, cast: Cast) -> None:
        with (
            tenancy.scope(actor(cast.sales)),
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
        ):
            record(
                "x.tried", by=actor(cast.sales), now=timezone.now(), object_type="x", object_id=1,
                site_id=cast.rival_site.id,
            )  # fmt: skip

    def test_a_row_of_the_own_site_can_be_written(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            record("x.done", by=actor(cast.sales), now=timezone.now(), object_type="x", object_id=1)
            assert AuditEvent.objects.get().event == "x.done"

    def test_nobody_elses_vendor_id_is_seen(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            assert list(User.objects.values_list("id", flat=True)) == [cast.sales.user_id]


class TestNestedScopes:
    def test_the_outer_scope_is_restored(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            with tenancy.as_system():
                assert Site.objects.count() == 4
            assert Site.objects.count() == 3

    def test_the_outer_scope_is_restored_after_an_error_too(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            with pytest.raises(IntegrityError), tenancy.as_system():
                Site.objects.create(number="x", name="", kind="reseller", country="PL")
            assert Site.objects.count() == 3


class TestWhoIsAsking:
    def test_the_session_tells_the_person_the_site_and_what_they_may_do(self, cast: Cast) -> None:
        response = signed_in(cast.sales).get("/session/")
        assert response.status_code == 200
        assert response.json()["user"] == cast.sales.user.public_id
        assert response.wsgi_request.actor.site_number == "7403807"
        assert response.wsgi_request.actor.privileges == actor(cast.sales).privileges

    def test_without_a_session_nobody_is_asking(self, cast: Cast, client) -> None:
        assert client.get("/session/").status_code == 401

    def test_a_removed_member_has_no_site_on_their_very_next_request(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        assert browser.get("/session/").wsgi_request.actor.site_id == cast.site.id
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
        assert browser.get("/session/").wsgi_request.actor.site_id is None

    def test_a_deactivated_person_is_nobody_on_their_very_next_request(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(is_active=False)
        assert browser.get("/session/").status_code == 401


class TestUpgrading:
    def test_the_owner_can_enter_a_new_model_into_djangos_bookkeeping(self, db: None) -> None:
        """FORCE ROW LEVEL SECURITY binds the owner too: an upgrade that brings a model once failed on it."""
        owner = psycopg2.connect(os.environ["TEST_DATABASE_OWNER_URL"])
        with owner, owner.cursor() as cursor:
            cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('next', 'thing')")
            cursor.execute("DELETE FROM django_content_type WHERE app_label = 'next'")
            assert cursor.rowcount == 1
        owner.close()


def told_of() -> str:
    """The privileges that the database is told of now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portal.may', true)")
        return str(cursor.fetchone()[0] or "")


class TestWhatTheDatabaseIsToldOfPrivileges:
    def test_are_those_it_asks_for_that_the_actor_has(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.primary)):
            assert told_of().split() == list(tenancy.ASKED)
        with tenancy.scope(actor(cast.sales)):
            assert told_of() == ""

    def test_are_cut_down_with_a_keys(self, cast: Cast) -> None:
        person = actor(cast.primary)
        key = replace(person, key_id=1, privileges=frozenset({Privilege.PRICE_FILE_VIEW}))
        with tenancy.scope(key):
            assert told_of() == Privilege.PRICE_FILE_VIEW

    def test_are_the_outer_actors_again_after_an_inner_scope(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            with tenancy.scope(actor(cast.primary)):
                assert told_of() != ""
            assert told_of() == ""
            with pytest.raises(IntegrityError), tenancy.as_system():
                Site.objects.create(number="x", name="", kind="reseller", country="PL")
            assert told_of() == ""

    def test_change_with_who_is_asking(self, cast: Cast) -> None:
        with tenancy.door():
            assert told_of() == ""
            tenancy.become(actor(cast.primary))
            assert told_of() != ""

    @pytest.mark.django_db(transaction=True)
    def test_are_forgotten_with_the_transaction(self) -> None:
        with tenancy.as_system():
            assert told_of() != ""
        assert told_of() == ""

    def test_are_named_beforehand(self) -> None:
        with pytest.raises(AssertionError, match="not told"):
            tenancy.holds(Privilege.DEAL_VIEW)
        with pytest.raises(AssertionError, match="not told"):
            tenancy.holds(Privilege.PRICE_FILE_VIEW, Privilege.DEAL_VIEW)
        assert "price_file_view" in tenancy.holds(Privilege.PRICE_FILE_VIEW)

    def test_one_of_several_is_enough(self, cast: Cast) -> None:
        def asked(*privileges: Privilege) -> bool:
            with connection.cursor() as cursor:
                cursor.execute("SELECT " + tenancy.holds(*privileges))
                return bool(cursor.fetchone()[0])

        key = replace(actor(cast.primary), key_id=1, privileges=frozenset({Privilege.QUOTE_MANAGE}))
        with tenancy.scope(key):
            assert asked(Privilege.PRICE_FILE_VIEW, Privilege.QUOTE_MANAGE)
            assert not asked(Privilege.PRICE_FILE_VIEW, Privilege.ORDER_PLACE)
        with tenancy.scope(actor(cast.sales)):
            assert not asked(*tenancy.ASKED)

"""Files made in the background: for whoever asked, with their rights of the moment, and for nobody else."""

from __future__ import annotations

import csv
import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from identity import tenancy
from identity.access import PrivilegeMissing
from identity.keys import make_key
from identity.models import AuditEvent, MembershipStatus, StaffRole
from identity.privileges import Privilege
from notifications.models import Notice
from reports import exporting, exports, sources
from reports.downloads import Wanted
from reports.exports import FILES, begin_export, cancel_export
from reports.files import Format
from reports.models import Export, ExportStatus, Problem
from reports.sources import BadFilter, ReportNotFound
from tests.cast import Cast, actor, make_cast, signed_in
from tests.deals.factories import make_deal

DEALS = Wanted("deals", "show=all", "list", Format.CSV)


def begin(who: Any, wanted: Wanted = DEALS, **more: Any) -> Export:
    with tenancy.scope(actor(who)):
        return begin_export(wanted, by=actor(who), now=timezone.now())


def now_of(export: Export) -> Export:
    with tenancy.as_system():
        return Export.objects.get(id=export.id)


def made(who: Any, wanted: Wanted = DEALS) -> Export:
    export = begin(who, wanted)
    exporting.make_due()
    return now_of(export)


def file_of(who: Any, export: Export) -> Any:
    return signed_in(who).get(f"/reports/exports/{export.public_id}/file/")


def change(**changes: Any) -> None:
    with tenancy.as_system():
        for who, values in changes.values():
            type(who).objects.filter(id=who.id).update(**values)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


class TestMaking:
    def test_gives_a_file_with_what_its_owner_sees_and_tells_them(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        make_deal(cast, name="Theirs", by=cast.rival)
        export = made(cast.sales)
        assert (export.status, export.rows_done, export.problem) == ("ready", 1, "")
        content = FILES.path_of(export.stored).read_bytes()
        assert b"Ours" in content
        assert b"Theirs" not in content
        assert export.size == len(content)
        assert export.expires_at - export.finished_at == timedelta(days=settings.EXPORT_KEPT_DAYS)
        with tenancy.as_system():
            [notice] = Notice.objects.filter(kind="export.ready")
            events = AuditEvent.objects.filter(object_type="export").order_by("id")
            assert list(events.values_list("event", flat=True)) == ["export.begun", "export.made"]
        assert notice.audiences == [{"to": "user", "user_id": cast.sales.user_id, "site_id": cast.site.id}]

    def test_uses_the_owners_language_and_time_zone(self, cast: Cast) -> None:
        change(sales=(cast.sales.user, {"language": "ar", "time_zone": "Africa/Cairo"}))
        make_deal(cast)
        signed_in(cast.sales).get("/reports/exports/new/deals/list/csv/")  # small: sent at once
        settings_before, settings.EXPORT_STREAM_ROWS = settings.EXPORT_STREAM_ROWS, 0
        try:
            signed_in(cast.sales).get("/reports/exports/new/deals/list/csv/")
        finally:
            settings.EXPORT_STREAM_ROWS = settings_before
        exporting.make_due()
        with tenancy.as_system():
            [export] = Export.objects.all()
        assert (export.language, export.time_zone) == ("ar", "Africa/Cairo")
        header = FILES.path_of(export.stored).read_text("utf-8-sig").splitlines()[0]
        assert "Africa/Cairo" in header
        assert "Submission reference" not in header

    @pytest.mark.parametrize("format", Format)
    def test_makes_every_kind_of_file_of_lists_and_of_reports(self, cast: Cast, format: Format) -> None:
        make_deal(cast)
        for source, level in (("deals", "list"), ("deal-pipeline", "detail"), ("deal-pipeline", "summary")):
            export = made(cast.primary, Wanted(source, "", level, format))
            assert (export.status, export.rows_done) == ("ready", 1), (source, level)

    def test_asked_for_twice_while_it_is_made_is_one(self, cast: Cast) -> None:
        first, second = begin(cast.sales), begin(cast.sales)
        assert first.id == second.id
        exporting.make_due()
        assert begin(cast.sales).id != first.id

    def test_is_not_begun_for_more_than_a_few_at_once(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "MOST", 1)
        begin(cast.sales)
        begin(cast.primary)  # somebody else's count for themselves
        with pytest.raises(exports.TooManyExports):
            begin(cast.sales, Wanted("deals", "show=draft", "list", Format.CSV))

    def test_is_not_begun_without_the_privilege_or_for_what_is_not_there(self, cast: Cast) -> None:
        with pytest.raises(PrivilegeMissing):
            begin(cast.newcomer)
        with pytest.raises(ReportNotFound):
            begin(cast.primary, Wanted("nothing", "", "detail", Format.CSV))
        with pytest.raises(BadFilter):
            begin(cast.primary, Wanted("deal-pipeline", "nonsense=1", "detail", Format.CSV))

    def test_sees_what_is_there_when_it_is_made_not_when_it_was_asked_for(self, cast: Cast) -> None:
        export = begin(cast.sales)
        make_deal(cast)
        exporting.make_due()
        assert now_of(export).rows_done == 1


class TestRightsLostMeanwhile:
    @pytest.fixture
    def export(self, cast: Cast) -> Export:
        make_deal(cast)
        return begin(cast.sales)

    def lose_privilege(self, cast: Cast) -> None:
        change(sales=(cast.sales, {"tools": []}))

    def be_removed(self, cast: Cast) -> None:
        gone = {"status": MembershipStatus.REMOVED, "removed_at": timezone.now()}
        change(sales=(cast.sales, gone))

    def join_the_vendor(self, cast: Cast) -> None:
        change(sales=(cast.sales.user, {"staff_roles": [StaffRole.DEAL_DESK]}))

    def close_the_site(self, cast: Cast) -> None:
        change(site=(cast.site, {"is_active": False}))

    @pytest.mark.parametrize("how", ["lose_privilege", "be_removed", "join_the_vendor", "close_the_site"])
    def test_before_it_is_made_there_is_no_file(self, cast: Cast, export: Export, how: str) -> None:
        getattr(self, how)(cast)
        exporting.make_due()
        export = now_of(export)
        assert (export.status, export.problem, export.stored) == ("failed", Problem.NO_ACCESS, "")

    @pytest.mark.parametrize(
        ("how", "status"),
        [("lose_privilege", 403), ("be_removed", 403), ("join_the_vendor", 404), ("close_the_site", 403)],
    )
    def test_after_it_was_made_it_cannot_be_had(
        self, cast: Cast, export: Export, how: str, status: int
    ) -> None:
        exporting.make_due()
        answer = file_of(cast.sales, export)
        assert (answer.status_code, len(answer.getvalue())) == (200, now_of(export).size)
        getattr(self, how)(cast)
        assert file_of(cast.sales, export).status_code == status

    def test_whoever_has_left_for_another_site_finds_nothing_there(self, cast: Cast, export: Export) -> None:
        from tests.factories import make_member

        exporting.make_due()
        make_member(cast.rival_site, cast.sales.name, user=cast.sales.user)
        self.be_removed(cast)
        assert file_of(cast.sales, export).status_code == 404

    def test_and_its_file_goes_with_the_next_sweep(self, cast: Cast, export: Export) -> None:
        exporting.make_due()
        stored = now_of(export).stored
        assert exporting.expire_due(now=timezone.now()) == 0
        self.be_removed(cast)
        assert exporting.expire_due(now=timezone.now()) == 1
        assert (now_of(export).status, now_of(export).problem) == ("expired", Problem.LEFT)
        assert not FILES.path_of(stored).exists()

    def test_a_column_that_may_no_longer_be_seen_shuts_the_file(
        self, cast: Cast, export: Export, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        exporting.make_due()
        narrower = sources._lists["deals"][1]

        def without_value(query: str, who: Any) -> Any:
            table = narrower(query, who)
            return type(table)(table.title, tuple(c for c in table.columns if c.name != "value"), table.rows)

        monkeypatch.setitem(sources._lists, "deals", (sources._lists["deals"][0], without_value))
        answer = signed_in(cast.sales).get(f"/reports/exports/{export.public_id}/file/", follow=True)
        assert "may no longer see" in answer.content.decode()

    def test_a_key_gets_no_more_than_it_may_see_and_none_when_it_ends(self, cast: Cast) -> None:
        from dataclasses import replace

        from identity.keys import revoke_key

        make_deal(cast)
        by = actor(cast.sales)
        with tenancy.scope(by):
            key, _ = make_key("K", [Privilege.DEAL_VIEW], expires_at=None, by=by, now=timezone.now())
            program = replace(by, key_id=key.id, privileges=frozenset({Privilege.DEAL_VIEW}))
            export = begin_export(DEALS, by=program, now=timezone.now())
            revoke_key(key.public_id, by=by, now=timezone.now())
        exporting.make_due()
        assert now_of(export).problem == Problem.NO_ACCESS


class TestWhoHasIt:
    def test_its_owner(self, cast: Cast) -> None:
        make_deal(cast, name="Ours")
        export = made(cast.sales)
        answer = file_of(cast.sales, export)
        body = b"".join(answer.streaming_content)
        assert answer["ETag"] == f'"{export.sha256}"'
        assert len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) == 2
        part = signed_in(cast.sales).get(
            f"/reports/exports/{export.public_id}/file/", headers={"Range": "bytes=0-2"}
        )
        assert (part.status_code, b"".join(part.streaming_content)) == (206, body[:3])
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="export.downloaded").count() == 2

    def test_nobody_else(self, cast: Cast) -> None:
        export = made(cast.sales)
        for who in (cast.primary, cast.rival, cast.distributor, cast.deal_desk):
            for verb in ("", "file/"):
                answer = signed_in(who).get(f"/reports/exports/{export.public_id}/{verb}")
                assert answer.status_code == 404
            for verb in ("cancel/", "again/"):
                answer = signed_in(who).post(f"/reports/exports/{export.public_id}/{verb}")
                assert answer.status_code == 404
            assert export.public_id not in signed_in(who).get("/reports/exports/").content.decode()
        assert export.public_id in signed_in(cast.sales).get("/reports/exports/").content.decode()


class TestTheEnd:
    def test_a_file_expires_and_is_forgotten(self, cast: Cast) -> None:
        export = made(cast.sales)
        late = export.expires_at + timedelta(seconds=1)
        assert exporting.expire_due(now=export.expires_at - timedelta(seconds=1)) == 0
        assert exporting.expire_due(now=late) == 1
        assert not FILES.path_of(export.stored).exists()
        page = signed_in(cast.sales).get(f"/reports/exports/{export.public_id}/").content.decode()
        assert "Its time was over." in page
        assert "Make it again" in page
        assert file_of(cast.sales, export).status_code == 302

    def test_is_made_once_more_when_it_is_wanted_again(self, cast: Cast) -> None:
        export = made(cast.sales)
        answer = signed_in(cast.sales).post(f"/reports/exports/{export.public_id}/again/")
        assert answer.status_code == 302
        assert export.public_id not in answer["Location"]

    def test_what_is_over_stays_as_it_is(self, cast: Cast) -> None:
        export = begin(cast.sales)
        with tenancy.scope(actor(cast.sales)):
            cancel_export(export, by=actor(cast.sales), now=timezone.now())
        for status in ExportStatus:
            with pytest.raises(IntegrityError), tenancy.as_system():
                Export.objects.filter(id=export.id).update(status=status)

    def test_its_owner_cannot_say_it_is_ready(self, cast: Cast) -> None:
        from django.db import ProgrammingError

        export = begin(cast.sales)
        with pytest.raises(ProgrammingError), tenancy.scope(actor(cast.sales)):
            Export.objects.filter(id=export.id).update(status="running")
        with pytest.raises(ProgrammingError), tenancy.scope(actor(cast.sales)):
            Export.objects.filter(id=export.id).update(stored="abc")

    def test_strays_are_forgotten_and_nothing_else(self, cast: Cast) -> None:
        import os

        export = made(cast.sales)
        with FILES.filling() as stray:
            stray.path.write_bytes(b"x")
        for name in (export.stored, stray.stored.name):
            os.utime(FILES.path_of(name), (0, 0))
        assert exporting.forget_strays() == 1
        assert FILES.path_of(export.stored).exists()


class TestCancelling:
    def test_what_waits_is_never_made(self, cast: Cast) -> None:
        export = begin(cast.sales)
        signed_in(cast.sales).post(f"/reports/exports/{export.public_id}/cancel/")
        exporting.make_due()
        assert (now_of(export).status, now_of(export).attempts) == ("cancelled", 0)

    def test_stops_the_query_that_is_running(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        """The database is asked to sleep a minute for each row; it is not waited for."""
        from django.db.models import F, FloatField, Func

        make_deal(cast)
        as_ever = sources._lists["deals"][1]

        def sleepy(query: str, who: Any) -> Any:
            table = as_ever(query, who)
            nap = Func(60, function="(select 1 from pg_sleep", template="%(function)s(%(expressions)s))")
            nap.output_field = FloatField()
            return type(table)(table.title, table.columns, table.rows.annotate(nap=nap).filter(nap=F("nap")))

        monkeypatch.setitem(sources._lists, "deals", (sources._lists["deals"][0], sleepy))
        export = begin(cast.sales)
        worker = threading.Thread(target=lambda: (exporting.make_due(), connection.close()))
        worker.start()
        wait_until(lambda: sleeping() == 1)
        signed_in(cast.sales).post(f"/reports/exports/{export.public_id}/cancel/")
        worker.join(10)
        assert not worker.is_alive()
        wait_until(lambda: sleeping() == 0)
        assert (now_of(export).status, now_of(export).stored) == ("cancelled", "")

    def test_what_takes_too_long_is_given_up(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        make_deal(cast)
        settings.EXPORT_TIMEOUT_SECONDS = 0.3
        as_ever = sources._lists["deals"][1]

        def sleepy(query: str, who: Any) -> Any:
            table = as_ever(query, who)
            return type(table)(
                table.title, table.columns, table.rows.extra(where=["pg_sleep(5) is not null"])
            )

        monkeypatch.setitem(sources._lists, "deals", (sources._lists["deals"][0], sleepy))
        assert made(cast.sales).problem == Problem.TOO_SLOW

    def test_comes_too_late_for_what_is_ready(self, cast: Cast) -> None:
        export = made(cast.sales)
        with pytest.raises(exports.ExportNotLive), tenancy.scope(actor(cast.sales)):
            cancel_export(export, by=actor(cast.sales), now=timezone.now())
        assert now_of(export).status == "ready"


def wait_until(condition: Any) -> None:
    import time

    until = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def sleeping() -> int:
    import os
    from contextlib import closing

    import psycopg2

    with closing(psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"])) as admin, admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        )
        return int(cursor.fetchone()[0])


class TestTrouble:
    def test_a_full_disk_is_told_in_a_clear_word(self, cast: Cast) -> None:
        import resource

        for number in range(30):
            make_deal(cast, name=f"Deal {number} " + "x" * 100)
        export = begin(cast.sales)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
        try:
            exporting.make_due()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        export = now_of(export)
        assert (export.status, export.problem, export.stored) == ("failed", Problem.DISK_FULL, "")
        page = signed_in(cast.sales).get(f"/reports/exports/{export.public_id}/").content.decode()
        assert "no room left" in page
        with tenancy.as_system():
            assert Notice.objects.filter(kind="export.failed").count() == 1

    def test_what_fails_is_tried_again_but_not_for_ever(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export = begin(cast.sales)

        def broken(query: str, who: Any) -> Any:
            raise ZeroDivisionError

        monkeypatch.setitem(sources._lists, "deals", (sources._lists["deals"][0], broken))
        for attempt in range(1, exporting.MOST_ATTEMPTS):
            exporting.make_due()
            assert (now_of(export).status, now_of(export).attempts) == ("waiting", attempt)
            exporting.make_due()  # not at once
            assert now_of(export).attempts == attempt
            with tenancy.as_system():
                Export.objects.update(due_at=timezone.now())
        exporting.make_due()
        assert (now_of(export).status, now_of(export).problem) == ("failed", Problem.GIVEN_UP)

    def test_a_worker_that_is_gone_is_followed_by_another(self, cast: Cast) -> None:
        export = begin(cast.sales)
        taken = exporting._claim(timezone.now())
        assert taken is not None
        exporting.make_due()
        assert now_of(export).status == "running"
        with tenancy.as_system():
            Export.objects.update(lease_until=timezone.now())
        exporting.make_due()
        assert (now_of(export).status, now_of(export).attempts) == ("ready", 2)
        exporting._make(taken)  # the first one wakes up again, and changes nothing
        assert now_of(export).attempts == 2
        assert [path.name for path in FILES._folder().glob("*/*") if path.name == now_of(export).stored]

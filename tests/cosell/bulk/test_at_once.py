"""Two workers with one file: rows that one is at, the other waits for, and then finds done."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from cosell.bulk import reading, working
from cosell.models import Referral, UploadRow
from identity import tenancy
from identity.models import Role
from tests.cast import make_cast
from tests.cosell.bulk.sending import csv_of, row, send
from tests.cosell.factories import give_role, make_location, make_solution


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 3)
    cast = make_cast()
    make_location(cast.site, "Cairo")
    make_solution(cast.site, "Nile Payroll")
    admin = give_role(cast.primary, Role.REFERRALS_ADMIN)
    upload = send(admin, csv_of(row(deal_name=f"Deal {number}") for number in range(9)))
    start = threading.Barrier(2)

    def worker() -> None:
        start.wait()
        try:
            working._do_rows(upload)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _each in range(2)]
    monkeypatch.setattr(working, "_still_ours", lambda upload: None)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenancy.as_system():
        assert Referral.objects.count() == 9
        assert UploadRow.objects.filter(upload=upload, outcome="created").count() == 9

"""One's own inbox over the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity import tenancy
from identity.models import Membership
from identity.privileges import Privilege
from notifications.models import InboxItem, Notice
from tests.api.calls import caller
from tests.cast import Cast

pytestmark = pytest.mark.django_db

INBOX = "/api/v1/notifications/"


def told(member: Membership, number: int = 0) -> str:
    """Something in this member's inbox; returns its id."""
    now = timezone.now()
    with tenancy.as_system():
        notice = Notice.objects.create(
            kind="gone", audiences=[], dedupe_key=f"{member.id}:{number}", created_at=now, due_at=now
        )
        return InboxItem.objects.create(
            notice=notice, user_id=member.user_id, site_id=member.site_id, kind="gone", created_at=now
        ).public_id


class TestTheInbox:
    def test_is_ones_own_the_newest_first(self, cast: Cast) -> None:
        first, second = told(cast.sales, 1), told(cast.sales, 2)
        told(cast.primary)
        found = caller(cast.sales).get(INBOX).json()["results"]
        assert [item["id"] for item in found] == [second, first]
        assert found[0]["url"].endswith(f"/notifications/{second}/")

    def test_takes_the_same_queries_for_one_notice_and_for_three(self, cast: Cast) -> None:
        api, counts = caller(cast.sales), []
        api.get(INBOX)
        for number in (1, 2, 3):
            told(cast.sales, number)
            with CaptureQueriesContext(connection) as queries:
                api.get(INBOX)
            counts.append(len(queries))
        assert len(set(counts)) == 1

    def test_is_read_one_by_one(self, cast: Cast) -> None:
        first, second, api = told(cast.sales, 1), told(cast.sales, 2), caller(cast.sales)
        answer = api.send("post", f"{INBOX}{first}/read/")
        assert answer.status_code == 200
        assert answer.json()["read_at"] is not None
        unread = api.get(INBOX, {"unread": "true"}).json()["results"]
        assert [item["id"] for item in unread] == [second]

    def test_is_read_all_at_once(self, cast: Cast) -> None:
        told(cast.sales, 1)
        told(cast.sales, 2)
        api = caller(cast.sales)
        assert api.send("post", f"{INBOX}read/").json() == {"read": 2}
        assert api.get(INBOX, {"unread": "true"}).json()["results"] == []

    def test_anothers_notice_is_as_one_that_does_not_exist(self, cast: Cast) -> None:
        theirs = told(cast.primary)
        api = caller(cast.sales)
        foreign = api.send("post", f"{INBOX}{theirs}/read/")
        missing = api.send("post", f"{INBOX}999999999999/read/")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
        assert caller(cast.primary).send("post", f"{INBOX}{theirs}/read/").status_code == 200

    def test_is_not_for_a_key_that_was_not_given_it(self, cast: Cast) -> None:
        assert caller(cast.sales, Privilege.DEAL_VIEW).get(INBOX).status_code == 403
        assert caller(cast.sales, Privilege.INBOX_READ).get(INBOX).status_code == 200

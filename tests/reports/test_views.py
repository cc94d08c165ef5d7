"""Saved views: kept, shared, changed, made one's default, and nobody else's business."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from identity import tenancy
from identity.models import AuditEvent, Standing, Tool
from reports import actions
from reports.listings import LONGEST_QUERY, Listing, QueryTooLong, listing_named
from reports.models import DefaultView, SavedView
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def deals() -> Listing:
    get_resolver().url_patterns  # noqa: B018 - lists are registered where their pages are
    found = listing_named("deals")
    assert found is not None
    return found


def save(who: Any, name: str, query: str = "show=approved", **options: Any) -> SavedView:
    listing = listing_named("deals")
    assert listing is not None
    with tenancy.scope(actor(who)):
        return actions.save_view(
            listing, name=name, query=query, by=actor(who), now=timezone.now(), **options
        )


def offered(who: Any) -> list[str]:
    """The names in the list's menu of views."""
    page = html.unescape(signed_in(who).get("/deals/?show=all").content.decode())
    return re.findall(r'class="menu-words"><bdi>([^<]*)</bdi>', page)


def views(**conditions: Any) -> list[SavedView]:
    with tenancy.as_system():
        return list(SavedView.objects.filter(**conditions).order_by("id"))


class TestAnAddress:
    @pytest.mark.parametrize(
        ("query", "kept"),
        [
            ("q=x&show=all", "show=all&q=x"),
            ("status=won&status=lost&status=won&q=", "status=won&status=lost"),
            ("cursor=abc&view=xyz&nonsense=1", ""),
            ("q=%D8%B4%D8%B1%D9%83%D8%A9&q=a%26b", "q=%D8%B4%D8%B1%D9%83%D8%A9&q=a%26b"),
            ("", ""),
        ],
    )
    def test_is_kept_without_what_says_nothing(self, deals: Listing, query: str, kept: str) -> None:
        assert deals.normalised(query) == kept
        assert deals.normalised(QueryDict(query)) == kept
        assert deals.normalised(kept) == kept

    def test_has_an_end(self, deals: Listing) -> None:
        with pytest.raises(QueryTooLong):
            deals.normalised("q=" + "x" * LONGEST_QUERY)
        with pytest.raises(QueryTooLong):
            deals.normalised("q&" * 2 * LONGEST_QUERY)

    def test_is_one_that_can_be_opened(self, deals: Listing) -> None:
        assert deals.normalised("q=%00&q=%FF&show=all") == "show=all&q=%EF%BF%BD"


class TestSaving:
    def test_keeps_the_filters_and_goes_back_to_the_list_with_them(self, cast: Cast) -> None:
        sent = {
            "listing": "deals",
            "name": " My  approved ",
            "query": "show=approved&cursor=x&columns=name,value",
        }
        answer = signed_in(cast.sales).post("/views/save/", sent)
        [view] = views()
        assert answer.url == f"/deals/?show=approved&columns=name%2Cvalue&view={view.public_id}"
        assert (view.name, view.query, view.shared) == (
            "My approved",
            "show=approved&columns=name%2Cvalue",
            False,
        )
        assert offered(cast.sales) == ["My approved"]
        assert signed_in(cast.sales).get(answer.url).status_code == 200

    def test_again_under_the_same_name_replaces_it(self, cast: Cast) -> None:
        save(cast.sales, "Mine", "show=approved")
        save(cast.primary, "Mine", "show=draft")
        save(cast.sales, "Mine", "show=returned", shared=True)
        assert [(view.query, view.shared, view.version) for view in views()] == [
            ("show=returned", True, 2),
            ("show=draft", False, 1),
        ]

    def test_twice_with_one_form_saves_once(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        sent = {"listing": "deals", "name": "Mine", "query": "", "form_token": "t"}
        assert browser.post("/views/save/", sent).url == browser.post("/views/save/", sent).url
        assert len(views()) == 1

    @pytest.mark.parametrize(
        ("changes", "word"),
        [
            ({"name": " "}, "required"),
            ({"name": "x" * 81}, "80"),
            ({"query": "q=" + "x" * 2000}, "too long"),
        ],
    )
    def test_that_cannot_be_is_answered_at_the_form(
        self, cast: Cast, changes: dict[str, str], word: str
    ) -> None:
        sent = {"listing": "deals", "name": "Mine", "query": "show=draft"} | changes
        answer = signed_in(cast.sales).post("/views/save/", sent)
        assert answer.status_code == 422
        assert word in answer.content.decode()
        assert views() == []

    def test_ends_at_a_number(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "MOST", 1)
        save(cast.sales, "One")
        with pytest.raises(actions.TooManyViews):
            save(cast.sales, "Two")
        save(cast.sales, "One", "show=draft")
        save(cast.primary, "Two")

    def test_is_for_lists_that_one_may_open(self, cast: Cast) -> None:
        sent = {"name": "Mine", "query": ""}
        assert signed_in(cast.newcomer).post("/views/save/", sent | {"listing": "deals"}).status_code == 403
        assert signed_in(cast.sales).post("/views/save/", sent | {"listing": "nothing"}).status_code == 404
        assert signed_in(cast.applicant).get("/views/").status_code == 403


class TestSharing:
    def test_is_with_colleagues_and_with_nobody_else(self, cast: Cast) -> None:
        save(cast.sales, "Secret")
        save(cast.sales, "Everybody", shared=True)
        assert offered(cast.sales) == ["Everybody", "Secret"]
        assert offered(cast.primary) == ["Everybody"]
        for other in (cast.rival, cast.distributor, cast.deal_desk):
            assert offered(other) == []

    def test_among_the_vendors_people_stays_among_them(self, cast: Cast) -> None:
        from identity.models import StaffRole
        from tests.factories import make_user

        colleague = make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])
        save(cast.deal_desk, "Desk", "show=waiting", shared=True)
        save(cast.deal_desk, "Own")
        assert offered(colleague) == ["Desk"]
        assert offered(cast.sales) == []

    def test_shows_each_their_own_deals(self, cast: Cast) -> None:
        view = save(cast.sales, "Mine", "owner=me", shared=True)
        assert signed_in(cast.primary).get(f"/deals/?owner=me&view={view.public_id}").status_code == 200

    def test_names_the_colleague(self, cast: Cast) -> None:
        save(cast.sales, "Everybody", shared=True)
        page = signed_in(cast.primary).get("/deals/?show=all").content.decode()
        assert "Shared by <bdi>Nadia Farouk</bdi>" in page


class TestADefault:
    def test_opens_the_list_with_the_view(self, cast: Cast) -> None:
        view = save(cast.sales, "Mine", "show=approved", default=True)
        browser = signed_in(cast.sales)
        assert browser.get("/deals/").url == f"/deals/?show=approved&view={view.public_id}"
        assert browser.get("/deals/?show=all").status_code == 200
        assert signed_in(cast.primary).get("/deals/").status_code == 200

    def test_may_be_a_colleagues_and_goes_with_it(self, cast: Cast) -> None:
        view = save(cast.sales, "Everybody", shared=True)
        browser = signed_in(cast.primary)
        browser.post(f"/views/{view.public_id}/default/", {"on": "1"})
        assert browser.get("/deals/").status_code == 302
        with tenancy.scope(actor(cast.sales)):
            actions.delete_view(view, by=actor(cast.sales), now=timezone.now())
        assert browser.get("/deals/").status_code == 200
        with tenancy.as_system():
            assert not DefaultView.objects.exists()

    def test_is_out_of_force_while_the_colleague_does_not_share_it(self, cast: Cast) -> None:
        view = save(cast.sales, "Everybody", shared=True)
        browser = signed_in(cast.primary)
        browser.post(f"/views/{view.public_id}/default/", {"on": "1"})
        save(cast.sales, "Everybody", shared=False)
        assert browser.get("/deals/").status_code == 200

    def test_is_one_and_can_be_taken_back(self, cast: Cast) -> None:
        first, second = save(cast.sales, "A", default=True), save(cast.sales, "B", default=True)
        browser = signed_in(cast.sales)
        assert second.public_id in browser.get("/deals/").url
        browser.post(f"/views/{first.public_id}/default/", {"on": ""})
        assert browser.get("/deals/").status_code == 302
        browser.post(f"/views/{second.public_id}/default/", {"on": ""})
        assert browser.get("/deals/").status_code == 200


class TestChanging:
    def test_renames_and_shares(self, cast: Cast) -> None:
        view = save(cast.sales, "Old")
        sent = {"name": "New", "shared": "on", "version": view.version}
        assert signed_in(cast.sales).post(f"/views/{view.public_id}/change/", sent).url == "/views/"
        assert offered(cast.primary) == ["New"]

    def test_keeps_names_apart(self, cast: Cast) -> None:
        save(cast.sales, "Taken")
        view = save(cast.sales, "Old")
        sent = {"name": "Taken", "version": view.version}
        answer = signed_in(cast.sales).post(f"/views/{view.public_id}/change/", sent)
        assert answer.status_code == 422
        assert "Another view of yours has this name." in answer.content.decode()

    def test_of_what_somebody_changed_meanwhile_is_not_done(self, cast: Cast) -> None:
        view = save(cast.sales, "Old")
        save(cast.sales, "Old", "show=draft")
        sent = {"name": "New", "version": view.version}
        assert signed_in(cast.sales).post(f"/views/{view.public_id}/change/", sent).status_code == 409
        assert offered(cast.sales) == ["Old"]

    def test_is_the_owners_alone(self, cast: Cast) -> None:
        view = save(cast.sales, "Everybody", shared=True)
        sent = {"name": "Taken over", "version": view.version}
        for other in (cast.primary, cast.rival, cast.deal_desk):
            assert signed_in(other).post(f"/views/{view.public_id}/change/", sent).status_code == 404
        assert offered(cast.sales) == ["Everybody"]


class TestDeleting:
    def test_is_the_owners_and_of_whoever_manages_the_people_of_the_site(self, cast: Cast) -> None:
        colleague = make_member(
            cast.site, "Omar Saleh", standing=Standing.MEMBER, tools=[Tool.DEAL_REGISTRATION]
        )
        view, own = save(cast.sales, "Everybody", shared=True), save(cast.sales, "Own")
        signed_in(colleague).post(f"/views/{view.public_id}/delete/")
        assert len(views()) == 2
        assert "They can delete it" in signed_in(colleague).get("/views/").content.decode()
        signed_in(cast.primary).post(f"/views/{view.public_id}/delete/")
        signed_in(cast.sales).post(f"/views/{own.public_id}/delete/")
        assert views() == []

    def test_of_what_one_does_not_see_is_of_nothing(self, cast: Cast) -> None:
        view = save(cast.sales, "Own")
        for other in (cast.primary, cast.rival, cast.deal_desk):
            assert signed_in(other).post(f"/views/{view.public_id}/delete/").status_code == 404
        assert len(views()) == 1


class TestThePageOfViews:
    def test_shows_ones_own_and_those_shared_at_the_same_cost(self, cast: Cast) -> None:
        asked = []
        for number in (1, 3):
            while len(views()) < number:
                save(cast.sales, f"View {len(views())}", shared=True)
            browser = signed_in(cast.primary)
            with CaptureQueriesContext(connection) as found:
                page = browser.get("/views/").content.decode()
            asked.append(len(found))
            assert page.count("card-title") == number
        assert asked[0] == asked[1]

    def test_leads_on_when_there_are_none(self, cast: Cast) -> None:
        assert 'href="/deals/"' in signed_in(cast.sales).get("/views/").content.decode()

    def test_of_the_list_costs_one_question_whatever_is_saved(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        asked = []
        for number in range(3):
            with CaptureQueriesContext(connection) as found:
                browser.get("/deals/?show=all")
            asked.append(len(found))
            save(cast.sales, f"View {number}")
        assert len(set(asked)) == 1


class TestTheApi:
    def test_does_what_the_pages_do(self, cast: Cast) -> None:
        call = caller(cast.sales)
        made = call.send(
            "post", "/api/v1/views/", {"list": "deals", "name": "Mine", "query": "show=approved&x=1"}
        )
        assert made.status_code == 201, made.json()
        view = made.json()
        assert (view["query"], view["default"], view["shared"]) == ("show=approved", False, False)
        address = f"/api/v1/views/{view['id']}/"
        changed = call.send("patch", address, {"default": True, "shared": True}, If_Match=made["ETag"])
        assert changed.status_code == 200, changed.json()
        assert changed.json()["default"] is True
        assert changed.json()["name"] == "Mine"
        assert [
            each["id"] for each in caller(cast.primary).get("/api/v1/views/?list=deals").json()["results"]
        ] == [view["id"]]
        assert call.send("patch", address, {"name": "x"}, If_Match=made["ETag"]).status_code == 412
        assert call.send("delete", address).status_code == 204
        assert views() == []

    def test_refuses_what_the_pages_refuse(self, cast: Cast) -> None:
        view = save(cast.sales, "Everybody", shared=True)
        address = f"/api/v1/views/{view.public_id}/"
        primary, rival = caller(cast.primary), caller(cast.rival)
        assert primary.send("patch", address, {"name": "x"}, If_Match="*").status_code == 403
        assert rival.get(address).status_code == 404
        assert rival.send("delete", address).status_code == 404
        for changes in ({"list": "nothing"}, {"name": ""}, {"query": "q=" + "x" * 2000}, {"unknown": 1}):
            sent = {"list": "deals", "name": "Mine"} | changes
            assert primary.send("post", "/api/v1/views/", sent).status_code == 400
        assert caller(cast.newcomer).get("/api/v1/views/").json()["results"] == []


class TestWhatWasDone:
    def test_is_in_the_audit_trail(self, cast: Cast) -> None:
        view = save(cast.sales, "Mine")
        with tenancy.scope(actor(cast.sales)):
            actions.delete_view(view, by=actor(cast.sales), now=timezone.now())
        with tenancy.as_system():
            found = AuditEvent.objects.filter(object_type="saved_view").order_by("id")
            assert [event.event for event in found] == ["view.saved", "view.deleted"]

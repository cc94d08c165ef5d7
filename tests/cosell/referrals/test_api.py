"""Co-sell deals through the API: what is listed, who may, what is refused and how."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cosell.models import Referral
from cosell.states import Sharing, Substatus
from identity import tenancy
from identity.models import Role
from tests.api.calls import Caller, caller
from tests.cast import Cast
from tests.cosell.factories import (
    answer_for_vendor,
    give_role,
    make_location,
    make_profile,
    make_referral,
    make_solution,
)
from tests.cosell.referrals.made import Seller, make_other, make_seller, stored
from tests.deals.factories import make_customer

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/referrals/"


@pytest.fixture
def seller(cast: Cast) -> Seller:
    return make_seller(cast)


@pytest.fixture
def key(seller: Seller) -> Caller:
    return caller(seller.admin)


def body(seller: Seller, **extra: Any) -> dict[str, Any]:
    return {
        "name": "Looms", "location": seller.location.public_id, "sharing": "cosell",
        "customer_name": "Nile Cotton Mills", "address_line1": "7 Mill Road", "city": "Giza", "country": "EG",
        "value": "120000.50", "currency": "USD",
        "close_on": (timezone.now() + timedelta(days=60)).date().isoformat(),
        "contact_first_name": "Salma", "contact_last_name": "Nour", "contact_phone": "+20 2 5550 0199",
        "contact_email": "salma@nilecotton.example", "help_type": "proof", "consent_share": True,
        "consent_contact": True, "consent_sellers": True,
        "team": [{"first_name": "Amira", "last_name": "Haddad", "email": seller.admin.email, "phone": "1"}],
        "solutions": [{"id": seller.solution.public_id, "quantity": 3, "price": "50000.00"}],
    } | extra  # fmt: skip


def at(deal: Referral | dict[str, Any], verb: str = "") -> str:
    public_id = deal["id"] if isinstance(deal, dict) else deal.public_id
    return f"{ROOT}{public_id}/{verb}{'/' if verb else ''}"


class TestMaking:
    def test_makes_a_deal_and_asks_the_vendor(self, seller: Seller, key: Caller) -> None:
        answer = key.send("post", ROOT, body(seller))
        made = answer.json()
        assert (answer.status_code, made["substatus"], made["value"]) == (201, "accepted", "120000.50")
        assert answer["Location"].endswith(at(made))
        assert (made["vendor"]["substatus"], made["vendor"]["seller"]) == ("received", None)
        assert made["team"][0]["is_user"]
        assert made["solutions"][0]["price"] == "50000.00"
        assert key.get(at(made)).json() == made

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"value": "1.001"}, "value"), ({"value": "x"}, "value"), ({"value": "0"}, "value"),
            ({"currency": "XXX"}, "currency"), ({"country": "XX"}, "country"), ({"close_on": "2020-01-01"}, "close_on"),
            ({"close_on": "31.12.2030"}, "close_on"), ({"consent_sellers": False}, "consent_sellers"),
            ({"team": []}, "team"), ({"solutions": []}, "solutions"), ({"solutions": [{"id": "x"}]}, "solutions.0.id"),
            ({"location": "x"}, "location"), ({"sharing": "x"}, "sharing"), ({"status": "closed"}, "status"),
            ({"name": ""}, "name"), ({"help_type": ""}, "help_type"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_field_by_field(
        self, seller: Seller, key: Caller, change: dict[str, Any], field: str
    ) -> None:
        answer = key.send("post", ROOT, body(seller, **change))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.json()
        assert field in answer.json()["details"]

    def test_another_partners_location_and_solution_are_as_unknown_as_any(
        self, cast: Cast, seller: Seller, key: Caller
    ) -> None:
        other = make_other(cast)
        for change in (
            {"location": other.location.public_id},
            {"solutions": [{"id": other.solution.public_id}]},
        ):
            theirs = key.send("post", ROOT, body(seller, **change))
            assert theirs.status_code == 400

    def test_is_not_for_users_nor_for_the_vendors_people(self, cast: Cast, seller: Seller) -> None:
        user = caller(give_role(cast.sales, Role.REFERRALS_USER))
        for who in (user, caller(cast.deal_desk)):
            assert who.send("post", ROOT, body(seller)).status_code == 403

    def test_says_which_rule_keeps_one_from_a_new_deal(self, cast: Cast, seller: Seller, key: Caller) -> None:
        with tenancy.as_system():
            type(seller.solution).objects.filter(id=seller.solution.id).update(readiness="not_ready")
        answer = key.send("post", ROOT, body(seller))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_possible")
        assert answer.json()["details"]["who"]


class TestTheList:
    @pytest.mark.parametrize(
        "query",
        [
            "status=active",
            "substatus=accepted",
            "direction=outgoing",
            "country=EG",
            "sharing=cosell",
            "stage=proposed",
            "close_from=2031-02-01",
            "close_to=2031-02-28&close_from=2031-02-28",
            "q=loom",
        ],
    )
    def test_is_narrowed(self, cast: Cast, seller: Seller, key: Caller, query: str) -> None:
        make_referral(cast.site, seller.location, name="A loom", stage="proposed", close_on=date(2031, 2, 28))
        make_referral(
            cast.site, seller.location, name="Other", substatus=Substatus.RECEIVED, direction="incoming",
            country="PL", sharing=Sharing.PARTNER_LED,
        )  # fmt: skip
        found = key.get(f"{ROOT}?{query}").json()["results"]
        assert [deal["name"] for deal in found] == ["A loom"]

    def test_is_narrowed_to_a_location_and_to_a_customer(
        self, cast: Cast, seller: Seller, key: Caller
    ) -> None:
        customer, luxor = make_customer("Nile Cotton"), make_location(cast.site, "Luxor")
        make_referral(cast.site, seller.location, name="here", customer=customer)
        make_referral(cast.site, luxor, name="there")
        for query in (f"location={seller.location.public_id}", f"customer={customer.public_id}"):
            found = key.get(f"{ROOT}?{query}").json()["results"]
            assert [deal["name"] for deal in found] == ["here"]

    def test_has_the_deals_of_an_engagement(self, cast: Cast, seller: Seller, key: Caller) -> None:
        deals = [make_referral(cast.site, seller.location) for _each in range(2)]
        found = key.get(f"{ROOT}?engagement={deals[1].engagement}").json()["results"]
        assert [deal["id"] for deal in found] == [deals[1].public_id]

    def test_comes_in_pages_of_at_most_a_hundred(self, cast: Cast, seller: Seller, key: Caller) -> None:
        for _each in range(3):
            make_referral(cast.site, seller.location)
        first = key.get(f"{ROOT}?page_size=2").json()
        second = key.get(first["next"]).json()
        assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)
        assert key.get(f"{ROOT}?page_size=101").status_code == 400

    def test_takes_no_more_queries_for_more_deals(
        self, cast: Cast, seller: Seller, key: Caller, django_assert_max_num_queries: Any
    ) -> None:
        for _each in range(6):
            make_referral(cast.site, seller.location, team=[cast.primary], solutions=[seller.solution])
        with django_assert_max_num_queries(30):
            assert len(key.get(ROOT).json()["results"]) == 6

    def test_has_what_is_shared_for_the_vendors_people(self, cast: Cast, seller: Seller) -> None:
        for sharing in Sharing:
            make_referral(cast.site, seller.location, name=sharing, sharing=sharing)
        desk = caller(cast.deal_desk)
        found = desk.get(ROOT).json()["results"]
        assert [deal["name"] for deal in found] == ["cosell", "partner_led"]
        assert desk.get(f"{ROOT}?favourites=true").json()["results"] == []

    @pytest.mark.parametrize(
        "query",
        ["status=x", "substatus=x", "direction=x", "country=XX", "sharing=x", "stage=x", "close_to=soon"],
    )
    def test_refuses_nonsense(self, key: Caller, query: str) -> None:
        assert key.get(f"{ROOT}?{query}").status_code == 400


class TestChanging:
    def test_takes_the_entity_tag_that_one_read(self, cast: Cast, seller: Seller, key: Caller) -> None:
        made = key.send("post", ROOT, body(seller)).json()
        tag = key.get(at(made))["ETag"]
        assert key.send("patch", at(made), {"name": "x"}).status_code == 428
        changed = key.send("patch", at(made), {"name": "Spindles", "value": "7.00"}, If_Match=tag)
        assert (changed.status_code, changed.json()["name"], changed.json()["value"]) == (
            200,
            "Spindles",
            "7.00",
        )
        assert len(changed.json()["team"]) == 1
        late = key.send("patch", at(made), {"name": "x"}, If_Match=tag)
        assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")

    def test_takes_a_json_patch(self, cast: Cast, seller: Seller, key: Caller) -> None:
        made = key.send("post", ROOT, body(seller)).json()
        more = make_solution(cast.site, "Dye line")
        mate = {"first_name": "Nadia", "last_name": "Farouk", "email": cast.sales.email, "phone": "2"}
        answer = self.patch(
            key, made,
            [
                {"op": "replace", "path": "/name", "value": "Spindles"},
                {"op": "replace", "path": "/team/0/phone", "value": "+20 100"},
                {"op": "add", "path": "/team/-", "value": mate},
                {"op": "add", "path": "/solutions/0", "value": {"id": more.public_id}},
            ],
        )  # fmt: skip
        said = answer.json()
        assert (answer.status_code, said["name"]) == (200, "Spindles"), said
        assert [member["phone"] for member in said["team"]] == ["+20 100", "2"]
        assert {each["name"] for each in said["solutions"]} == {"Dye line", "Loom control"}

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "remove", "path": "/name", "value": ""}, {"op": "add", "path": "name", "value": "x"},
            {"op": "replace", "path": "/team/7", "value": {}}, {"op": "replace", "path": "/nothing", "value": "x"},
            {"op": "replace", "path": "/team/x/phone", "value": "x"}, {"path": "/name"}, "x",
            {"op": "replace", "path": "/location", "value": "x"}, {"op": "replace", "path": "/sharing", "value": "x"},
            {"op": "replace", "path": "/name/x", "value": "x"},
        ],
    )  # fmt: skip
    def test_refuses_a_patch_that_cannot_be_carried_out(
        self, seller: Seller, key: Caller, operation: Any
    ) -> None:
        made = key.send("post", ROOT, body(seller)).json()
        first = {"op": "replace", "path": "/name", "value": "Spindles"}
        answer = self.patch(key, made, [first, operation])
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert key.get(at(made)).json()["name"] == "Looms"

    def test_never_changes_what_is_closed(self, seller: Seller, key: Caller) -> None:
        made = key.send("post", ROOT, body(seller)).json()
        key.send("post", at(made, "win"), {})
        for verb, sent in (
            ("win", {}), ("lose", {"reason": "budget"}), ("stage", {"stage": "proposed"}), ("accept", {}),
            ("decline", {"reason": "budget"}), ("upgrade", {"sharing": "cosell"}),
        ):  # fmt: skip
            answer = key.send("post", at(made, verb), sent)
            assert (answer.status_code, answer.json()["code"]) == (409, "deal_closed"), verb
        tag = key.get(at(made))["ETag"]
        answer = key.send("patch", at(made), {"name": "x"}, If_Match=tag)
        assert (answer.status_code, answer.json()["code"]) == (409, "deal_closed")

    def patch(self, key: Caller, deal: dict[str, Any], operations: Any) -> Any:
        tag = key.get(at(deal))["ETag"]
        return key.patch(
            at(deal), operations, content_type="application/json-patch+json", headers={"If-Match": tag}
        )


class TestTheDeeds:
    def test_answer_close_and_share(self, cast: Cast, seller: Seller, key: Caller) -> None:
        asked = make_referral(
            cast.site, seller.location, substatus=Substatus.RECEIVED, origin="vendor", direction="incoming"
        )
        mate = {
            "first_name": "Amira",
            "last_name": "Haddad",
            "email": cast.primary.email,
            "phone": "+20 2 5550 0101",
        }
        body = {"team": [mate, mate], "crm_id": "CRM-77"}
        assert key.send("post", at(asked, "accept"), body).status_code == 400
        taken = key.send("post", at(asked, "accept"), body | {"team": [mate]}).json()
        assert (taken["substatus"], taken["crm_id"], taken["team"][0]["is_user"]) == (
            "accepted",
            "CRM-77",
            True,
        )
        assert key.send("post", at(asked, "stage"), {"stage": "proposed"}).json()["stage"] == "proposed"
        assert key.send("post", at(asked, "lose"), {"reason": "budget"}).json()["substatus"] == "lost"
        other = make_referral(cast.site, seller.location, substatus=Substatus.RECEIVED)
        assert key.send("post", at(other, "decline"), {"reason": "x"}).status_code == 400
        assert key.send("post", at(other, "decline"), {"reason": "spam"}).json()["reason"] == "spam"

    def test_share_a_private_deal_further(self, seller: Seller, key: Caller) -> None:
        made = key.send("post", ROOT, body(seller, sharing="private", help_type="")).json()
        assert made["vendor"] is None
        refused = key.send("post", at(made, "upgrade"), {"sharing": "cosell"})
        assert (refused.status_code, list(refused.json()["details"])) == (400, ["help_type"])
        asked = {"sharing": "cosell", "help_type": "quotes"}
        assert key.send("post", at(made, "upgrade"), asked).json()["vendor"]["substatus"] == "received"

    def test_make_a_declined_deal_anew(self, seller: Seller, key: Caller) -> None:
        made = key.send("post", ROOT, body(seller)).json()
        assert key.send("post", at(made, "recreate"), {}).status_code == 409
        with tenancy.as_system():
            deal = Referral.objects.get(public_id=made["id"])
        answer_for_vendor(deal, Substatus.DECLINED)
        new = key.send("post", at(made, "recreate"), {})
        assert (new.status_code, new.json()["engagement"] == made["engagement"]) == (201, False)

    def test_invite_another_partner(self, cast: Cast, seller: Seller, key: Caller) -> None:
        other = make_other(cast)
        profile = make_profile(other.site, locations=[other.location])
        made = key.send("post", ROOT, body(seller)).json()
        asked = {"profile": profile.public_id, "help_type": "proof", "notes": "Spindles, please."}
        answer = key.send("post", at(made, "invite"), asked)
        assert (answer.status_code, answer.json()["partner"]) == (201, other.site.name)
        assert key.get(at(made)).json()["invitations"][0]["substatus"] == "received"
        (theirs,) = caller(other.admin).get(ROOT).json()["results"]
        assert theirs["engagement"] == made["engagement"]
        assert (theirs["invited_for"], theirs["invited_with"]) == ("proof", "Spindles, please.")
        assert key.send("post", at(made, "invite"), asked).json()["code"] == "not_possible"
        assert key.send("post", at(made, "invite"), asked | {"profile": "x"}).status_code == 400

    def test_mark_a_favourite(self, cast: Cast, seller: Seller, key: Caller) -> None:
        deal = make_referral(cast.site, seller.location, substatus=Substatus.WON)
        assert key.send("post", at(deal, "favourite"), {"on": True}).json()["favourite"]
        assert len(key.get(f"{ROOT}?favourites=true").json()["results"]) == 1

    def test_of_a_deal_that_one_does_not_see_are_not_found(self, cast: Cast, seller: Seller) -> None:
        user = caller(give_role(cast.sales, Role.REFERRALS_USER))
        deal = make_referral(cast.site, make_location(cast.site, "Luxor"))
        for verb in ("accept", "win", "favourite"):
            sent = {"on": True} if verb == "favourite" else {}
            assert user.send("post", at(deal, verb), sent).status_code == 404
        assert stored(deal).version == 1

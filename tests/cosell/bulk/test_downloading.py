"""Deals handed out as a file: what the list shows, within one's rights, harmless to spreadsheets; and back again."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from cosell.bulk import files
from cosell.bulk.columns import COLUMNS
from cosell.models import Location, Referral, Solution
from cosell.states import STATUS_OF, Sharing, Substatus
from identity import tenancy
from identity.models import Membership, Role
from tests.cast import Cast, signed_in
from tests.cosell.bulk.sending import csv_of, flaws, outcomes, row, send, sent, work
from tests.cosell.factories import give_role, make_referral, make_solution

pytestmark = pytest.mark.django_db
DOWNLOAD = "/cosell/deals/file/deals.csv"


def table(browser: Client, address: str) -> list[dict[str, str]]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer
    assert "attachment" in answer.headers["Content-Disposition"]
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def names(browser: Client, query: str = "") -> list[str]:
    return [line["Deal Name *"] for line in table(browser, f"{DOWNLOAD}{query}")]


class TestDownload:
    def test_has_what_the_tab_and_the_filters_show(
        self, cast: Cast, admin: Membership, cairo: Location
    ) -> None:
        make_referral(cast.site, cairo, name="out")
        make_referral(cast.site, cairo, name="in", direction="incoming", substatus="received")
        browser = signed_in(admin)
        assert sorted(names(browser)) == ["in", "out"]
        assert names(browser, "?show=inbound") == ["in"]
        assert names(browser, "?status=active") == ["out"]
        assert names(browser, "?q=nothing") == []

    def test_has_what_one_may_see_and_nothing_else(
        self, cast: Cast, admin: Membership, cairo: Location
    ) -> None:
        nadia = give_role(cast.sales, Role.REFERRALS_USER)
        make_referral(cast.site, cairo, name="hers", team=[nadia])
        make_referral(cast.site, cairo, name="not hers", team=[admin])
        make_referral(cast.rival_site, name="theirs")
        assert names(signed_in(nadia)) == ["hers"]
        assert signed_in(cast.newcomer).get(DOWNLOAD).status_code == 403
        assert signed_in(cast.deal_desk).get(DOWNLOAD).status_code == 403

    def test_is_no_formula(self, cast: Cast, admin: Membership, cairo: Location) -> None:
        make_referral(cast.site, cairo, name="=HYPERLINK(1)", notes="+1")
        (line,) = table(signed_in(admin), DOWNLOAD)
        assert (line["Deal Name *"], line["Notes"]) == ("'=HYPERLINK(1)", "'+1")

    def test_says_how_to_narrow_what_is_too_much(
        self, cast: Cast, admin: Membership, cairo: Location, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "MOST_DEALS", 1)
        make_referral(cast.site, cairo, name="one")
        browser = signed_in(admin)
        assert names(browser) == ["one"]
        make_referral(cast.site, cairo, name="two", sharing=Sharing.PRIVATE)
        answer = browser.get(f"{DOWNLOAD}?show=outbound")
        assert (answer.status_code, answer.url) == (302, "/cosell/deals/?show=outbound")
        assert "Narrow it" in browser.get(answer.url).content.decode()

    def test_goes_back_in_as_it_is_and_as_it_was_changed(
        self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution
    ) -> None:
        give_role(cast.sales, Role.REFERRALS_USER)
        for name, sharing in (("=first", Sharing.PRIVATE), ("second", Sharing.PARTNER_LED)):
            make_referral(
                cast.site, cairo, name=name, sharing=sharing, solutions=[payroll], team=[cast.sales, admin],
                notes="-1\nand a second line", value=1_234_567, currency="KWD",
            )  # fmt: skip
        make_referral(cast.site, cairo, name="won", substatus="won", solutions=[payroll], team=[admin])
        content = b"".join(signed_in(admin).get(DOWNLOAD).streaming_content)
        upload = send(admin, content)
        work()
        assert flaws(upload) == []
        assert outcomes(upload) == ["unchanged"] * 3

        upload = send(admin, content.replace(b"second line", b"third line"))
        work()
        assert sorted(outcomes(upload)) == ["unprocessed", "updated", "updated"] or flaws(upload) == []
        with tenancy.as_system():
            deal = Referral.objects.get(name="=first")
        assert (deal.notes, deal.value) == ("-1\nand a third line", 1_234_567)

    def test_of_deals_in_every_state_goes_back_in_as_it_is(
        self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution
    ) -> None:
        for substatus in ("received", "accepted", "won", "lost", "declined", "expired"):
            for sharing in Sharing.values:
                make_referral(
                    cast.site, cairo, substatus=substatus, sharing=sharing, solutions=[payroll], team=[admin]
                )
            vendors = {"origin": "vendor", "direction": "incoming", "substatus": substatus}
            make_referral(cast.site, cairo, **vendors)  # of which neither team nor solution is named
        upload = send(admin, b"".join(signed_in(admin).get(DOWNLOAD).streaming_content))
        work()
        assert flaws(upload) == []
        assert set(outcomes(upload)) == {"unchanged"}

    def test_of_a_deal_whose_location_and_solution_are_called_otherwise_today_goes_back_in_as_it_is(
        self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution
    ) -> None:
        rota = make_solution(cast.site, "Nile Rota", readiness="not_ready", ready_at=None)
        make_referral(cast.site, cairo, solutions=[payroll, rota], team=[admin])
        with tenancy.as_system():
            Location.objects.filter(id=cairo.id).update(name="Cairo West")
            Solution.objects.filter(id=rota.id).update(name="Nile Shifts")
        upload = send(admin, b"".join(signed_in(admin).get(DOWNLOAD).streaming_content))
        work()
        assert (flaws(upload), outcomes(upload)) == ([], ["unchanged"])

    @pytest.mark.parametrize(
        ("substatus", "wanted", "reason"),
        [
            ("received", "accepted", ""),
            ("received", "declined", "4"),
            ("accepted", "won", ""),
            ("accepted", "lost", "1"),
        ],
    )
    def test_what_the_vendor_sent_is_answered_and_closed_in_it_as_on_its_page(
        self, cast: Cast, admin: Membership, cairo: Location, substatus: str, wanted: str, reason: str
    ) -> None:
        deal = make_referral(cast.site, cairo, origin="vendor", direction="incoming", substatus=substatus)
        (line,) = table(signed_in(admin), DOWNLOAD)
        line["Status *"], line["Substatus *"] = STATUS_OF[Substatus(wanted)].label, Substatus(wanted).label
        line["Declined/Lost Reason"] = reason
        upload = send(admin, csv_of([list(line.values())], header=list(line)))
        work()
        assert (flaws(upload), outcomes(upload)) == ([], ["updated"])
        with tenancy.as_system():
            deal.refresh_from_db()
        assert deal.substatus == wanted

    def test_an_empty_file_has_every_column(self, admin: Membership) -> None:
        answer = signed_in(admin).get("/cosell/deals/file/empty.csv")
        header = b"".join(answer.streaming_content).decode("utf-8-sig").strip().split(",")
        assert header[: len(COLUMNS)] == [column.title for column in COLUMNS]


class TestErrorFile:
    def test_has_the_rows_that_were_left_out_with_row_field_and_rule_and_goes_in_once_mended(
        self, admin: Membership
    ) -> None:
        upload = sent(admin, row(), row(deal_name="=bad", currency="XYZ", country="Atlantis"))
        address = f"/cosell/deals/file/sent/{upload.public_id}/errors/"
        browser = signed_in(admin)
        (line,) = table(browser, address)
        assert line["Deal Name *"] == "'=bad"
        assert "Row 3, Country: " in line["Errors"]
        assert "Row 3, Currency: " in line["Errors"]

        content = b"".join(browser.get(address).streaming_content)
        mended = send(admin, content.replace(b"XYZ", b"EUR").replace(b"Atlantis", b"Egypt"))
        work()
        assert (outcomes(mended), flaws(mended)) == (["created"], [])
        with tenancy.as_system():
            assert Referral.objects.filter(name="=bad", currency="EUR", country="EG").exists()

    def test_there_is_none_where_every_row_is_done(self, admin: Membership) -> None:
        upload = sent(admin, row())
        assert signed_in(admin).get(f"/cosell/deals/file/sent/{upload.public_id}/errors/").status_code == 404

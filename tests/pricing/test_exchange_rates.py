"""What currencies are worth: sent day by day, looked up for a day, looked at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from feeds.models import Status
from identity import tenancy
from identity.models import User
from pricing.models import ExchangeRate
from pricing.rates.rates import RateUnknown, rate_on
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.feeds.sending import checked, loaded, make_pricing

RATES = "Currency;Date;Rate\r\nEUR;20.11.2026;0,9214\r\nEUR;22.11.2026;0,9301\r\nPLN;20.11.2026;3,9642\r\n"


@pytest.fixture
def pia(db: None) -> User:
    return make_pricing()


class TestARateOnADay:
    def test_is_the_latest_of_that_day_or_before(self, pia: User) -> None:
        loaded("exchange-rates", RATES, by=pia)

        with tenancy.scope(actor(pia)):
            assert rate_on("EUR", date(2026, 11, 20)) == Decimal("0.9214")
            assert rate_on("EUR", date(2026, 11, 21)) == Decimal("0.9214")
            assert rate_on("EUR", date(2027, 1, 1)) == Decimal("0.9301")
            assert rate_on("USD", date(2026, 11, 20)) == 1

    def test_is_unknown_before_the_first(self, pia: User) -> None:
        loaded("exchange-rates", RATES, by=pia)

        with tenancy.scope(actor(pia)), pytest.raises(RateUnknown):
            rate_on("EUR", date(2026, 11, 19))

    def test_is_known_to_partners(self, pia: User, cast: Cast) -> None:
        loaded("exchange-rates", RATES, by=pia)

        with tenancy.scope(actor(cast.sales)):
            assert rate_on("PLN", date(2026, 11, 20)) == Decimal("3.9642")


class TestAFileOfRates:
    def test_corrects_what_was_wrong_and_removes_nothing(self, pia: User) -> None:
        loaded("exchange-rates", RATES, by=pia)

        delivery = loaded("exchange-rates", "currency,day,rate\r\nEUR,2026-11-22,0.94\r\n", by=pia)

        assert (delivery.summary["changed"], delivery.summary["removed"]) == (1, 0)
        with tenancy.as_system():
            assert ExchangeRate.objects.get(currency="EUR", day="2026-11-22").rate == Decimal("0.94")
            assert ExchangeRate.objects.count() == 3

    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            ("USD,2026-11-22,1", "currency", "base_currency"),
            ("EUX,2026-11-22,1", "currency", ""),
            ("EUR,2026-11-22,0", "rate", ""),
            ("EUR,2026-11-22,-1", "rate", ""),
            ("EUR,2026-02-30,1", "day", ""),
            ("EUR,2026-11-22,0.123456789", "rate", ""),
        ],
    )
    def test_is_refused_with_the_rule_at_the_cell(self, pia: User, row: str, column: str, code: str) -> None:
        delivery = checked("exchange-rates", f"currency,day,rate\r\nGBP,2026-11-22,0.79\r\n{row}\r\n", by=pia)

        assert delivery.status == Status.INVALID
        (error,) = delivery.errors
        assert (error["row"], error["column"]) == (3, column)
        assert code in ("", error["code"])


class TestThePage:
    def test_shows_rates_by_currency_and_day(self, pia: User) -> None:
        loaded("exchange-rates", RATES, by=pia)
        browser = signed_in(pia)

        assert "3.9642" in browser.get("/settings/rates/").content.decode()
        of_euro = browser.get("/settings/rates/?currency=eur&day=2026-11-20").content.decode()
        assert "0.9214" in of_euro
        assert "0.9301" not in of_euro
        assert "3.9642" not in of_euro

    def test_is_the_vendors_own(self, cast: Cast) -> None:
        assert signed_in(cast.primary).get("/settings/rates/").status_code == 403
        assert signed_in(cast.care).get("/settings/rates/").status_code == 200

    def test_has_its_like_for_programs(self, pia: User) -> None:
        loaded("exchange-rates", RATES, by=pia)

        found = caller(pia).get("/api/v1/exchange-rates/?currency=EUR").json()["results"]

        assert [(rate["day"], rate["rate"]) for rate in found] == [
            ("2026-11-22", "0.93010000"),
            ("2026-11-20", "0.92140000"),
        ]

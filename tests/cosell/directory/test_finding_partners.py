"""The public directory: what is found, by whom, and what never is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cosell.directory.finding import ORDER, Wanted, live_profiles, suggestions
from identity import tenancy
from identity.models import Site
from tests.cast import Cast, signed_in
from tests.cosell.factories import make_location, make_profile

pytestmark = pytest.mark.django_db


def found(**wanted: object) -> list[str]:
    with tenancy.door():
        return [each.name for each in live_profiles(Wanted(**wanted)).order_by(*ORDER)]  # type: ignore[arg-type]


@pytest.fixture
def partners(cast: Cast) -> Cast:
    make_profile(
        cast.site, name="Nile Cloud", country="EG", tags=["industry-retail", "product-cloud", "service-migration"],
        skills=["Point of sale", "Żabka tills"], sizes=["10-50", "51-250"], description="Zebra crossings",
    )  # fmt: skip
    make_profile(
        cast.rival_site, name="Delta Data", country="SA", tags=["industry-banking", "product-databases"],
        skills=["Ledgers"], sizes=[],
    )  # fmt: skip
    return cast


class TestWhatIsFound:
    def test_everything_that_is_live_by_name(self, partners: Cast) -> None:
        assert found() == ["Delta Data", "Nile Cloud"]

    def test_by_country(self, partners: Cast) -> None:
        assert found(country="EG") == ["Nile Cloud"]

    def test_by_tags_one_of_each_kind_that_is_named(self, partners: Cast) -> None:
        assert found(tags=("product-cloud", "product-databases")) == ["Delta Data", "Nile Cloud"]
        assert found(tags=("product-cloud", "product-databases", "industry-banking")) == ["Delta Data"]
        assert found(tags=("product-cloud", "industry-banking")) == []

    def test_by_size_where_none_is_named_any_fits(self, partners: Cast) -> None:
        assert found(size="10-50") == ["Delta Data", "Nile Cloud"]
        assert found(size="more") == ["Delta Data"]

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("nile", ["Nile Cloud"]),
            ("data", ["Delta Data", "Nile Cloud"][:1]),
            ("clou", ["Nile Cloud"]),
            ("point", ["Nile Cloud"]),
            ("zabka", ["Nile Cloud"]),
            ("nile ledgers", []),
            ("bank", ["Delta Data"]),
            ("retail migr", ["Nile Cloud"]),
            ("zebra", []),  # the description is not searched
            ("%", ["Delta Data", "Nile Cloud"]),
            ("ile", []),
        ],
    )
    def test_by_beginnings_of_words_of_names_tags_and_skills(
        self, partners: Cast, text: str, names: list[str]
    ) -> None:
        assert found(text=text) == names

    def test_suggestions_name_tags_partners_and_skills(self, partners: Cast) -> None:
        with tenancy.door():
            assert {(each.text, each.kind) for each in suggestions("led")} == {("Ledgers", "skill")}
            assert ("Delta Data", "partner") in {(each.text, each.kind) for each in suggestions("delta")}
            assert ("Banking", "tag") in {(each.text, each.kind) for each in suggestions("bank")}
            assert suggestions("") == []


HIDDEN = ("draft", "waiting", "stopped", "withdrawn")


class TestWhatNeverIs:
    @pytest.mark.parametrize("state", HIDDEN)
    def test_what_is_not_live_is_nowhere(self, cast: Cast, client: Client, state: str) -> None:
        profile = make_profile(
            cast.rival_site,
            state=state,
            name="Hushhush",
            country="IS",
            skills=["Hushing"],
            tags=["product-cloud"],
        )
        addresses = [
            reverse("directory:search"),
            reverse("directory:search") + "?q=hush",
            reverse("directory:search") + "?country=IS",
            reverse("directory:search") + "?tag=product-cloud",
            reverse("directory:suggest") + "?q=hush",
        ]
        for who in (client, signed_in(cast.primary)):
            for address in addresses:
                answer = who.get(address)
                assert answer.status_code == 200
                # (what one looked for stands in the field, in lower case)
                assert b"Hush" not in answer.content, address
            assert b'value="IS"' not in client.get(reverse("directory:search")).content
            for name in ("partner", "logo", "enquire", "thanks"):
                assert who.get(reverse(f"directory:{name}", args=[profile.public_id])).status_code == 404

    def test_changes_are_not_read_before_they_are_live(self, cast: Cast, client: Client) -> None:
        profile = make_profile(cast.site, state="changed", name="As it was")
        with tenancy.as_system():
            type(profile).objects.filter(id=profile.id).update(name="Unheard of")
        assert b"As it was" in client.get(reverse("directory:search")).content
        page = client.get(reverse("directory:partner", args=[profile.public_id])).content
        assert b"As it was" in page
        assert b"Unheard" not in page


class TestThePages:
    def test_a_partner_is_read_by_anybody_with_its_places_and_without_its_contact(
        self, cast: Cast, client: Client
    ) -> None:
        place = make_location(
            cast.site, "Harbour office", city="Alexandria", contact_email="inside@nile.example"
        )
        profile = make_profile(cast.site, name="Nile Cloud", locations=[place])
        for who in (client, signed_in(cast.rival), signed_in(cast.deal_desk)):
            page = who.get(reverse("directory:partner", args=[profile.public_id])).content.decode()
            assert "Harbour office" in page
            assert "Alexandria" in page
            assert "inside@nile.example" not in page

    def test_a_long_list_comes_in_pages_without_a_gap(self, cast: Cast, client: Client) -> None:
        with tenancy.as_system():
            sites = Site.objects.bulk_create(
                Site(name=f"Partner {number:02}", number=f"88{number:05}", kind="reseller", country="EG")
                for number in range(30)
            )
        for site in sites:
            make_profile(site)
        first = client.get(reverse("directory:search"))
        following = first.context_data if hasattr(first, "context_data") else None
        assert following is None
        seen = first.content.decode()
        assert seen.count('partner-card"') == 24
        address = seen.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert client.get(address).content.decode().count('partner-card"') == 6

    @pytest.mark.parametrize("language", ["en", "ar", "pt-br", "pl", "it"])
    def test_every_page_in_every_language(self, cast: Cast, client: Client, language: str) -> None:
        profile = make_profile(cast.site)
        client.cookies["portway_language"] = language
        for name in ("partner", "enquire", "thanks"):
            page = client.get(reverse(f"directory:{name}", args=[profile.public_id]))
            assert page.status_code == 200
            assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page.content.decode()

    def test_search_engines_keep_the_list_and_not_every_way_to_narrow_it(
        self, cast: Cast, client: Client
    ) -> None:
        assert b"noindex" not in client.get(reverse("directory:search")).content
        assert b"noindex" in client.get(reverse("directory:search") + "?country=EG").content

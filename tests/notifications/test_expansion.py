"""Who is told: everybody concerned, in their inbox and by mail as they chose, once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, StaffRole, User
from identity.privileges import Privilege
from notifications import expansion
from notifications.actions import Audience
from notifications.models import InboxItem, Mail, Notice, NoticeStatus, Preference
from tests.cast import Cast, actor
from tests.factories import make_member, make_site

from .world import (
    AT_ONCE,
    COUNTED,
    DAILY,
    MANDATORY,
    QUIET,
    expand,
    inbox_of,
    mailed,
    mails,
    say,
)

pytestmark = pytest.mark.django_db


class TestAudiences:
    def test_everybody_at_a_site(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.site(cast.site.id), key="1")
        expand()
        at_site = [cast.primary, cast.secondary, cast.sales, cast.newcomer]
        assert mailed() == {member.user.email for member in at_site}
        assert [item.site_id for item in inbox_of(cast.sales)] == [cast.site.id]

    def test_those_at_a_site_who_have_a_privilege(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.site(cast.site.id, Privilege.REPORT_VIEW), key="1")
        expand()
        assert mailed() == {cast.primary.user.email, cast.secondary.user.email}

    def test_the_managers_of_a_site(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.managers(cast.site.id), key="1")
        expand()
        assert mailed() == {cast.primary.user.email, cast.secondary.user.email}

    def test_the_primary_contact(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.primary(cast.site.id), key="1")
        expand()
        assert mailed() == {cast.primary.user.email}

    def test_the_vendors_people_with_a_role(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.staff(StaffRole.DEAL_DESK), key="1")
        expand()
        assert mailed() == {cast.deal_desk.email}
        assert inbox_of(cast.deal_desk)[0].for_staff

    def test_one_person(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.user(cast.applicant.id), key="1")
        expand()
        assert mailed() == {cast.applicant.email}
        assert inbox_of(cast.applicant)[0].site_id is None

    def test_one_person_of_a_site_only_while_they_belong_to_it(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.user(cast.sales.user_id, cast.site.id), key="1")
        say(AT_ONCE, Audience.user(cast.rival.user_id, cast.site.id), key="2")
        expand()
        assert mailed() == {cast.sales.user.email}

    def test_an_address_by_mail_only(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.address("someone@elsewhere.example", "pl"), key="1")
        expand()
        (mail,) = mails()
        assert (mail.to, mail.language, mail.user_id) == ("someone@elsewhere.example", "pl", None)

    def test_only_whoever_has_an_account_is_led_to_choose_what_they_get(self, cast: Cast) -> None:
        to = Audience.address("someone@elsewhere.example", "pl")
        say(AT_ONCE, to, Audience.user(cast.sales.user_id), key="1")
        expand()
        assert {mail.to: mail.letter["can_refuse"] for mail in mails()} == {
            "someone@elsewhere.example": False,
            cast.sales.user.email: True,
        }

    def test_nobody_is_told_of_their_own_deed(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.site(cast.site.id), key="1", by=actor(cast.primary))
        expand()
        assert cast.primary.user.email not in mailed()
        assert inbox_of(cast.primary) == []
        assert len(inbox_of(cast.sales)) == 1

    def test_whoever_left_meanwhile_is_not_told(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.site(cast.site.id), key="1")
        with tenancy.as_system():
            Membership.objects.filter(id=cast.sales.id).update(status="removed", removed_at=timezone.now())
            User.objects.filter(id=cast.newcomer.user_id).update(is_active=False)
        expand()
        assert mailed() == {cast.primary.user.email, cast.secondary.user.email}


class TestOnce:
    def test_whoever_is_concerned_twice_is_told_once(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.primary(cast.site.id), Audience.managers(cast.site.id), key="1")
        expand()
        assert len(inbox_of(cast.primary)) == 1
        assert [mail.to for mail in mails()].count(cast.primary.user.email) == 1

    def test_whoever_is_concerned_at_two_sites_finds_it_at_both_and_gets_one_mail(self, cast: Cast) -> None:
        other = make_site("Second Office")
        make_member(other, "Nadia Farouk", user=cast.sales.user)
        say(AT_ONCE, Audience.site(cast.site.id), Audience.site(other.id), key="1")
        expand()
        assert {item.site_id for item in inbox_of(cast.sales)} == {cast.site.id, other.id}
        assert [mail.to for mail in mails()].count(cast.sales.user.email) == 1

    def test_an_address_that_is_somebodys_gets_one_mail(self, cast: Cast) -> None:
        to = Audience.address(cast.sales.user.email.upper(), "en")
        say(AT_ONCE, Audience.user(cast.sales.user_id), to, key="1")
        expand()
        assert len(mails()) == 1

    def test_expanding_again_changes_nothing(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.site(cast.site.id), key="1")
        expand()
        before = (len(mails()), len(inbox_of(cast.sales)))
        with tenancy.as_system():
            Notice.objects.update(status=NoticeStatus.WAITING, lease_until=None)
        expand()
        assert (len(mails()), len(inbox_of(cast.sales))) == before

    def test_a_notice_in_another_workers_hands_is_left_alone_until_its_lease_ends(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.primary(cast.site.id), key="1")
        with tenancy.as_system():
            Notice.objects.update(lease_until=timezone.now() + dt.timedelta(minutes=1))
        assert expansion.expand_due() == 0
        with tenancy.as_system():
            Notice.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        assert expansion.expand_due() == 1
        assert len(mails()) == 1


class TestPreferences:
    def choose(self, who: Membership, kind: str, choice: str) -> None:
        with tenancy.as_system():
            Preference.objects.create(user=who.user, kind=kind, choice=choice)

    def test_without_a_choice_the_kinds_default_holds(self, cast: Cast) -> None:
        for number, kind in enumerate((AT_ONCE, DAILY, QUIET)):
            say(kind, Audience.user(cast.sales.user_id), key=str(number))
        expand()
        assert [mail.is_digest for mail in mails()] == [False, True]
        assert len(inbox_of(cast.sales)) == 3

    def test_a_choice_goes_before_the_default(self, cast: Cast) -> None:
        self.choose(cast.sales, AT_ONCE.name, "none")
        self.choose(cast.primary, QUIET.name, "at_once")
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1")
        say(QUIET, Audience.user(cast.primary.user_id), key="2")
        expand()
        assert mailed() == {cast.primary.user.email}

    def test_a_mandatory_kind_goes_before_any_choice(self, cast: Cast) -> None:
        self.choose(cast.sales, MANDATORY.name, "none")
        say(MANDATORY, Audience.user(cast.sales.user_id), key="1")
        expand()
        assert mailed() == {cast.sales.user.email}

    def test_a_preferred_address_overrides_the_own_one(self, cast: Cast) -> None:
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(preferred_email="team@nile.example")
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1")
        expand()
        assert mailed() == {"team@nile.example"}

    def test_an_address_preferred_by_two_gets_one_mail(self, cast: Cast) -> None:
        with tenancy.as_system():
            User.objects.filter(id__in=[cast.sales.user_id, cast.primary.user_id]).update(
                preferred_email="team@nile.example"
            )
        say(AT_ONCE, Audience.site(cast.site.id), key="1")
        expand()
        assert [mail.to for mail in mails()].count("team@nile.example") == 1
        assert len(inbox_of(cast.sales)) == len(inbox_of(cast.primary)) == 1


class TestTheDailyMail:
    def test_collects_the_day_in_one_mail_due_in_the_morning_where_its_reader_lives(self, cast: Cast) -> None:
        with tenancy.as_system():
            User.objects.filter(id=cast.sales.user_id).update(time_zone="Africa/Cairo")
        say(DAILY, Audience.user(cast.sales.user_id), key="1")
        say(DAILY, Audience.user(cast.sales.user_id), key="2")
        expand()
        (mail,) = mails()
        local = mail.due_at.astimezone(ZoneInfo("Africa/Cairo"))
        assert (local.hour, local.minute) == (8, 0)
        assert timezone.now() < mail.due_at <= timezone.now() + dt.timedelta(hours=25)
        assert {item.digest_id for item in inbox_of(cast.sales)} == {mail.id}

    def test_what_comes_while_it_is_being_sent_waits_for_the_next_one(self, cast: Cast) -> None:
        say(DAILY, Audience.user(cast.sales.user_id), key="1")
        expand()
        with tenancy.as_system():
            Mail.objects.update(attempts=1)
        say(DAILY, Audience.user(cast.sales.user_id), key="2")
        expand()
        first, second = mails()
        assert second.due_at - first.due_at > dt.timedelta(hours=22)
        assert [item.digest_id for item in inbox_of(cast.sales)] == [first.id, second.id]


class TestSomethingGoesWrong:
    def test_a_notice_that_cannot_be_expanded_is_put_back_and_holds_up_no_other(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.primary(cast.site.id), key="bad")
        say(AT_ONCE, Audience.primary(cast.site.id), key="good")
        with tenancy.as_system():
            Notice.objects.filter(dedupe_key="bad").update(kind="test.gone")
        expand()
        with tenancy.as_system():
            bad, good = Notice.objects.order_by("id")
        assert (good.status, bad.status) == ("done", "waiting")
        assert "test.gone" in bad.error
        assert bad.due_at > timezone.now()

    def test_after_eight_attempts_it_is_given_up(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.primary(cast.site.id), key="bad")
        with tenancy.as_system():
            Notice.objects.update(kind="test.gone", attempts=expansion.MAX_ATTEMPTS - 1)
        expand()
        with tenancy.as_system():
            assert Notice.objects.get().status == "failed"

    def test_one_that_takes_its_worker_down_each_time_is_given_up_too(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.primary(cast.site.id), key="poison")
        with tenancy.as_system():
            Notice.objects.update(attempts=expansion.MAX_ATTEMPTS)
        expand()
        with tenancy.as_system():
            assert Notice.objects.get().status == "failed"
            assert not InboxItem.objects.exists()


class TestWords:
    @pytest.mark.parametrize(("num", "words"), [(1, "1 unread message"), (5, "5 unread messages")])
    def test_numbers_choose_the_plural(self, cast: Cast, num: int, words: str) -> None:
        say(COUNTED, Audience.user(cast.sales.user_id), key="1", context={"num": num})
        expand()
        assert mails()[0].letter["subject"] == words

    def test_a_mail_says_which_site_it_concerns_and_why_one_gets_it(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.managers(cast.site.id), key="1")
        expand()
        letter = mails()[0].letter
        assert letter["site"] == "Nile Systems (7403807)"
        assert letter["why"] == "You get this mail because you manage the users of Nile Systems (7403807)."

    def test_the_button_leads_to_the_readers_own_inbox_item(self, cast: Cast) -> None:
        say(AT_ONCE, Audience.user(cast.sales.user_id), key="1")
        expand()
        label, address = mails()[0].letter["action"]
        assert label == "Open the deal"
        assert address.endswith(f"/notifications/{inbox_of(cast.sales)[0].public_id}/")

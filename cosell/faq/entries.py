"""Questions and their answers, in the reader's language (C14).

An answer is public: it explains the portal's rules and names no partner. `related` are addresses in the portal, shown
to whoever has signed in. An entry that no page links to says that it is `general`; a test looks for all others.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


class Group(enum.Enum):
    """What the questions are about, in the order in which they are shown."""

    ACCESS = _("Access and roles")
    COSELL = _("Co-sell deals")
    VENDOR = _("Working with the vendor")
    SOLUTIONS = _("Solutions and rewards")
    LEADS = _("Business profiles and leads")
    TOLD = _("Mail and notices")
    DEALS = _("Deal registration")
    RENEWALS = pgettext_lazy("page", "Renewals")
    PRICES = _("Price files and quotes")


@dataclass(frozen=True, slots=True)
class Entry:
    """One question. `key` is its anchor; `related` are names of addresses without parameters, and what to call them."""

    key: str
    group: Group
    question: Words
    answer: tuple[Words, ...]
    related: tuple[tuple[str, Words], ...] = ()
    general: bool = False

    def paragraphs(self) -> list[str]:
        """The answer in the current language, with the days that this portal is set to."""
        return [str(text) % _filled() if "%(" in str(text) else str(text) for text in self.answer]


def _filled() -> dict[str, object]:
    return {"answer_days": settings.COSELL_ANSWER_DAYS}


def entry(key: str, group: Group, question: Words, *answer: Words, **more: object) -> Entry:
    return Entry(key, group, question, answer, **more)  # type: ignore[arg-type]


DEALS = ("referrals:list", _("Co-sell deals"))
ACCESS = ("cosell:home", _("Co-sell roles"))
SOLUTIONS = ("solutions:list", _("Solutions"))
PROFILES = ("profiles:list", _("Business profiles"))
LEADS = ("leads:list", _("Leads"))
NOTIFICATIONS = ("notifications:preferences", _("Notifications"))
USERS = ("accounts:users", _("Users"))
G = Group

ENTRIES: tuple[Entry, ...] = (
    # ---------------------------------------------------------------------------------------- access and roles
    entry(
        "cosell-access", G.ACCESS, _("How do I get access to co-selling?"),
        _(
            "Co-selling takes a role, which an account administrator or the primary contact of your "
            "company gives. The page on access names them; write to one of them and say which role you "
            "need."
        ),
        _("The role works at once: you need not sign in again."),
        related=(ACCESS,),
    ),
    entry(
        "cosell-roles", G.ACCESS, _("Which roles are there, and what may each of them do?"),
        _(
            "A referrals administrator works on all deals, leads, registrations and business profiles, "
            "and makes new deals. A referrals user works on the deals on whose team they are. A "
            "business-profile administrator looks after profiles alone. An account administrator gives "
            "roles, and sees no deal by that."
        ),
        _("Somebody may have several roles."),
        related=(ACCESS, USERS),
    ),
    entry(
        "locations", G.ACCESS, _("What does it mean that a role is for certain locations?"),
        _(
            "A role is for the whole company, or for some of its locations. Whoever has it for some sees "
            "and changes only the deals of these; a referrals user must also be on the deal's team."
        ),
        _("The location of a deal is chosen when the deal is made, and stays."),
        related=(ACCESS,),
    ),
    entry(
        "shut-controls", G.ACCESS, _("Why is a button shut?"),
        _(
            "Point at it, touch it, or go to it with the Tab key: it says which rule stands in the way, "
            "and who can change that. Nothing is hidden from you without a reason."
        ),
        general=True,
    ),
    entry(
        "find-administrators", G.ACCESS, _("Who is an account administrator of my company?"),
        _(
            "The page on access names them. Whoever looks after users also finds them there, by the "
            "filter for the role."
        ),
        related=(ACCESS, USERS),
        general=True,
    ),
    entry(
        "colleague-left", G.ACCESS, _("A colleague has left. What becomes of their access and their deals?"),
        _(
            "Take the colleague off the list of users: their access ends at once, everywhere. Their deals"
            " stay with your company, and everybody who may see them goes on working on them."
        ),
        related=(USERS,),
        general=True,
    ),
    entry(
        "cannot-sign-in", G.ACCESS, _("I cannot sign in. What can I do?"),
        _(
            "Choose a new password by the link on the sign-in page. If you have lost the phone with your "
            "authenticator app, a recovery code does in its place."
        ),
        _("If neither helps, write to customer care: people answer there."),
        related=(("help", _("Customer care")),),
        general=True,
    ),
    # ---------------------------------------------------------------------------------------- co-sell deals
    entry(
        "what-is-a-cosell-deal", G.COSELL, _("What is a co-sell deal?"),
        _(
            "A sale on which you and the vendor, or you and another partner, may work together. Each side"
            " has its own part of it, with its own status; together they are one engagement."
        ),
        _(
            "A deal registration is something else: it protects a sale of the vendor's products and "
            "grants a discount."
        ),
        related=(DEALS, ("deals:list", _("Deals"))),
    ),
    entry(
        "new-deal", G.COSELL, _("Why can I not make a new deal?"),
        _(
            "Three things are needed: the role of a referrals administrator, a location that your role is"
            " for, and a solution of your company that is published and co-sell ready. The button says "
            "which of them is missing, and who can change that."
        ),
        related=(SOLUTIONS, ACCESS),
    ),
    entry(
        "deal-types", G.COSELL, _("What is the difference between private, partner-led and co-sell?"),
        _(
            "A private deal is seen by your company alone. A partner-led deal is seen by the vendor, but "
            "you ask for no help. With a co-sell deal you ask the vendor for help, and the vendor "
            "answers."
        ),
        _(
            "A deal can be opened further, from private to partner-led to co-sell, and never the other "
            "way: what somebody has seen cannot be taken back."
        ),
    ),
    entry(
        "inbound-outbound", G.COSELL, _("What are inbound and outbound deals?"),
        _(
            "Inbound deals were sent to you, by the vendor or by another partner: you answer whether you "
            "take them. Outbound deals are those that you made; they are active from the beginning."
        ),
    ),
    entry(
        "answer-in-time", G.COSELL, _("How long do I have to answer a deal that was sent to me?"),
        _(
            "%(answer_days)s days. The deal's page shows the time that is left, and you are reminded "
            "before it is over. A deal that nobody answers expires, and cannot be opened again."
        ),
        _("The vendor has just as long to answer a deal on which you ask for help."),
    ),
    entry(
        "decline-reasons", G.COSELL, _("Must I say why I decline or lose a deal?"),
        _(
            "Yes, one of eight reasons; where none of them fits, choose the last one and say it in your "
            "own words. Whoever sent the deal learns from it, and sends you better ones."
        ),
    ),
    entry(
        "closed-deals", G.COSELL, _("Can I change a deal that is closed?"),
        _(
            "No. What was won, lost, declined or has expired stays as it is, for everybody and for good. "
            "Where a deal was declined by accident, a new one can be made of it with everything that was "
            "in it."
        ),
    ),
    entry(
        "recreate-deal", G.COSELL, _("A deal was declined by accident. What now?"),
        _(
            "Open it and make it anew: a new deal is made with the same customer, team and solutions, and"
            " whoever was asked is asked again. The old one stays as it is."
        ),
    ),
    entry(
        "sales-stages", G.COSELL, _("What do the sales stages stand for?"),
        _(
            "How likely the sale is: qualified 20 per cent, developed 40, proposed 60, negotiated 80, won"
            " 100. Keep the stage up to date: both sides plan by it."
        ),
    ),
    entry(
        "invite-partner", G.COSELL, _("What does a partner that I invite get to see?"),
        _(
            "A copy of the customer, the value and the date as they are when you invite. From then on it "
            "is their own deal: they change it as they like, you see their answer and nothing else, and "
            "they see nothing of yours."
        ),
    ),
    entry(
        "consent", G.COSELL, _("Why does the form ask for the customer's consent?"),
        _(
            "Because you pass on what the customer told you. Without their consent a deal stays private. "
            "Co-sell also needs their consent that the vendor's sellers learn of it. Ask first, then "
            "tick."
        ),
    ),
    entry(
        "deal-changed", G.COSELL, _("It says that the deal was changed meanwhile. Is what I typed lost?"),
        _(
            "No. What you typed is still in the form. Look at what your colleague changed, correct yours "
            "if need be, and save again. Nobody's change is overwritten without being seen."
        ),
        general=True,
    ),
    entry(
        "deal-file", G.COSELL, _("How do I make or change many deals at once?"),
        _(
            "Download the list as a file, change it in a spreadsheet, and send it back: up to 1,000 rows."
            " Each row is checked by itself. What is right is done; what is not is given back with the "
            "reason for each field, so that you correct it and send only that again."
        ),
        related=(("cosell_bulk:send", _("Deals as a file")),),
    ),
    entry(
        "generated-notes", G.COSELL, _("How do generated notes work?"),
        _(
            "The notes are drafted from five facts: the deal's value, the names of its solutions, the "
            "customer's name, your company's name and the country. Nothing else of the deal is used, and "
            "no person's name, address or number."
        ),
        _(
            "The portal writes them itself, unless the vendor has set up a writing service; then the form"
            " names it, and asks you before anything is sent. The draft is not kept: it is yours once you"
            " put it into the notes. Read it first; a machine does not know your customer."
        ),
        _(
            "If no draft comes, try again in a moment, or write the notes yourself: nothing that you "
            "typed is touched. Tell us whether it was of use; that is noted without your name."
        ),
    ),
    # ---------------------------------------------------------------------------------------- with the vendor
    entry(
        "vendor-declined", G.VENDOR, _("Why did the vendor decline my deal?"),
        _(
            "The deal's page says so: either there is no record of the customer, or no seller looks after"
            " it. No reason is shown where the deal expired unanswered, or is worth less than 25,000 US "
            "dollars at the rate of the day."
        ),
        _(
            "You can go on alone: your side of the deal stays active. If it was declined by accident, "
            "make it anew."
        ),
    ),
    entry(
        "seller-details", G.VENDOR, _("When do I learn which seller of the vendor works with me?"),
        _(
            "As soon as the vendor has accepted the deal: name, e-mail and phone are then on its page. "
            "Before that there is nobody to name."
        ),
    ),
    entry(
        "help-types", G.VENDOR, _("Which help can I ask the vendor for?"),
        _(
            "The value of the solution for the customer's workload, technical architecture, a proof of "
            "concept or demonstration, quotes or licensing, success after the sale, or anything else. Say"
            " in the notes for the vendor what would help most: the sooner the right person answers."
        ),
    ),
    # ---------------------------------------------------------------------------------------- solutions, rewards
    entry(
        "solution-ready", G.SOLUTIONS, _("How does a solution become co-sell ready?"),
        _(
            "Publish it, and complete its checklist: a description, what customers gain by it, a page "
            "about it, and somebody whom the vendor's sellers can ask. Then ask for readiness. Channel "
            "operations look at it, and say what is missing, if anything."
        ),
        related=(SOLUTIONS,),
    ),
    entry(
        "registration-of-won-deals", G.SOLUTIONS, _("Which won deals can be registered for a reward?"),
        _(
            "Deals that are co-sell or partner-led and won, with at least one solution that is eligible "
            "for an incentive. A co-sell deal must also have been accepted or won by the vendor, and "
            "between making it and winning it there must be at least 72 hours."
        ),
        _("A registration can be changed while action is required of you, and at no other time."),
        related=(("registrations:list", _("Registrations of won deals")),),
    ),
    # ---------------------------------------------------------------------------------------- profiles and leads
    entry(
        "business-profile", G.LEADS, _("What is a business profile, and who sees it?"),
        _(
            "What customers find of your company in the public directory of partners: one profile for "
            "each country, with up to five locations and with tags for industries, products and services."
            " Only what you publish is seen; a draft is not."
        ),
        related=(PROFILES, ("directory:search", _("Directory of partners"))),
    ),
    entry(
        "profile-found", G.LEADS, _("How is my profile found more often?"),
        _(
            "By its tags: the search looks at them, not at the description. Choose those that are true of"
            " you. Where the vendor looks for a partner, answering leads quickly and telling what became of them moves "
            "you up as well. Your own figures, and what would improve them, are shown to you."
        ),
        related=(("matching:figures", _("How you are matched")), PROFILES),
    ),
    entry(
        "leads", G.LEADS, _("What is a lead, and how does it become a deal?"),
        _(
            "An enquiry of a customer who found your profile. Answer it; if something comes of it, make a"
            " deal of it, which takes over what is known. What comes to nothing is archived with a "
            "reason."
        ),
        related=(LEADS,),
    ),
    entry(
        "spam-enquiries", G.LEADS, _("What is done against enquiries that are spam?"),
        _(
            "The public form is guarded, so that machines hardly get through. If one does, mark its lead as "
            "spam: it does not count against you."
        ),
        general=True,
    ),
    # ---------------------------------------------------------------------------------------- mail and notices
    entry(
        "who-is-mailed", G.TOLD, _("Who is mailed about a deal?"),
        _(
            "The deal's team; if there is none, the contact of its location; if there is none either, the"
            " referrals administrators of that location. Whoever has opted out is left out. A preferred "
            "address in the notification centre takes the place of all of them. Each is mailed once, in "
            "their own language."
        ),
        _("The deal's page says who would be mailed, and why."),
        related=(NOTIFICATIONS,),
    ),
    entry(
        "no-mail", G.TOLD, _("Why did I get no mail?"),
        _(
            "Look at your notifications: perhaps this kind is switched off, or a preferred address takes "
            "the mail. What happened is in your inbox in the portal in any case."
        ),
        related=(NOTIFICATIONS,),
        general=True,
    ),
    entry(
        "language-of-mail", G.TOLD, _("In which language do mails and pages come?"),
        _(
            "In yours: English, Arabic, Portuguese, Polish or Italian. Choose it at the top of any page, "
            "or among your details, where it also counts for mail."
        ),
        related=(("accounts:profile", _("Your details")),),
        general=True,
    ),
    # ---------------------------------------------------------------------------------------- deal registration
    entry(
        "deal-protection", G.DEALS, _("What does a deal registration protect?"),
        _(
            "The first complete registration of a sale has its place from the moment in which it is sent."
            " Once the deal desk has approved it, you have your discount and the protection until the day"
            " that its page names."
        ),
        related=(("deals:rules", _("How deal registration works here")),),
    ),
    entry(
        "deal-decision", G.DEALS, _("When is my registration decided?"),
        _(
            "Its page names the day: so many business days after you sent it, by the calendar of your "
            "country. If that is not kept, the vendor's channel operations are told without your doing "
            "anything."
        ),
        related=(("deals:list", _("Deals")),),
    ),
    entry(
        "deal-rejected", G.DEALS, _("My registration was rejected. Is that the end of it?"),
        _(
            "No. The page says why, and shows the ways on: register it again with what was missing, or "
            "appeal, once, if you think that it was wrong."
        ),
        related=(("deals:list", _("Deals")),),
        general=True,
    ),
    # ---------------------------------------------------------------------------------------- renewals
    entry(
        "renewal-late", G.RENEWALS, _("What happens if a renewal is not ordered in time?"),
        _(
            "That depends on what it is; each row says it in a sentence, with the day. Support that "
            "lapsed costs about three times as much to begin again. What renews by itself goes on."
        ),
        related=(("renewals:list", pgettext_lazy("page", "Renewals")),),
    ),
    entry(
        "renewal-calendar", G.RENEWALS, _("How do I get my renewals into my own calendar?"),
        _(
            "Make a private address and give it to your calendar program. It shows what is due for each "
            "customer and day. The address can be ended at any time."
        ),
        related=(("renewals:calendar", _("Calendar of renewals")),),
    ),
    # ---------------------------------------------------------------------------------------- prices
    entry(
        "price-files", G.PRICES, _("Which price file do I need?"),
        _(
            "The list shows only files that are for your site: by country, currency and price list. Take "
            "the current one for today's prices, or the one with future prices for quotes that start "
            "later. Each also comes as what has changed since your last download."
        ),
        related=(("price_files:list", _("Price files")),),
    ),
    entry(
        "quote-price", G.PRICES, _("How long does the price of a quote hold?"),
        _(
            "Until the day that the quote names. After that it is reckoned again with the prices of that "
            "day, and you see what has changed before you send it."
        ),
        related=(("quotes:list", _("Quotes")),),
        general=True,
    ),
    entry(
        "api", G.PRICES, _("Can my own systems do what I do here?"),
        _(
            "Yes, all of it, by an interface for programs. Make a key, give it no more than it needs, and"
            " read the description."
        ),
        related=(("identity:keys", _("API keys")), ("api-reference", _("Description of the interface"))),
        general=True,
    ),
)  # fmt: skip


class UnknownQuestion(LookupError):
    """No entry has this key."""


@cache
def by_key() -> dict[str, Entry]:
    return {each.key: each for each in ENTRIES}


def question_of(key: str) -> str:
    """The question with this key, in the current language. Raises UnknownQuestion."""
    try:
        return str(by_key()[key].question)
    except KeyError:
        raise UnknownQuestion(key) from None

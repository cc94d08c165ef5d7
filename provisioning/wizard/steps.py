"""The steps from the first question until both organisations are confirmed (D5–D10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ..links import TooManyMails
from ..models import Handing
from . import onboarding
from .addresses import (
    Candidate,
    PartnerOrganisation,
    TooManyAddresses,
    address_key,
    candidates,
    is_taken,
    note_address,
    partner_organisation,
)
from .forms import (
    NEW,
    AdministratorForm,
    ConfirmForm,
    MatchForm,
    OrganisationForm,
    PartnerForm,
    ReviewForm,
    RoleForm,
    WhoForm,
)
from .onboarding import Confirmed, NewOrganisation
from .walk import Step, Walk, Way

TAKEN = _(
    "This address belongs to another organisation already, and a person belongs to one at a time. Use another address."
)
TOO_MANY = _(
    "Too many different addresses were tried with this link. Wait an hour, then go on with the same link."
)

TOO_MANY_MAILS = _(
    "So many links were mailed for this line today that no other is. Try again tomorrow, or go on yourself."
)

ADDRESS_GONE = {
    "partner": _(
        "The address of the partner organisation's administrator was taken meanwhile. Go back and use another one."
    ),
    "administrator": _(
        "The address of the customer's administrator was taken meanwhile. Go back and use another one."
    ),
}
PARTNER_CHANGED = _(
    "Your partner organisation was created or changed meanwhile. Begin again with the same link, and review it."
)
ORGANISATION_GONE = _("The customer's organisation cannot be used any more. Begin again with the same link.")

# ---------------------------------------------------------------------------------------------- who one is


def is_customer(walk: Walk) -> bool:
    """Whether the customer sets up, by having been handed the link or by saying so."""
    return walk.visit.link.handed_to == Handing.CUSTOMER or walk.answers.get("role") == Handing.CUSTOMER


def _role_form(walk: Walk, data: Any) -> RoleForm:
    return RoleForm(data, initial={"role": walk.answers.get("role", "")})


def _take_role(walk: Walk, form: RoleForm) -> None:
    walk.answers["role"] = form.cleaned_data["role"]


def _who_form(walk: Walk, data: Any) -> WhoForm:
    return WhoForm(data, holder=walk.visit.link.sent_to, initial={"who": walk.answers.get("who", "")})


def _take_who(walk: Walk, form: WhoForm) -> HttpResponse | None:
    """To go on oneself is an answer; to have somebody else do it is done at once."""
    visit, who = walk.visit, form.cleaned_data["who"]
    if who == Handing.PARTNER:
        walk.answers["who"] = who
        return None
    try:
        onboarding.hand_over(
            visit.line, link_id=visit.link.link_id, to=form.to, handed_to=who, by=visit.by, now=visit.now,
            language=translation.get_language() or visit.link.language,
        )  # fmt: skip
    except TooManyMails:
        form.add_error(None, TOO_MANY_MAILS)
        return None
    # At once, as the holder's link leads nowhere from now on.
    return render(walk.request, "setup/handed.html", {"to": form.to, "customer": who == Handing.CUSTOMER})


# ---------------------------------------------------------------------------------------------- the partner


def _known_partner(walk: Walk) -> PartnerOrganisation | None:
    found: PartnerOrganisation | None = walk.once("partner", partner_organisation)
    return found


def _partner_form(walk: Walk, data: Any) -> Any:
    if _known_partner(walk) is not None:
        answered = walk.answers.get("partner")
        return ReviewForm(
            data,
            initial={"right": "yes" if answered else ""},
            label=_("Is this your company's partner organisation?"),
            yes=_("Yes, this is our partner organisation"),
            no=_("I don't recognise it"),
        )
    begun = {"email": "" if walk.visit.link.handed_to else walk.visit.link.sent_to}
    answered = walk.answers.get("partner")
    return PartnerForm(data, initial=answered if isinstance(answered, dict) else begun)


def _take_partner(walk: Walk, form: Any) -> HttpResponse | None:
    known = _known_partner(walk)
    if known is None:
        _take_new_partner(walk, form)
        return None
    if form.cleaned_data["right"] == "yes":
        walk.answers["partner"] = known.public_id
        return None
    visit = walk.visit
    onboarding.do_not_recognise(visit.line, organisation=known.name, by=visit.by, now=visit.now)
    return HttpResponseRedirect(visit.url("stopped", why="partner"))


def _take_new_partner(walk: Walk, form: PartnerForm) -> None:
    email = form.cleaned_data["email"]
    if _tried(walk, form, email) and is_taken(email):
        form.add_error("email", TAKEN)
    if not form.errors:
        walk.answers["partner"] = form.cleaned_data


def _tried(walk: Walk, form: Any, email: str) -> bool:
    """Count the address; whether it may be looked up."""
    try:
        note_address(walk.visit, email)
    except TooManyAddresses:
        form.add_error("email", TOO_MANY)
        return False
    return True


# ---------------------------------------------------------------------------------------------- the customer


def _administrator_form(walk: Walk, data: Any) -> AdministratorForm:
    begun = walk.visit.link.sent_to if is_customer(walk) else ""
    return AdministratorForm(data, initial={"email": walk.answers.get("administrator", begun)})


def _take_administrator(walk: Walk, form: AdministratorForm) -> None:
    email = form.cleaned_data["email"]
    new_partner = walk.answers.get("partner")
    if isinstance(new_partner, dict) and address_key(new_partner["email"]) == address_key(email):
        form.add_error("email", _("This person administers the partner organisation. Use another address."))
        return
    if not _tried(walk, form, email):
        return
    found = candidates(walk.visit.line, email)
    if not any(one.by_address for one in found) and is_taken(email):
        form.add_error("email", TAKEN)
        return
    if address_key(walk.answers.get("administrator", "")) != address_key(email):
        for later in ("match", "verify", "customer"):
            walk.answers.pop(later, None)
    walk.answers["administrator"] = email
    walk.seen.pop("candidates", None)


def found_organisations(walk: Walk) -> list[Candidate]:
    """Those that may be meant; where the administrator has one, that one alone."""

    def look() -> list[Candidate]:
        email = walk.answers.get("administrator", "")
        found = candidates(walk.visit.line, email) if email else []
        return [one for one in found if one.by_address][:1] or found

    found: list[Candidate] = walk.once("candidates", look)
    return found


def _has_choice(walk: Walk) -> bool:
    found = found_organisations(walk)
    return bool(found) and not found[0].by_address


def chosen(walk: Walk) -> Candidate | None:
    """The existing organisation that it is; None for a new one."""
    found = found_organisations(walk)
    if found and found[0].by_address:
        return found[0]
    return next((one for one in found if one.public_id == walk.answers.get("match")), None)


def _match_form(walk: Walk, data: Any) -> MatchForm:
    return MatchForm(
        data, found=found_organisations(walk), initial={"organisation": walk.answers.get("match", "")}
    )


def _take_match(walk: Walk, form: MatchForm) -> None:
    if walk.answers.get("match") != form.cleaned_data["organisation"]:
        walk.answers.pop("verify", None)
    walk.answers["match"] = form.cleaned_data["organisation"]


def _verify_form(walk: Walk, data: Any) -> ReviewForm:
    return ReviewForm(
        data,
        initial={"right": "yes" if walk.answers.get("verify") else ""},
        label=_("Is this the customer's organisation?"),
        yes=_("Yes, set it up in this organisation"),
        no=_("No, stop here"),
    )


def _take_verify(walk: Walk, form: ReviewForm) -> HttpResponse | None:
    one = chosen(walk)
    if form.cleaned_data["right"] == "yes" and one is not None:
        walk.answers["verify"] = one.public_id
        return None
    return HttpResponseRedirect(walk.visit.url("stopped", why="customer"))


def _customer_form(walk: Walk, data: Any) -> OrganisationForm:
    line = walk.visit.line
    begun = {"name": line.customer_name, "country": line.country}
    return OrganisationForm(data, initial=walk.answers.get("customer") or begun)


def _take_customer(walk: Walk, form: OrganisationForm) -> None:
    walk.answers["customer"] = form.cleaned_data


# ---------------------------------------------------------------------------------------------- confirmed


def confirmed(walk: Walk) -> Confirmed:
    """What was entered, as the deed wants it."""
    answers = walk.answers
    email = answers["administrator"]
    if is_customer(walk):
        handed_to, partner = Handing.CUSTOMER.value, None
    else:
        handed_to = walk.visit.link.handed_to or Handing.PARTNER.value
        partner = _wanted(answers["partner"], email="")
    existing = chosen(walk)
    wanted = existing.public_id if existing else _wanted(answers["customer"], email=email)
    return Confirmed(handed_to, email, partner, wanted)


def _wanted(answer: Any, *, email: str) -> NewOrganisation | str:
    if isinstance(answer, str):
        return answer
    return NewOrganisation(answer["name"], answer["country"], answer["address"], answer.get("email") or email)


def _take_confirm(walk: Walk, form: ConfirmForm) -> HttpResponse | None:
    visit = walk.visit
    try:
        onboarding.onboard(
            visit.line, confirmed(walk), link_id=visit.link.link_id, by=visit.by, now=visit.now
        )
    except onboarding.AlreadyOnboarded:
        pass  # in another tab, or by a second click: it is done
    except onboarding.AddressTaken as error:
        form.add_error(None, ADDRESS_GONE[error.field])
        return None
    except onboarding.PartnerOrganisationChanged:
        form.add_error(None, PARTNER_CHANGED)
        return None
    except onboarding.OrganisationGone:
        form.add_error(None, ORGANISATION_GONE)
        return None
    return HttpResponseRedirect(visit.url("ordered"))


def _summary(walk: Walk) -> dict[str, Any]:
    partner = walk.answers.get("partner")
    return {
        "customer_sets_up": is_customer(walk),
        "new_partner": partner if isinstance(partner, dict) else None,
        "known_partner": _known_partner(walk),
        "existing": chosen(walk),
        "new_customer": walk.answers.get("customer"),
    }


WAY = Way(
    "organisations",
    [
        Step("role", _("Your role"), _role_form, _take_role,
             needed=lambda walk: walk.visit.link.handed_to != Handing.CUSTOMER),
        Step("who", _("Who sets up"), _who_form, _take_who, needed=lambda walk: not is_customer(walk)),
        Step("partner", _("Partner organisation"), _partner_form, _take_partner,
             needed=lambda walk: not is_customer(walk), show=lambda walk: {"known": _known_partner(walk)}),
        Step("administrator", _("Administrator"), _administrator_form, _take_administrator,
             show=lambda walk: {"customer_sets_up": is_customer(walk)}),
        Step("match", _("Matching organisations"), _match_form, _take_match, needed=_has_choice,
             show=lambda walk: {"found": found_organisations(walk), "new": NEW}),
        Step("verify", _("Organisation"), _verify_form, _take_verify,
             needed=lambda walk: chosen(walk) is not None, show=lambda walk: {"one": chosen(walk)}),
        Step("customer", _("Organisation"), _customer_form, _take_customer,
             needed=lambda walk: chosen(walk) is None),
        Step("confirm", _("Confirm"), lambda walk, data: ConfirmForm(data), _take_confirm, show=_summary),
    ],
)  # fmt: skip

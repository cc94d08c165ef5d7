"""Setting a line up in one go, for programs: what the wizard asks, answered at once, by its own forms and deeds.

A partner who sets up alone goes on to the wizard by a link made for them, and works as the guest who holds it; so does
a program of theirs. What is wrong with any answer undoes all of it; that addresses were tried is counted all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity import tenancy
from identity.actors import Actor

from ..activating.asking import FAILED
from ..activating.possible import not_shown
from ..activating.problems import advice_for
from ..activating.wanted import wanted_for
from ..backends import Refused, Trouble, Wanted, backend
from ..lines.actions import NotPossible, begin_here, is_accepted
from ..lines.possible import not_theirs, refusal
from ..links import Opened, opened
from ..models import Activation, Handing, LineStatus, SetupLine, SetupLink
from ..naming import normal
from . import onboarding, service_steps, steps
from .addresses import (
    Candidate,
    PartnerOrganisation,
    address_key,
    candidates,
    note_address,
    partner_organisation,
)
from .forms import NEW, Address
from .guests import Visit
from .walk import Step, Walk, Way

Given = Mapping[str, Any]  # what was sent; see wizard/api.py

EITHER = _("Give either an organisation that exists, or what a new one is to be made with.")
NOT_YOUR_PARTNER = _("Your company has no partner organisation with this id.")
REVIEW_PARTNER = _("Your company has a partner organisation already: review it, and give its id.")
NOT_MEANT = _("This is none of the organisations that may be meant.")
HAS_ONE = _(
    "This administrator has an organisation already, so it is set up there: verify it, and give its id."
)
STANDS = _("The organisations are confirmed already, and this is not what was confirmed. Leave it out.")
NOT_BOUGHT = _("This was not bought.")
SUBDOMAIN_STANDS = _("The organisation has a subdomain already, and keeps it. Leave this out.")
NOT_ASKED = _(
    "The vendor's system could not be asked just now; what was sent keeps to the portal's own rules."
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that stands against it. `field` is the path of what was sent, "" for the whole."""

    field: str
    code: str
    message: str
    service: str = ""  # where the backend says so, and of which service


class Wrong(Exception):
    """What was sent cannot be: nothing was changed."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__([flaw.field for flaw in flaws])
        self.flaws = flaws


class _UnderWay(Exception):
    """It was asked for before: what was begun here is undone."""


class _Undone(Exception):
    """It could be asked for, and is not: only what would be wanted is of interest."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted


# ---------------------------------------------------------------------------------------------- what is done


def set_up(line: SetupLine, given: Given, *, by: Actor, now: datetime, version: int | None = None) -> None:
    """Confirm the organisations, unless they are, and provision what was bought; what failed is asked for again.

    What is under way or set up is left as it is. Raises Wrong, NotPossible, LineChanged, TooManyMails,
    TooManyAddresses, LineEnded; nothing is changed then.
    """
    _demand(line, by, asked_again=True)
    try:
        _count_addresses(line, given, by=by, now=now)
        with transaction.atomic():
            _set_up(line, given, by=by, now=now, version=version)
    except _UnderWay:
        pass


def problems(
    line: SetupLine, given: Given, *, by: Actor, now: datetime, version: int | None = None
) -> Sequence[Flaw]:
    """What stands against setting it up like this: by our rules and, if they are kept, by what the backend says.

    Nothing is changed; that somebody agrees is not needed for that. Raises what `set_up` does, but for Wrong.
    """
    _demand(line, by, asked_again=True)
    try:
        _count_addresses(line, given, by=by, now=now)
        with transaction.atomic():
            asked = _set_up(line, {**given, "agreed": True}, by=by, now=now, version=version)
            raise _Undone(_wanted(asked))
    except _UnderWay:
        return ()
    except Wrong as wrong:
        return wrong.flaws
    except _Undone as undone:
        return _of_backend(undone.wanted)


def organisations_for(
    line: SetupLine, email: str, *, by: Actor, now: datetime
) -> tuple[PartnerOrganisation | None, list[Candidate]]:
    """The reseller's own organisation, and those that may be meant with this administrator.

    The address is counted. Raises Wrong, NotPossible, TooManyAddresses.
    """
    _demand(line, by)
    guest = _guest(line, by)
    with tenancy.scope(guest):
        visit = Visit("", _without_link(line, by, now), _held(line), guest, now)
        _count(visit, [email])
        walk = Walk(HttpRequest(), visit, {"role": Handing.PARTNER.value})
        administrator = next(step for step in steps.WAY.steps if step.name == "administrator")
        flaws = _answered(walk, administrator, {"administrator_email": email})
        found = partner_organisation(), steps.found_organisations(walk)
    if flaws:
        raise Wrong(*flaws)
    return found


def _demand(line: SetupLine, by: Actor, *, asked_again: bool = False) -> None:
    """Raises NotPossible: whoever may not begin with a line from its page may not by a program either.

    But whoever asked for what is set up by now may have been cut off from the answer.
    """
    hidden = not_shown(by, line) if line.onboarded_at else None
    if refused := not_theirs("begin", by) or hidden:
        raise NotPossible(refused, of_person=True)
    if asked_again and line.status == LineStatus.ACTIVE and Activation.objects.filter(line=line).exists():
        return
    if refused := refusal("begin", line, by, accepted=is_accepted(line)):
        raise NotPossible(refused)


def _set_up(line: SetupLine, given: Given, *, by: Actor, now: datetime, version: int | None) -> Activation:
    secret = begin_here(line, by=by, now=now, version=version)
    link, guest = opened(secret), _guest(line, by)
    assert link is not None
    with tenancy.scope(guest):
        visit = Visit(secret, link, SetupLine.objects.get(id=line.id), guest, now)
        flaws = _walked(visit, given)
        if flaws:
            raise Wrong(*flaws)
        asked = Activation.objects.filter(line=line).first()
    if asked is None or asked.state in FAILED:
        raise onboarding.LineEnded
    return asked


def _wanted(asked: Activation) -> Wanted:
    """What a worker would ask the backend for; read as it does, for a guest does not see all of it."""
    with tenancy.as_system():
        line = SetupLine.objects.select_related("organisation").get(id=asked.line_id)
        return wanted_for(line, asked.details)


def _of_backend(wanted: Wanted) -> list[Flaw]:
    """What the backend has against it, in the portal's words. One that is away does not stand in the way."""
    try:
        found = backend().validate(wanted)
    except Trouble as trouble:
        return [Flaw("", trouble.code, str(NOT_ASKED))]
    except Refused as refused:
        return [Flaw("", refused.code, str(advice_for(refused.code).text))]
    return [Flaw("", one.code, str(advice_for(one.code).text), one.service) for one in found]


# ---------------------------------------------------------------------------------------------- as a guest


def _guest(line: SetupLine, by: Actor) -> Actor:
    """Whoever holds the link that is made for this person."""
    language = translation.get_language() or by.language
    return Actor.guest(
        line.id, site_id=line.reseller_id, name=by.email, language=language, time_zone=by.time_zone
    )


def _held(line: SetupLine) -> SetupLine:
    """The line as it is now, locked before anything else is: as whoever acts in the wizard does."""
    return SetupLine.objects.select_for_update(of=("self",)).get(id=line.id)


def _without_link(line: SetupLine, by: Actor, now: datetime) -> Opened:
    """Of somebody who looks, for which no link is made: the one that was mailed goes on to be good."""
    last = SetupLink.objects.filter(line=line).order_by("-sent_at", "-id").first()
    return Opened(
        last.id if last else 0, line.id, line.reseller_id or 0, by.email, Handing.PARTNER.value, now, None,
        by.language, by.time_zone,
    )  # fmt: skip


def _count_addresses(line: SetupLine, given: Given, *, by: Actor, now: datetime) -> None:
    """Count the addresses that are about to be looked up. Apart from the rest, so that it is not undone with it.

    Raises TooManyAddresses; _UnderWay where it was asked for before.
    """
    guest = _guest(line, by)
    with tenancy.scope(guest):
        held = _held(line)
        if Activation.objects.filter(line=line).exclude(state__in=FAILED).exists():
            raise _UnderWay
        if held.onboarded_at is None:
            partner = given.get("new_partner_organisation") or {}
            addresses = (partner.get("administrator_email", ""), given.get("administrator_email", ""))
            _count(Visit("", _without_link(line, by, now), held, guest, now), addresses)


def _count(visit: Visit, addresses: Sequence[str]) -> None:
    for address in addresses:
        try:
            note_address(visit, Address().clean(address))
        except ValidationError:
            pass  # it is looked up by nobody


# ---------------------------------------------------------------------------------------------- the wizard's way


def _walked(visit: Visit, given: Given) -> list[Flaw]:
    """Both ways of the wizard, to their ends; or all that is wrong with what was given for their steps."""
    services = Walk(HttpRequest(), visit, service_steps.begin_with(HttpRequest(), visit))
    if visit.line.onboarded_at is None:
        onboarding.begin(visit.line, by=visit.by, now=visit.now)
        flaws = _gone(Walk(HttpRequest(), visit, {}), steps.WAY, given)
    else:
        flaws = list(_not_what_stands(visit.line, given))
    confirmed = not flaws
    flaws += _not_to_give(services, given)
    # Whether an organisation has a subdomain is known once it is confirmed.
    skipped = "" if confirmed or _service("organisation")(services, given) else "organisation"
    return flaws + _gone(services, service_steps.WAY, given, bad=bool(flaws), skipped=skipped)


def _gone(walk: Walk, way: Way, given: Given, *, bad: bool = False, skipped: str = "") -> list[Flaw]:
    """What is wrong with the answers to the steps of a way; its last one, the deed, is taken if nothing is (`bad`)."""
    flaws: list[Flaw] = []
    for step in way.steps:
        if step.name == skipped or not step.needed(walk):
            continue
        if (bad or flaws) and step is way.steps[-1]:
            break
        found = _answered(walk, step, given)
        flaws += found
        if found and step.name in LEADING:
            break
    return flaws


def _answered(walk: Walk, step: Step, given: Given) -> list[Flaw]:
    """Answer one step; what is wrong with the answer."""
    try:
        form = step.form(walk, ANSWERS[step.name](walk, given))
    except Wrong as wrong:
        return list(wrong.flaws)
    if form.is_valid():
        step.take(walk, form)
    return [
        Flaw(_path(step.name, name), error.code or "invalid", message)
        for name, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]


def _path(step: str, name: str) -> str:
    """Where that stands in what was sent."""
    if name == "__all__":
        return ""
    return PLACES.get(step, "") + {"email": "administrator_email"}.get(name, name)


# ---------------------------------------------------------------------------------------------- what is answered

Answer = Callable[[Walk, Given], Mapping[str, Any]]
YES = {"right": "yes"}


def _partner(walk: Walk, given: Given) -> Mapping[str, Any]:
    known = partner_organisation()
    named, new = given.get("partner_organisation", ""), given.get("new_partner_organisation")
    if named and new:
        raise Wrong(_flaw("new_partner_organisation", "either", EITHER))
    if named and (known is None or known.public_id != named):
        raise Wrong(_flaw("partner_organisation", "does_not_exist", NOT_YOUR_PARTNER))
    if known is None:
        return _with_email(new or {})
    if not named:
        field = "new_partner_organisation" if new else "partner_organisation"
        raise Wrong(_flaw(field, "exists", REVIEW_PARTNER))
    return YES


def _with_email(new: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**new, "email": new.get("administrator_email", "")}


def _match(walk: Walk, given: Given) -> Mapping[str, Any]:
    if given.get("organisation") and given.get("new_organisation"):
        raise Wrong(_flaw("new_organisation", "either", EITHER))
    return {"organisation": given.get("organisation") or (NEW if given.get("new_organisation") else "")}


def _verify(walk: Walk, given: Given) -> Mapping[str, Any]:
    one = steps.chosen(walk)
    if one is None or given.get("organisation") != one.public_id or given.get("new_organisation"):
        field = "new_organisation" if given.get("new_organisation") else "organisation"
        raise Wrong(_flaw(field, "exists", HAS_ONE))
    return YES


def _customer(walk: Walk, given: Given) -> Mapping[str, Any]:
    if given.get("organisation"):
        raise Wrong(_flaw("organisation", "does_not_exist", NOT_MEANT))
    return given.get("new_organisation") or {}


def _service(name: str) -> Answer:
    """What was sent of a service; else what was asked for before, where that failed."""

    def answer(walk: Walk, given: Given) -> Mapping[str, Any]:
        found = (given.get("services") or {}).get(name)
        return (walk.answers.get(name) or {}) if found is None else found

    return answer


ANSWERS: dict[str, Answer] = {
    "role": lambda walk, given: {"role": Handing.PARTNER.value},
    "who": lambda walk, given: {"who": Handing.PARTNER.value},
    "partner": _partner,
    "administrator": lambda walk, given: {"email": given.get("administrator_email", "")},
    "match": _match,
    "verify": _verify,
    "customer": _customer,
    "confirm": lambda walk, given: {},
    "subscription": lambda walk, given: {},
    "calling": _service("calling"),
    "meetings": _service("meetings"),
    "organisation": _service("organisation"),
    "provision": lambda walk, given: {"agreed": given.get("agreed", False)},
}
#: Steps on whose answer depends what is asked next.
LEADING = ("administrator", "match")
PLACES = {
    "partner": "new_partner_organisation.",
    "customer": "new_organisation.",
    "calling": "services.calling.",
    "meetings": "services.meetings.",
    "organisation": "services.organisation.",
}


# ---------------------------------------------------------------------------------------------- what is not asked


def _not_what_stands(line: SetupLine, given: Given) -> Iterator[Flaw]:
    """What was sent of organisations that are confirmed may be sent again, but not be another."""
    email, new = given.get("administrator_email"), given.get("new_organisation")
    if email and address_key(email) != address_key(line.administrator_email):
        yield _flaw("administrator_email", "confirmed", STANDS)
    if new and " ".join(new.get("name", "").split()) != line.organisation_name:
        yield _flaw("new_organisation", "confirmed", STANDS)
    if named := given.get("organisation"):
        found = candidates(line, line.administrator_email)
        if not any(one.public_id == named and one.id == line.organisation_id for one in found):
            yield _flaw("organisation", "confirmed", STANDS)


def _not_to_give(walk: Walk, given: Given) -> list[Flaw]:
    """Services that were not bought, and a subdomain beside the one that stands."""
    sent = given.get("services") or {}
    flaws = [
        _flaw(f"services.{name}", "not_bought", NOT_BOUGHT)
        for name in sent
        if name != "organisation" and name not in walk.visit.line.services
    ]
    wanted = normal((sent.get("organisation") or {}).get("subdomain", ""))
    if wanted and service_steps.subdomain_that_stands(walk) not in ("", wanted):
        flaws.append(_flaw("services.organisation.subdomain", "confirmed", SUBDOMAIN_STANDS))
    return flaws


def _flaw(field: str, code: str, message: Promise) -> Flaw:
    return Flaw(field, code, str(message))

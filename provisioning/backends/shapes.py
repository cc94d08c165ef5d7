"""What is said to a vendor's system and what it answers, as JSON; docs/provisioning.md tells it to those who write one.

An answer is somebody else's: whatever is not as it should be is Half, and what is kept of texts is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..models import ActivationState
from . import Answer, Problem, ServiceState, Wanted

S = ActivationState
#: Its states, and what they are here.
STATES = {
    "accepted": S.PROVISIONING,
    "provisioning": S.PROVISIONING,
    "updating": S.PROVISIONING,
    "pending_review": S.REVIEW,
    "provisioned": S.PROVISIONED,
    "provisioned_with_errors": S.WITH_ERRORS,
    "error": S.FAILED,
}
NO_CODE = re.compile(r"[^a-z0-9_-]+")
LONGEST_ID, LONGEST_CODE, LONGEST_TEXT = 80, 60, 500


class Half(Exception):
    """The answer lacks something, or has it in a shape that nobody knows."""


def body_of(wanted: Wanted) -> dict[str, Any]:
    """What is wanted, all of it each time: a repeated request says the same, byte for byte."""
    organisation = wanted.organisation
    return {
        "provisioningId": wanted.line,
        "orderNumber": wanted.order_number,
        "externalId": organisation.public_id,
        "organizationId": organisation.external_id or None,
        "customerInfo": {
            "name": organisation.name,
            "primaryEmail": organisation.administrator_email,
            "language": organisation.language,
            "country": organisation.country,
            "address": organisation.address,
            "domain": organisation.domain,
        },
        "subdomain": organisation.subdomain,
        "convertsSubscriptionId": wanted.continues or None,
        "dataElements": dict(wanted.elements),
        "packages": [
            {
                "name": name,
                "partNumber": wanted.part_number,
                "quantity": wanted.quantity,
                "parameters": dict(wanted.details.get(name, {})),
            }
            for name in wanted.services
        ],
    }


def read_answer(found: Any, *, location: str, retry_after: float | None, accepted: bool) -> Answer:
    """What an answer says. One that was only accepted need say nothing but where to look. Raises Half."""
    if accepted:
        if not location:
            raise Half("It was accepted, but nobody says where to look.")
        return Answer(S.PROVISIONING.value, location=location, retry_after=retry_after)
    if not isinstance(found, dict):
        raise Half("The answer says nothing.")
    state = STATES.get(str(found.get("status") or "").lower())
    if state is None:
        raise Half("The answer has no state that is known.")
    services = dict(_packages(found.get("packages") or []))
    if state == S.PROVISIONED and any(known.state == S.FAILED for known in services.values()):
        state = S.WITH_ERRORS
    code, text = error_of(found)
    answer = Answer(
        state.value, location, _id(found, "organizationId"), _id(found, "subscriptionId"), services, code, text,
        retry_after,
    )  # fmt: skip
    return _complete(answer, found)


def _complete(answer: Answer, found: Mapping[str, Any]) -> Answer:
    """Raises Half where something is missing that the state needs."""
    if answer.state in (S.PROVISIONING, S.REVIEW) and not answer.location:
        raise Half("It is not done, but nobody says where to look.")
    if answer.state == S.PROVISIONED and not (answer.organisation_id and answer.external_id):
        raise Half("It is done, but nobody says what it is called.")
    if answer.state == S.PROVISIONED and any(
        known.state != S.PROVISIONED for known in answer.services.values()
    ):
        raise Half("It is done, and it is not.")
    if answer.state == S.WITH_ERRORS and not any(
        known.state == S.FAILED for known in answer.services.values()
    ):
        raise Half("Something failed, but nobody says what.")
    return answer


def _packages(found: Any) -> Iterator[tuple[str, ServiceState]]:
    if not isinstance(found, list):
        raise Half("The packages are no list.")
    for package in found:
        state = STATES.get(str(package.get("status") or "").lower()) if isinstance(package, dict) else None
        if state is None or not isinstance(package.get("name"), str):
            raise Half("A package has no name, or no state that is known.")
        yield package["name"], ServiceState(state.value, *error_of(package))


def problems_of(found: Any) -> list[Problem]:
    """What a validation found: {"errors": [{"code", "message", "package"}]}. Raises Half."""
    if not isinstance(found, dict):
        raise Half("The answer says nothing.")
    errors = found.get("errors", [found] if found.get("code") else [])
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        raise Half("The errors are no list.")
    return [Problem(*error_of(error), service=str(error.get("package") or "")[:12]) for error in errors]


def error_of(found: Any) -> tuple[str, str]:
    """Code and words of a typed error: {"code", "message" or "description"}; "" where there are none."""
    if not isinstance(found, dict):
        return "", ""
    text = found.get("message") or found.get("description") or ""
    return _code(found.get("code")), _plain(text)[:LONGEST_TEXT]


def _code(found: Any) -> str:
    """A code as this portal keeps it: never one with a dot, which are its own."""
    return NO_CODE.sub("_", str(found or "").lower())[:LONGEST_CODE].strip("_")


def _plain(text: Any) -> str:
    """One line; a NUL, which no database keeps, is none of it."""
    return " ".join(str(text).replace("\x00", " ").split())


def _id(found: Mapping[str, Any], name: str) -> str:
    """What it calls something. Raises Half for one that cannot be kept."""
    value = found.get(name) or ""
    if not isinstance(value, str | int) or len(str(value)) > LONGEST_ID or "\x00" in str(value):
        raise Half(f"{name} is none.")
    return str(value)

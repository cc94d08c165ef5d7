"""The registry in this portal's own database: organisations, what they were given, and names, each of which one has."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from identity import tenancy

from ..availability import NameTaken, availability, take_name
from ..models import ActivationState, NameKind, RegistryName, RegistryOrganisation, Service
from ..naming import NameFlaw, normal, skeleton
from . import Answer, Forgotten, Problem, Refused, ServiceState, Wanted

S = ActivationState
STATES = ("active", "suspended", "cancelled", "deleted")
#: The names that services have in the registry: of which kind, and what each is called in what was entered.
NAMES = {
    Service.MEETINGS.value: (NameKind.MEETING_SITE, "site"),
    Service.CALLING.value: (NameKind.SIP, "sip"),
}


class EmbeddedRegistry:
    """Does at once what is wanted: all of it, or of the services those that can be. Each call is a transaction."""

    def create(self, request: Wanted, key: str) -> Answer:
        with tenancy.as_system():
            kept = _organisation(request, key)
            _take_subdomain(request)
            services = {name: _set_up(name, request) for name in request.services}
            done = [name for name, state in services.items() if state.state == S.PROVISIONED]
            kept.packages.pop(request.continues.partition("/")[2], None)  # it goes on as what was ordered
            kept.packages[request.line] = {
                "services": done, "part": request.part_number, "quantity": request.quantity, "state": "active",
                "missing": {name: known.code for name, known in services.items() if name not in done},
            }  # fmt: skip
            kept.save(update_fields=["packages"])
        return _told(kept, request.line)

    def look(self, location: str) -> Answer:
        organisation, _, line = location.partition("/")
        with tenancy.as_system():
            kept = RegistryOrganisation.objects.filter(external_id=organisation).first()
        if kept is None or line not in kept.packages:
            raise Forgotten
        return _told(kept, line)

    def validate(self, request: Wanted) -> list[Problem]:
        """Whether the names can be had; those that the organisation was given are its own."""
        with tenancy.as_system():
            return list(_problems(request))

    def is_free(self, kind: str, name: str) -> bool:
        """What is taken here stands in this database, where `availability` has looked."""
        return True

    def change(self, external_id: str, state: str, key: str) -> Answer:
        if state not in STATES:
            raise Refused("state_unknown", state)
        organisation, _, line = external_id.partition("/")
        with tenancy.as_system():
            held = RegistryOrganisation.objects.select_for_update()
            kept = held.filter(external_id=organisation).first()
            if kept is None or line not in kept.packages:
                raise Refused("unknown", external_id)
            package = kept.packages[line]
            if package["state"] == "deleted" and state != "deleted":
                raise Refused("deleted", external_id)
            package["state"] = state
            kept.save(update_fields=["packages"])
        return _told(kept, line)


def _organisation(request: Wanted, key: str) -> RegistryOrganisation:
    """The organisation's row, locked; made by the first request that wants something for it."""
    wanted = request.organisation
    external_id = wanted.external_id or f"org-{wanted.public_id}"
    if not wanted.external_id:
        made = RegistryOrganisation(
            external_id=external_id, name=wanted.name, key=key, packages={}, created_at=timezone.now()
        )
        RegistryOrganisation.objects.bulk_create([made], ignore_conflicts=True)
    kept = RegistryOrganisation.objects.select_for_update().filter(external_id=external_id).first()
    if kept is None or kept.deleted_at is not None:
        raise Refused("organisation_unknown", external_id)
    return kept


def _take_subdomain(request: Wanted) -> None:
    """Checked again: what was free when it was entered may have gone."""
    subdomain = request.organisation.subdomain
    if not subdomain:
        return
    code = _take(NameKind.SUBDOMAIN, subdomain, request)
    if code:
        raise Refused(f"subdomain_{code}", subdomain)


def _set_up(name: str, request: Wanted) -> ServiceState:
    kind, wanted = _name(name, request)
    flaw = _take(kind, wanted, request) if kind and wanted else ""
    if not flaw:
        return ServiceState(S.PROVISIONED.value)
    if request.details[name].get("transfer_code"):
        return ServiceState(
            S.FAILED.value, "transfer_refused", wanted
        )  # it is somebody's who gave no leave here
    return ServiceState(S.FAILED.value, f"{NAMES[name][1]}_{flaw}", wanted)


def _name(name: str, request: Wanted) -> tuple[NameKind | None, str]:
    """The name that a service wants in the registry; "" where it has none."""
    kind, entered = NAMES.get(name, (None, ""))
    return kind, str(request.details.get(name, {}).get(entered) or "")


def _take(kind: NameKind, wanted: str, request: Wanted) -> str:
    """ "" where the name is the organisation's now, or was; else why not."""
    flaw = availability(kind, wanted).flaw
    if flaw is not None and flaw != NameFlaw.TAKEN:
        return "refused"
    try:
        take_name(kind, wanted, holder=request.organisation.public_id, now=timezone.now())
    except NameTaken:
        return "taken"
    return ""


def _problems(request: Wanted) -> Iterator[Problem]:
    subdomain = request.organisation.subdomain
    if subdomain and not request.organisation.external_id:
        yield from _flaw(NameKind.SUBDOMAIN, subdomain, request, "subdomain")
    for name in request.services:
        kind, wanted = _name(name, request)
        if kind and wanted and not request.details[name].get("transfer_code"):
            yield from _flaw(kind, wanted, request, NAMES[name][1], name)


def _flaw(kind: NameKind, wanted: str, request: Wanted, called: str, service: str = "") -> Iterator[Problem]:
    flaw = availability(kind, wanted).flaw
    holder = request.organisation.public_id
    own = RegistryName.objects.filter(kind=kind, skeleton=skeleton(normal(wanted)), holder=holder)
    if flaw is not None and not (flaw == NameFlaw.TAKEN and own.exists()):
        yield Problem(f"{called}_{'taken' if flaw == NameFlaw.TAKEN else 'refused'}", wanted, service)


def _told(kept: RegistryOrganisation, line: str) -> Answer:
    package = kept.packages[line]
    missing = package["missing"]
    services = {name: ServiceState(S.PROVISIONED.value) for name in package["services"]}
    services |= {name: ServiceState(S.FAILED.value, code) for name, code in missing.items()}
    here = f"{kept.external_id}/{line}"
    return Answer(
        state=S.WITH_ERRORS.value if missing else S.PROVISIONED.value,
        location=here,
        organisation_id=kept.external_id,
        external_id=here,
        services=services,
    )

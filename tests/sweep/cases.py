"""What the sweep tries at each address. An address without a line here fails the sweep."""

from __future__ import annotations

from tests.sweep.addresses import Case

OUR_PEOPLE = frozenset({"primary", "secondary", "sales", "newcomer"})
PARTNERS = OUR_PEOPLE | {"distributor", "other_distributor", "rival", "rival_colleague"}
STAFF = frozenset({"deal_desk", "care", "operations"})
SIGNED_IN = PARTNERS | STAFF | {"applicant"}
ALL = SIGNED_IN | {"anonymous"}

CASES: dict[str, Case] = {
    "home": Case(seen_by=PARTNERS | STAFF),
    "parts": Case(seen_by=ALL),
    "parts_suggestions": Case(seen_by=ALL),
    "identity:session": Case(seen_by=SIGNED_IN),
    "identity:switch_site": Case(posts=(lambda w: {"membership": w.people["rival"].public_id},)),
    "identity:choose_language": Case(posts=(lambda w: {"language": "ar", "next": "/"},)),
    "identity:keys": Case(seen_by=PARTNERS | STAFF),
    "identity:make_key": Case(
        seen_by=PARTNERS | STAFF,
        posts=(lambda w: {"name": "Warehouse", "privileges": ["inbox_read"], "expires": "30"},),
    ),
    "identity:key_made": Case(
        seen_by=frozenset({"primary"}),
        ours=lambda w: {"public_id": w.ours["key"].public_id},
        theirs=lambda w: {"public_id": w.theirs["key"].public_id},
    ),
    "identity:revoke_key": Case(
        ours=lambda w: {"public_id": w.ours["key"].public_id},
        theirs=lambda w: {"public_id": w.theirs["key"].public_id},
        posts=(lambda w: {},),
    ),
    "api-schema": Case(seen_by=ALL, api=True, same_for_all=True),
    "api-unknown": Case(ours=lambda w: {"rest": "nowhere/"}, api=True, same_for_all=True),
    "api-me": Case(seen_by=PARTNERS | STAFF, api=True),
}

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from identity.access import requires
from identity.privileges import Privilege

from .queries import find_parts


@requires(Privilege.DEAL_REGISTER)
@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """Parts for what is being typed: [{value, label, detail}]. The label is the part number, which is what is kept."""
    text = request.GET.get("q", "").strip()[:80]
    found = [] if "\0" in text else find_parts(text)
    return JsonResponse(
        [
            {"value": part.number, "label": part.number, "detail": f"{part.description} · {part.line.name}"}
            for part in found
        ],
        safe=False,
    )

"""Every part of the interface in every state, on one page, to look at and to test. Never in production."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.access import open_to_all
from identity.privileges import Refusal

CUSTOMERS = [
    ("c1", "Northwind Harbour Logistics", "Gdynia, PL"),
    ("c2", "Café São Jorge Alimentos", "Campinas, BR"),
    ("c3", "شركة الواحة للمقاولات", "Riyadh, SA"),
    ("c4", "Officine Bellavista", "Brescia, IT"),
    ("c5", "Zakłady Przemysłowe Łąka", "Łódź, PL"),
    ("c6", "Harbourlight Clinics", "Leeds, GB"),
]


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(
        label=_("Deal name"), help_text=_("As you call it among yourselves."), max_length=40
    )
    email = forms.EmailField(label=_("Contact's e-mail"))
    value = forms.IntegerField(label=_("Expected value"), required=False, min_value=0)
    close_on = forms.DateField(
        label=_("Expected close date"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    customer = forms.CharField(
        label=_("Customer"), help_text=_("Start typing; known companies are suggested.")
    )
    distributor = forms.ChoiceField(
        label=_("Distributor"),
        required=False,
        choices=[
            ("", "–"),
            ("d1", "Meridian Supply"),
            ("d2", "Vistula Dystrybucja"),
            ("d3", "الخليج للتوزيع"),
        ],
        widget=forms.Select(attrs={"data-combobox": ""}),
    )
    kind = forms.ChoiceField(
        label=_("Is there an opportunity already?"),
        choices=[("yes", _("Yes, choose it")), ("no", _("No, this is new"))],
        widget=forms.RadioSelect,
    )
    products = forms.MultipleChoiceField(
        label=_("Products"),
        choices=[("a", "Sentinel Edge"), ("b", "Sentinel Cloud"), ("c", "Harbour Backup")],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At most three; for more, register another deal."),
    )
    notes = forms.CharField(label=_("Next steps with the customer"), widget=forms.Textarea, required=False)
    attachment = forms.FileField(label=_("Attachment"), required=False)
    agreed = forms.BooleanField(label=_("The customer knows that we register this deal."))


def _deals(now: dt.datetime) -> list[SimpleNamespace]:
    rows = [
        (
            "DR-2026-004217-K",
            "Edge renewal, 14 ports",
            CUSTOMERS[0],
            "good",
            _("Approved"),
            18_450_000,
            "EUR",
            74,
        ),
        (
            "DR-2026-004198-C",
            "Cold-chain telemetry",
            CUSTOMERS[1],
            "info",
            _("Under review"),
            902_500,
            "BRL",
            None,
        ),
        (None, "تحديث مركز البيانات", CUSTOMERS[2], "warn", _("Returned"), 1_250_000_00, "SAR", 3),
        (
            "DR-2026-003980-P",
            "Plant floor segmentation",
            CUSTOMERS[3],
            "bad",
            _("Rejected"),
            4_999_00,
            "EUR",
            None,
        ),
        ("DR-2026-003711-A", "Kopie zapasowe 2027", CUSTOMERS[4], "neutral", _("Draft"), 0, "PLN", None),
    ]
    return [
        SimpleNamespace(
            number=number,
            name=name,
            customer=customer[1],
            place=customer[2],
            tone=tone,
            status=status,
            value=value,
            currency=currency,
            expires_at=now + dt.timedelta(days=days) if days else None,
        )
        for number, name, customer, tone, status, value, currency, days in rows
    ]


def _events(now: dt.datetime) -> list[SimpleNamespace]:
    def event(**given: object) -> SimpleNamespace:
        return SimpleNamespace(**given)

    return [
        event(
            at=now - dt.timedelta(minutes=4),
            title=_("Approved"),
            text=_("Protected for 90 days; quote this number to your distributor."),
            actor="Ingrid Solberg",
            tone="good",
            icon="check",
        ),
        event(
            at=now - dt.timedelta(hours=5),
            title=_("Under review"),
            actor="Ingrid Solberg",
            tone="info",
            icon="eye",
        ),
        event(
            at=now - dt.timedelta(days=2),
            title=_("Submitted"),
            actor="نادية حداد",
            tone="accent",
            icon="send",
        ),
        event(at=now - dt.timedelta(days=40), title=_("Draft begun")),
    ]


@open_to_all
def parts(request: HttpRequest) -> HttpResponse:
    """GET shows every part; POST sends the sample form, which is refused or accepted like any other."""
    now = timezone.now()
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    if form.is_valid():
        messages.success(request, _("Received: %(name)s") % {"name": form.cleaned_data["name"]})
        return redirect("parts")
    return render(
        request,
        "dev/parts.html",
        {
            "deals": _deals(now),
            "events": _events(now),
            "form": form,
            "bad_form": SampleForm(
                {"bad-email": "nadia@", "bad-value": "-3", "bad-kind": "perhaps", "bad-agreed": "on"},
                prefix="bad",
            ),
            "now": now,
            "page": SimpleNamespace(previous_url="?before=1", next_url="?after=1"),
            "refusal": Refusal(
                str(_("The tool “%(tool)s” has not been granted to you.")) % {"tool": _("Deal registration")},
                str(_("Your primary or a secondary contact can grant it.")),
            ),
        },
    )


@open_to_all
def suggestions(request: HttpRequest) -> HttpResponse:
    """What a search-as-you-type field is answered: [{value, label, detail}]."""
    query = request.GET.get("q", "").casefold()
    found = [row for row in CUSTOMERS if query in row[1].casefold()]
    return JsonResponse(
        [{"value": value, "label": label, "detail": detail} for value, label, detail in found], safe=False
    )

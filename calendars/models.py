"""When the vendor works: a calendar for each country that has one of its own, and one for all the others."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.models import public_id
from identity.places import country_name
from identity.tenancy import ANONYMOUS, PARTNERS, STAFF, guarded, may


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


@guarded(
    # Everybody is promised something by a calendar, also those who only ask for access.
    may((ANONYMOUS, *PARTNERS), "select"),
    may(STAFF, "select insert update"),
    may(STAFF, "delete", "country <> ''"),
)
class WorkingCalendar(models.Model):
    """The days and hours on which the vendor works for partners of a country; of every other one without a country."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    country = models.CharField(
        _("country"), max_length=2, blank=True, unique=True, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )  # ISO 3166-1; "" for the default
    name = models.CharField(_("name"), max_length=80, blank=True)  # where the country's does not say enough
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    weekend = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.choices),
        default=list,
        blank=True,
        verbose_name=_("days off every week"),
    )
    opens = models.TimeField(_("opens"), default=time(9))  # by the clock on the wall of `time_zone`
    closes = models.TimeField(_("closes"), default=time(17))
    version = models.PositiveIntegerField(default=1)  # raised by every change of the calendar itself

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(country__regex="^([A-Z]{2})?$"), name="calendar_country_known"
            ),
            models.CheckConstraint(
                condition=Q(weekend__contained_by=Weekday.values, weekend__len__lt=7),
                name="calendar_weekend_leaves_a_day",
            ),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="calendar_opens_before_closing"),
        ]

    def __str__(self) -> str:
        """What people call it, in the reader's language unless it was given a name."""
        return self.name or (country_name(self.country) if self.country else gettext("All other countries"))


@guarded(may((ANONYMOUS, *PARTNERS), "select"), may(STAFF, "select insert update delete"))
class Holiday(models.Model):
    """A day off in a calendar, beside its weekends."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=80)
    every_year = models.BooleanField(_("on this date every year"), default=False)  # copied to the next year
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="holiday_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

"""Numbers, dates, money and codes as the reader writes them: the one set of filters all pages use.

Patterns come from Babel (CLDR), are compiled once per language, and applied here without Babel, whose own
`format_*` functions cost 20-50 µs a call: a page of 50 rows would spend longer on them than on all else.
`tests/portal/test_localise.py` holds this fast path to Babel's answers.

Choices: English is formatted the British way (5 Mar 2026, 14:05, US$1,200.00). Arabic keeps Latin digits,
Babel's default: part numbers, prices and spreadsheets of the trade use them, and every column reads alike.
Whatever has a direction of its own is wrapped in <bdi>, so that it cannot scramble the sentence around it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import get_currency_precision, get_currency_symbol
from babel.units import format_unit
from django.utils import timezone
from django.utils.translation import get_language
from markupsafe import Markup, escape

NOTHING = "–"


class Reader(NamedTuple):
    """For whom things are written: Django's language code, and the time zone they live in."""

    language: str | None
    zone: dt.tzinfo


def reader() -> Reader:
    """Whoever this request or mail is for. A page asks once, for all its filters: asking is slow."""
    return Reader(get_language(), timezone.get_current_timezone())


# Django's language codes that are not Babel's.
LOCALES = {"en": "en_GB", "pt-br": "pt_BR"}
# What a reader can take in at a glance; older or farther than this, `ago` gives the date.
AGO_LIMIT = dt.timedelta(days=30)


@lru_cache(maxsize=32)
def locale_of(language: str | None) -> Locale:
    """Babel's locale of one of Django's language codes; `None` is English."""
    language = language or "en"
    return Locale.parse(LOCALES.get(language, language.replace("-", "_")), sep="_")


# ---------------------------------------------------------------------------------------- numbers and money


class NumberStyle(NamedTuple):
    """How a language writes a number: separators, and what stands before and after it."""

    group: str
    decimal: str
    prefix: str
    suffix: str
    negative_prefix: str
    negative_suffix: str
    decimals: int


@lru_cache(maxsize=16)
def _number_style(language: str | None) -> NumberStyle:
    locale = locale_of(language)
    symbols = locale.number_symbols["latn"]
    minus = symbols["minusSign"]
    return NumberStyle(symbols["group"], symbols["decimal"], "", "", minus, "", 0)


@lru_cache(maxsize=512)
def _money_style(language: str | None, currency: str) -> NumberStyle:
    locale = locale_of(language)
    pattern = locale.currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale=locale)
    minus = locale.number_symbols["latn"]["minusSign"]
    right_to_left = locale.text_direction == "rtl"

    def affix(text: str, *, before: bool) -> str:
        text = text.replace("-", minus).replace("¤", symbol)
        if right_to_left and symbol.isascii() and symbol in text:
            text += "\u200e"  # keeps the $ of R$ beside its letter
        # CLDR's currency spacing, which Babel leaves out: letters keep a space from the digits.
        if before and text[-1:].isalpha():
            text += "\u00a0"
        if not before and text[:1].isalpha():
            text = "\u00a0" + text
        return text

    (prefix, negative_prefix), (suffix, negative_suffix) = pattern.prefix, pattern.suffix
    plain = _number_style(language)
    return NumberStyle(
        plain.group,
        plain.decimal,
        affix(prefix, before=True),
        affix(suffix, before=False),
        affix(negative_prefix, before=True),
        affix(negative_suffix, before=False),
        get_currency_precision(currency),
    )


def _grouped(style: NumberStyle, whole: int, fraction: str, negative: bool) -> str:
    digits = f"{whole:,}"
    if style.group != ",":
        digits = digits.replace(",", style.group)
    if fraction:
        digits += style.decimal + fraction
    if negative:
        return f"{style.negative_prefix}{digits}{style.negative_suffix}"
    return f"{style.prefix}{digits}{style.suffix}"


def number(value: float | Decimal | None, decimals: int | None = None, *, to: Reader | None = None) -> str:
    """A number with the reader's separators; without `decimals`, as many as are needed, at most three."""
    if value is None:
        return NOTHING
    style = _number_style((to or reader()).language)
    if isinstance(value, int):
        return _grouped(style, abs(value), "0" * (decimals or 0), value < 0)
    places = 3 if decimals is None else decimals
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    if decimals is None:
        fraction = fraction.rstrip("0")
    return _grouped(style, int(whole), fraction, rounded < 0)


def percent(value: float | Decimal | None, decimals: int | None = None, *, to: Reader | None = None) -> str:
    """A share of a hundred: `12.5` is 12.5 %. The value is in per cent already, not a fraction."""
    if value is None:
        return NOTHING
    to = to or reader()
    prefix, suffix = _percent_affixes(to.language)
    return f"{prefix}{number(value, decimals, to=to)}{suffix}"


def filesize(value: int, *, to: Reader | None = None) -> str:
    """A number of bytes in the unit that suits it: 812 byte, 64 kB, 2.4 MB (1000 bytes are a kB)."""
    for unit, size in (("megabyte", 1_000_000), ("kilobyte", 1_000)):
        if value >= size:
            amount = round(value / size, 1 if value < 10 * size else 0)
            return _unit(amount, unit, (to or reader()).language)
    return _unit(value, "byte", (to or reader()).language)


def _unit(amount: float, unit: str, language: str | None) -> str:
    return str(format_unit(amount, f"digital-{unit}", length="short", locale=locale_of(language)))


@lru_cache(maxsize=16)
def _percent_affixes(language: str | None) -> tuple[str, str]:
    locale = locale_of(language)
    pattern = locale.percent_formats[None]
    sign = locale.number_symbols["latn"]["percentSign"]
    return pattern.prefix[0].replace("%", sign), pattern.suffix[0].replace("%", sign)


def plain_money(minor_units: int | None, currency: str, *, to: Reader | None = None) -> str:
    """An amount as text, for attributes, mails and files. See `money`."""
    if minor_units is None:
        return NOTHING
    style = _money_style((to or reader()).language, currency)
    if not style.decimals:
        return _grouped(style, abs(minor_units), "", minor_units < 0)
    whole, fraction = divmod(abs(minor_units), 10**style.decimals)
    return _grouped(style, whole, f"{fraction:0{style.decimals}d}", minor_units < 0)


def money(minor_units: int | None, currency: str, *, to: Reader | None = None) -> Markup:
    """An amount given in the currency's minor unit (cents; yen; thousandths of a dinar), with its symbol."""
    return Markup(f'<bdi class="money">{escape(plain_money(minor_units, currency, to=to))}</bdi>')


# ------------------------------------------------------------------------------------------ dates and times


@lru_cache(maxsize=8192)
def _date(language: str | None, day: dt.date, style: str) -> str:
    locale = locale_of(language)
    if style == "medium":  # the month by name in every language: 03/04 is two different days
        return format_skeleton("yMMMd", day, locale=locale)
    if style == "month":
        return format_skeleton("yMMM", day, locale=locale)
    if style == "day":
        return format_skeleton("MMMd", day, locale=locale)
    return format_date(day, format=style, locale=locale)


@lru_cache(maxsize=8192)
def _time(language: str | None, hour: int, minute: int) -> str:
    return format_time(dt.time(hour, minute), format="short", locale=locale_of(language))


@lru_cache(maxsize=16)
def _date_and_time(language: str | None) -> tuple[str, str, str, bool]:
    """What stands before, between and after day ({1}) and time ({0}), and whether the time comes first."""
    pattern = str(locale_of(language).datetime_formats["medium"])
    before, first, between, _second, after = re.split(r"\{([01])\}", pattern)
    return before, between, after, first == "0"


def _local(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment


def date(value: dt.date | dt.datetime | None, style: str = "medium", *, to: Reader | None = None) -> str:
    """A day; `style` is medium (5 Mar 2026), long, full, short, month (Mar 2026) or day (5 Mar).

    A moment is first put into the reader's time zone; a plain date is nobody's time zone and stays.
    """
    if value is None:
        return NOTHING
    to = to or reader()
    if isinstance(value, dt.datetime):
        value = _local(value, to.zone).date()
    return _date(to.language, value, style)


def time(value: dt.datetime | dt.time | None, *, to: Reader | None = None) -> str:
    """The time of day, to the minute."""
    if value is None:
        return NOTHING
    to = to or reader()
    if isinstance(value, dt.datetime):
        value = _local(value, to.zone).time()
    return _time(to.language, value.hour, value.minute)


def datetime(value: dt.datetime | None, *, to: Reader | None = None) -> str:
    """Day and time in the reader's time zone."""
    if value is None:
        return NOTHING
    to = to or reader()
    return _datetime(to.language, _local(value, to.zone))


def _datetime(language: str | None, local: dt.datetime) -> str:
    before, between, after, time_first = _date_and_time(language)
    day, hour = _date(language, local.date(), "medium"), _time(language, local.hour, local.minute)
    first, second = (hour, day) if time_first else (day, hour)
    return f"{before}{first}{between}{second}{after}"


def timestamp(
    value: dt.datetime | dt.date | None, style: str = "datetime", *, to: Reader | None = None
) -> Markup:
    """A <time> element: exact for machines, localised for people, with the time zone in its title.

    `style` is datetime, date or ago; with `ago` the browser keeps "3 minutes ago" up to date.
    """
    if value is None:
        return Markup(NOTHING)
    to = to or reader()
    if not isinstance(value, dt.datetime):
        return Markup(f'<time datetime="{value.isoformat()}">{date(value, to=to)}</time>')
    local = _local(value, to.zone)
    whole = _datetime(to.language, local)
    live = ""
    if style == "date":
        text = _date(to.language, local.date(), "medium")
    elif style == "ago":
        text, live = ago(value, to=to), " data-ago"
    else:
        text = whole
    # Nothing here needs escaping: CLDR's month names and time zones' names hold no markup.
    return Markup(
        f'<time datetime="{value.isoformat(timespec="seconds")}"'
        f' title="{whole} {local.tzname() or ""}"{live}>{text}</time>'
    )


UNIT_SECONDS = {"day": 86400, "hour": 3600, "minute": 60}


@lru_cache(maxsize=2048)
def _ago(language: str | None, unit: Literal["day", "hour", "minute"], count: int) -> str:
    delta = dt.timedelta(seconds=UNIT_SECONDS[unit] * count)
    # A threshold out of reach keeps Babel in the unit asked for: a deadline in 11 days is not "in two weeks".
    return format_timedelta(
        delta, granularity=unit, threshold=1e9, add_direction=True, locale=locale_of(language)
    )


def ago(
    value: dt.datetime | dt.date | None, now: dt.datetime | None = None, *, to: Reader | None = None
) -> str:
    """How long ago, or how far ahead; beyond 30 days the date itself, which then says more."""
    if value is None:
        return NOTHING
    to = to or reader()
    now = now or timezone.now()
    if not isinstance(value, dt.datetime):
        days = (value - _local(now, to.zone).date()).days
        return _ago(to.language, "day", days) if 0 < abs(days) <= AGO_LIMIT.days else date(value, to=to)
    seconds = (value - now).total_seconds()
    if abs(seconds) > AGO_LIMIT.total_seconds():
        return date(value, to=to)
    sign = 1 if seconds > 0 else -1
    for unit in ("day", "hour", "minute"):
        count = int(abs(seconds) / UNIT_SECONDS[unit])
        if count:
            return _ago(to.language, unit, sign * count)
    return _ago(to.language, "minute", sign)


# ------------------------------------------------------------------------------------------ codes and words


def code(value: object) -> Markup:
    """A part, site, deal or agreement number: isolated from the text's direction, never translated."""
    if value is None or value == "":
        return Markup(NOTHING)
    return Markup(f'<bdi class="code" translate="no">{escape(value)}</bdi>')


def bdi(value: object) -> Markup:
    """Text of unknown direction, such as a company's name in its own script."""
    return Markup(f"<bdi>{escape(value)}</bdi>")


def listed(values: Iterable[object], *, to: Reader | None = None) -> str:
    """Things one after the other, with the commas of the language: A, B, C. Plain text, to be escaped as any."""
    locale = locale_of((to or reader()).language)
    return str(format_list([str(value) for value in values], style="unit", locale=locale))


def initials(name: str) -> str:
    """The one or two letters that stand for a person where there is no room for the name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


FILTERS: dict[str, Any] = {
    "bdi": bdi,
    "code": code,
    "initials": initials,
}
# These depend on the reader, whom the page's context holds.
FILTERS_FOR_A_READER: dict[str, Any] = {
    "ago": ago,
    "date": date,
    "datetime": datetime,
    "filesize": filesize,
    "listed": listed,
    "money": money,
    "number": number,
    "percent": percent,
    "plain_money": plain_money,
    "time": time,
    "timestamp": timestamp,
}

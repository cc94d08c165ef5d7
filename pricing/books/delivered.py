# ruff: noqa: S608 - the statements are made of our own names, never of what stands in a file
"""Prices, as the vendor's pricing system sends them: into drafts of editions, one for each book and effective date.

A draft that is not there is begun; one that is there is brought in line. What was published is compared, and never
changed: a file that says otherwise is told to announce a new edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Change, Flaw, Staged, Summary
from feeds.tables import FLAWS, PUBLIC_ID, SAMPLES, DataChanged
from identity.actors import Actor
from identity.audit import record

from ..models import COLUMNS, PriceEdition

VALUES = (*COLUMNS, "replacement")
# What a level costs is never more than what the one before it costs.
ORDER = ("srp", "svp_bl", "svp_d", "svp_e", "svp_f", "svp_g", "svp_h")
BELOW_SRP = ("svp_ed", "svp_gv", "bp_price")

NO_BOOK = _("There is no price book of this country, currency and kind. Add it first.")
OTHER_CURRENCY = _("The price books of this country and kind are in %(currencies)s.")
NO_PART = _("There is no part of this number. Send the parts first.")
TWO_NAMES = _("An edition has one announcement number; row %(row)s has %(name)s.")
RISES = _("A better level never costs more: this is more than %(column)s, %(amount)s.")
NO_PRICE = _("Give at least one price.")
PUBLISHED = _("Prices of this day were published, and never change. Announce a new edition of another day.")
ITSELF = _("A part does not replace itself.")


@dataclass(frozen=True, slots=True)
class Names:
    """The temporary tables of a delivery, and SQL that joins what stands in them with what is there."""

    staged: Staged

    @property
    def rows(self) -> str:
        return self.staged.table

    @property
    def groups(self) -> str:
        """A row for each edition that the file is about."""
        return f"{self.staged.table}_groups"

    @property
    def given(self) -> tuple[str, ...]:
        """Those of VALUES that the file has."""
        columns = self.staged.columns
        return tuple(name for name in VALUES if SOURCE.get(name, name) in columns)

    def new(self, column: str) -> str:
        """A value of the file, as it stands in the table."""
        return "coalesce(s.replacement_part, '')" if column == "replacement" else f"s.{column}"

    @property
    def differs(self) -> str:
        """Whether a price is another than the file says."""
        pairs = [f"{self.new(column)} IS DISTINCT FROM t.{column}" for column in self.given]
        return f"({' OR '.join(pairs) or 'false'})"

    @property
    def grouped(self) -> str:
        same = " AND ".join(f"g.{name} = s.{name}" for name in KEY)
        return f"{self.rows} s JOIN {self.groups} g ON {same}"

    @property
    def joined(self) -> str:
        return f"{self.grouped} JOIN pricing_part part ON part.number = s.part_number"

    @property
    def compared(self) -> str:
        """With the price that is there, if any."""
        return (
            f"{self.joined} LEFT JOIN (SELECT * FROM pricing_price WHERE edition_id = ANY (ARRAY("
            f"SELECT edition_id FROM {self.groups}))) t ON t.edition_id = g.edition_id AND t.part_id = part.id"
        )

    @property
    def dropped(self) -> str:
        """Prices in the drafts that the file lacks."""
        return (
            f"pricing_price t JOIN {self.groups} g ON g.edition_id = t.edition_id AND g.published_id IS NULL"
            f" JOIN pricing_part part ON part.id = t.part_id WHERE NOT EXISTS (SELECT FROM {self.rows} s"
            f" WHERE s.part_number = part.number AND {' AND '.join(f'g.{name} = s.{name}' for name in KEY)})"
        )


Counted = dict[int, dict[str, int]]  # by edition: how many prices were added, changed, removed
KEY = ("country", "currency", "kind", "effective_from")
SOURCE = {"replacement": "replacement_part"}


class Prices:
    """The target: see feeds.declared.Target."""

    removes = True  # a complete file: what a draft has besides is taken out of it

    def check(self, staged: Staged) -> Iterator[Flaw]:
        names = Names(staged)
        _group(names)
        yield from _unknown(names)
        yield from _two_names(names)
        yield from _wrong_prices(names)
        yield from _published(names)

    def summarise(self, staged: Staged) -> Summary:
        names = Names(staged)
        if not _ask(f"SELECT 1 FROM {names.groups} WHERE edition_id IS NOT NULL LIMIT 1"):
            counts: tuple[int, ...] = (staged.rows, 0, 0, 0)  # all of it is new
        else:
            counts = _ask(
                f"SELECT count(*) FILTER (WHERE t.part_id IS NULL), count(*) FILTER (WHERE t.part_id IS NOT NULL"
                f" AND {names.differs}), count(*) FILTER (WHERE NOT {names.differs}), coalesce(bit_xor("
                f"hashtextextended(t::text, 0)) FILTER (WHERE t.part_id IS NOT NULL AND {names.differs}), 0)"
                f" FROM {names.compared}"
            )[0]
        added, changed, unchanged, overwritten = counts
        removed, forgotten, stock = 0, 0, 0
        if staged.complete:
            query = (
                f"SELECT count(*), coalesce(bit_xor(hashtextextended(t::text, 0)), 0) FROM {names.dropped}"
            )
            removed, forgotten = _ask(query)[0]
            stock = _ask(
                f"SELECT count(*) FROM pricing_price t JOIN {names.groups} g USING (edition_id)"
                " WHERE g.published_id IS NULL"
            )[0][0]
        editions = _ask(f"SELECT md5(string_agg(g::text, ';' ORDER BY g::text)) FROM {names.groups} g")[0][0]
        figures = (added, changed, removed, unchanged, overwritten, forgotten, editions)
        return Summary(
            added,
            changed,
            removed,
            unchanged,
            fingerprint=":".join(map(str, figures)),
            samples=tuple(_samples(names, added, changed, removed)),
            stock=stock,
        )

    def load(self, staged: Staged, *, by: Actor, now: datetime) -> None:
        names = Names(staged)
        begun = _editions_begun(names, now)
        anew = bool(_ask(f"SELECT 1 FROM {names.groups} g JOIN pricing_price t USING (edition_id) LIMIT 1"))
        done = {"removed": _delete(names) if anew and staged.complete else []}
        done["changed"] = _update(names) if anew else []
        done["added"] = _insert(names, anew)
        counted: Counted = {}
        for what, counts in done.items():
            for edition, count in counts:
                counted.setdefault(edition, {})[what] = count
        _note(counted, begun, by=by, now=now, delivery=staged.delivery)


# ---------------------------------------------------------------------------------------------- checking


def _group(names: Names) -> None:
    """The editions that the file is about, with what there is of them."""
    name = "announcement_no" if "announcement_no" in names.staged.columns else "NULL::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE {names.groups} ON COMMIT DROP AS
            SELECT g.*, b.id AS book_id, p.id AS published_id, d.id AS draft_id, d.version AS draft_version,
                d.name AS draft_name, coalesce(p.id, d.id) AS edition_id
            FROM (
                SELECT {", ".join(KEY)}, min({name}) AS name, max({name}) AS other FROM {names.rows}
                GROUP BY {", ".join(KEY)}
            ) g
            LEFT JOIN pricing_pricebook b USING (country, currency, kind)
            LEFT JOIN pricing_priceedition p
                ON p.book_id = b.id AND p.effective_on = g.effective_from AND p.status = 'published'
            LEFT JOIN pricing_priceedition d
                ON d.book_id = b.id AND d.effective_on = g.effective_from AND d.status = 'draft'
            """
        )
        cursor.execute(f"ANALYZE {names.groups}")


def _unknown(names: Names) -> Iterator[Flaw]:
    query = f"""
        SELECT s.row, s.country, s.currency, (
            SELECT string_agg(DISTINCT b.currency, ', ' ORDER BY b.currency) FROM pricing_pricebook b
            WHERE b.country = s.country AND b.kind = s.kind
        ) FROM {names.grouped} WHERE g.book_id IS NULL ORDER BY s.row LIMIT {FLAWS}"""
    if _ask(f"SELECT 1 FROM {names.groups} WHERE book_id IS NULL LIMIT 1"):
        for row, country, currency, others in _ask(query):
            if others:
                yield Flaw(
                    row, "currency", currency, OTHER_CURRENCY, "other_currency", {"currencies": others}
                )
            else:
                yield Flaw(row, "country", country, NO_BOOK, "no_book")
    for column, rule in (("part_number", NO_PART), ("replacement_part", NO_PART)):
        if column not in names.staged.columns:
            continue
        query = (
            f"SELECT s.row, s.{column} FROM {names.rows} s LEFT JOIN pricing_part part ON part.number = s.{column}"
            f" WHERE s.{column} IS NOT NULL AND part.id IS NULL ORDER BY s.row LIMIT {FLAWS}"
        )
        for row, number in _ask(query):
            yield Flaw(row, column, number, rule, "unknown_part")


def _two_names(names: Names) -> Iterator[Flaw]:
    """An edition that is called in two ways; which of them is meant, the sender knows."""
    if not _ask(f"SELECT 1 FROM {names.groups} WHERE name <> other LIMIT 1"):
        return
    first = (
        f"SELECT DISTINCT ON ({', '.join(KEY)}) {', '.join(KEY)}, row, announcement_no FROM {names.rows}"
        f" WHERE announcement_no IS NOT NULL ORDER BY {', '.join(KEY)}, row"
    )
    query = (
        f"SELECT s.row, s.announcement_no, g.row, g.announcement_no FROM {names.rows} s JOIN ({first}) g"
        f" USING ({', '.join(KEY)}) WHERE s.announcement_no <> g.announcement_no ORDER BY s.row LIMIT {FLAWS}"
    )
    for row, name, other, other_name in _ask(query):
        params = {"row": other, "name": other_name}
        yield Flaw(row, "announcement_no", name, TWO_NAMES, "two_names", params)


def _wrong_prices(names: Names) -> Iterator[Flaw]:
    """Levels that cost more than the one before, rows without any price, and parts that replace themselves."""
    pairs = list(_pairs(names.given))
    given = [column for column in names.given if column in COLUMNS]
    conditions = [f"{column} > {limit}" for column, limit, _ in pairs]
    conditions.append(" AND ".join(f"{column} IS NULL" for column in given) or "true")
    if "replacement" in names.given:
        conditions.append("replacement_part = part_number")
    listed = ", ".join(["row", "currency", "part_number", *given])
    replaced = "replacement_part = part_number" if "replacement" in names.given else "false"
    query = (
        f"SELECT {replaced}, {listed} FROM {names.rows} WHERE {' OR '.join(f'({c})' for c in conditions)}"
        f" ORDER BY row LIMIT {FLAWS}"
    )
    for own, row, currency, number, *amounts in _ask(query):
        found = dict(zip(given, amounts, strict=True))
        if own:
            yield Flaw(row, "replacement_part", number, ITSELF, "replaces_itself")
        if not any(amount is not None for amount in amounts):
            yield Flaw(row, "srp", "", NO_PRICE, "no_price")
        yield from _rises(row, currency, found, pairs)


def _pairs(given: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """A price column, SQL for the most it may be, and the columns that say so, the nearest first."""
    present = [column for column in ORDER if column in given]
    for place, column in enumerate(present[1:], start=1):
        above = tuple(reversed(present[:place]))
        yield column, f"coalesce({', '.join(above)})", above
    for column in BELOW_SRP:
        if column in given and "srp" in given:
            yield column, "srp", ("srp",)


def _rises(
    row: int, currency: str, found: Mapping[str, int | None], pairs: list[tuple[str, str, tuple[str, ...]]]
) -> Iterator[Flaw]:
    for column, _limit, above in pairs:
        nearest = next((name for name in above if found[name] is not None), None)
        if nearest is None or found[column] is None:
            continue
        amount, limit = found[column], found[nearest]
        assert amount is not None and limit is not None  # noqa: PT018
        if amount > limit:
            params = {"column": nearest, "amount": _written(limit, currency)}
            yield Flaw(row, column, _written(amount, currency), RISES, "rises", params)


def _published(names: Names) -> Iterator[Flaw]:
    """What would change prices that were published."""
    if not _ask(f"SELECT 1 FROM {names.groups} WHERE published_id IS NOT NULL LIMIT 1"):
        return
    query = (
        f"SELECT s.row, s.effective_from FROM {names.compared} WHERE g.published_id IS NOT NULL"
        f" AND (t.part_id IS NULL OR {names.differs}) ORDER BY s.row LIMIT {FLAWS}"
    )
    for row, day in _ask(query):
        yield Flaw(row, "effective_from", day.isoformat(), PUBLISHED, "published")


# ---------------------------------------------------------------------------------------------- what changes


def _samples(names: Names, added: int, changed: int, removed: int) -> Iterator[Change]:
    label = "g.country || ' ' || g.currency || ' ' || g.effective_from || ' ' || part.number"
    listed = [column for column in names.given if column in COLUMNS]
    news = ", ".join(f"s.{column}" for column in listed)
    olds = ", ".join(f"t.{column}" for column in listed)
    if added:
        query = f"SELECT s.row, g.currency, {label}, {news} FROM {names.compared} WHERE t.part_id IS NULL"
        for row, currency, text, *new in _ask(f"{query} ORDER BY s.row LIMIT {SAMPLES}"):
            yield Change("added", text, new=_amounts(listed, new, currency), row=row)
    if changed:
        query = (
            f"SELECT s.row, g.currency, {label}, {olds}, {news} FROM {names.compared}"
            f" WHERE t.part_id IS NOT NULL AND {names.differs} ORDER BY s.row LIMIT {SAMPLES}"
        )
        for row, currency, text, *both in _ask(query):
            before = _amounts(listed, both[: len(listed)], currency)
            after = _amounts(listed, both[len(listed) :], currency)
            differing = {name for name in listed if before[name] != after[name]}
            yield Change("changed", text, _only(before, differing), _only(after, differing), row)
    if removed:
        query = f"SELECT g.currency, {label}, {olds} FROM {names.dropped} ORDER BY 2 LIMIT {SAMPLES}"
        for currency, text, *old in _ask(query):
            yield Change("removed", text, old=_amounts(listed, old, currency))


def _only(amounts: Mapping[str, str | None], wanted: set[str]) -> dict[str, str | None]:
    return {name: amount for name, amount in amounts.items() if name in wanted}


def _amounts(columns: list[str], amounts: Iterable[int | None], currency: str) -> dict[str, str | None]:
    pairs = zip(columns, amounts, strict=True)
    return {column: None if amount is None else _written(amount, currency) for column, amount in pairs}


def _written(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-values.precision(currency)):f}"


# ---------------------------------------------------------------------------------------------- loading


def _editions_begun(names: Names, now: datetime) -> set[int]:
    """Begin the editions that are missing, lock those that are there, and note all of them as `edition_id`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id, e.status, e.version = g.draft_version FROM pricing_priceedition e"
            f" JOIN {names.groups} g ON g.draft_id = e.id WHERE g.published_id IS NULL ORDER BY e.id"
            " FOR UPDATE OF e"
        )
        if any(status != "draft" or not same for _id, status, same in cursor.fetchall()):
            raise DataChanged
        cursor.execute(
            f"""
            INSERT INTO pricing_priceedition (public_id, book_id, country, name, effective_on, status, created_at,
                published_by_name, withdrawn_by_name, withdrawn_reason, version)
            SELECT {PUBLIC_ID}, g.book_id, g.country, coalesce(g.name, g.effective_from::text), g.effective_from,
                'draft', %s, '', '', '', 1
            FROM {names.groups} g WHERE g.edition_id IS NULL ORDER BY g.book_id, g.effective_from
            RETURNING id, book_id, effective_on
            """,
            [now],
        )
        begun = cursor.fetchall()
        for id_, book, day in begun:
            cursor.execute(
                f"UPDATE {names.groups} SET edition_id = %s WHERE book_id = %s AND effective_from = %s",
                [id_, book, day],
            )
        cursor.execute(
            f"UPDATE pricing_priceedition e SET name = g.name, version = e.version + 1 FROM {names.groups} g"
            " WHERE e.id = g.draft_id AND g.published_id IS NULL AND g.name <> e.name"
        )
        return {id_ for id_, _book, _day in begun}


def _insert(names: Names, anew: bool) -> list[tuple[int, int]]:
    """The prices that are new; returns how many in each edition."""
    columns = ", ".join(("edition_id", "part_id", *VALUES))
    given = [names.new(name) if name in names.given else _blank(name) for name in VALUES]
    source = f"{names.compared} WHERE t.part_id IS NULL" if anew else names.joined
    counts = _ask(f"SELECT g.edition_id, count(*) FROM {source} GROUP BY 1") if anew else _rows_of(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO pricing_price ({columns}) SELECT g.edition_id, part.id, {', '.join(given)} FROM {source}"
        )
    return counts


def _rows_of(names: Names) -> list[tuple[int, int]]:
    """How many rows the file has for each edition."""
    return _ask(f"SELECT g.edition_id, count(*) FROM {names.grouped} GROUP BY 1")


def _update(names: Names) -> list[tuple[int, int]]:
    """The prices that are others; returns how many in each edition."""
    if not names.given:
        return []
    set_ = ", ".join(f"{column} = {names.new(column)}" for column in names.given)
    query = (
        f"UPDATE pricing_price t SET {set_} FROM {names.joined} WHERE t.edition_id = g.edition_id"
        f" AND t.part_id = part.id AND {names.differs} RETURNING t.edition_id"
    )
    return _ask(f"WITH done AS ({query}) SELECT edition_id, count(*) FROM done GROUP BY 1")


def _delete(names: Names) -> list[tuple[int, int]]:
    """The prices that a complete file lacks; returns how many in each edition."""
    query = (
        f"DELETE FROM pricing_price p USING (SELECT t.edition_id, t.part_id FROM {names.dropped}) gone"
        " WHERE p.edition_id = gone.edition_id AND p.part_id = gone.part_id RETURNING p.edition_id"
    )
    return _ask(f"WITH done AS ({query}) SELECT edition_id, count(*) FROM done GROUP BY 1")


def _blank(column: str) -> str:
    return "''" if column == "replacement" else "NULL::bigint"


def _note(counted: Counted, begun: set[int], *, by: Actor, now: datetime, delivery: str) -> None:
    """Raise the versions of what was changed, and write down who changed it."""
    for edition in PriceEdition.objects.filter(id__in=[*counted]).select_related("book").order_by("id"):
        if edition.id not in begun:
            PriceEdition.objects.filter(id=edition.id).update(version=F("version") + 1)
        record(
            "price_edition.priced",
            by=by,
            now=now,
            object_type="price_edition",
            object_id=edition.public_id,
            label=f"{edition.name} ({edition.book})",
            delivery=delivery,
            **counted[edition.id],
        )


def _ask(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())

"""Keyset paging for lists, in pages and in the API: no counts, no offsets, one query a page however deep.

In a view:

    from identity.paging import page

    def deal_list(request):
        deals = page(Deal.objects.filter(…), ("-updated_at", "-id"), request, size=50)
        return render(request, "deals/list.html", {"deals": deals.items, "page": deals})

and `{{ ui.pager(page) }}` in the template. `queryset` may be of models, `.values(…)`, `.values_list(…)`
(plain, with the ordering columns among them) or `named=True`. `order` names columns, annotations or paths
(`site__name`), must end in something unique, and may not contain a nullable column: order by a coalesced
annotation instead. When all columns run in the same direction the place in the list is one row comparison,
`(updated_at, id) < (…)`, which an index on just these columns answers; mixed directions work, but are
slower on deep pages.

A cursor is signed, so that nothing but what we gave out comes back. A bad one raises `BadCursor`, which is a
`BadRequest`: Django answers it with the 400 page, the API with its 400.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import BooleanField, Expression, F, Field, Q, QuerySet, Value
from django.http import HttpRequest

SALT = "identity.paging"
SIZE = 50
LARGEST = 100


class BadCursor(BadRequest):
    """The cursor is not one that was given out for this list."""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list. The addresses keep the filters; None where there is nothing more."""

    items: list[Any]
    next_url: str | None
    previous_url: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows of a list: just after `values`, or just before when looking `backwards`."""

    values: tuple[Any, ...]
    backwards: bool


def page(
    queryset: QuerySet[Any],
    order: Sequence[str],
    request: HttpRequest,
    *,
    size: int = SIZE,
    param: str = "cursor",
) -> Page:
    """The page that the request's cursor (`param`) asks for. Raises BadCursor."""
    place = _read(request.GET.get(param, ""), queryset, order)
    backwards = place is not None and place.backwards
    names = [name.lstrip("-") for name in order]
    directions = [name.startswith("-") != backwards for name in order]  # True: descending
    queryset = queryset.order_by(
        *(f"-{name}" if down else name for name, down in zip(names, directions, strict=True))
    )
    if place is not None:
        queryset = queryset.filter(_beyond(queryset, names, directions, place.values))
    items = list(queryset[: size + 1])
    more = len(items) > size
    items = items[:size]
    if backwards:
        items.reverse()

    def address(item: Any, *, back: bool) -> str:
        query = request.GET.copy()
        query[param] = _write(_values(queryset, item, names), order, back)
        return f"{request.path}?{query.urlencode()}"

    if not items:
        return Page([], None, _first(request, param) if place else None)
    return Page(
        items,
        next_url=address(items[-1], back=False) if more or backwards else None,
        previous_url=address(items[0], back=True) if place and (more or not backwards) else None,
    )


def _first(request: HttpRequest, param: str) -> str:
    query = request.GET.copy()
    query.pop(param, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


# -------------------------------------------------------------------------------------- the place in the list


class RowComparison(Expression):
    """`(a, b) < (x, y)`: one condition, which the planner turns into one index condition."""

    conditional = True

    def __init__(self, columns: Sequence[Any], sign: str, values: Sequence[Any]) -> None:
        super().__init__(output_field=BooleanField())
        self.columns, self.values, self.sign = list(columns), list(values), sign

    def get_source_expressions(self) -> list[Any]:
        return [*self.columns, *self.values]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        half = len(exprs) // 2
        self.columns, self.values = list(exprs[:half]), list(exprs[half:])

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left = [compiler.compile(column) for column in self.columns]
        right = [compiler.compile(value) for value in self.values]
        sql = f"({', '.join(sql for sql, _ in left)}) {self.sign} ({', '.join(sql for sql, _ in right)})"
        return sql, tuple(param for _, params in (*left, *right) for param in params)


def _beyond(queryset: QuerySet[Any], names: list[str], down: list[bool], values: tuple[Any, ...]) -> Any:
    fields = [_field(queryset, name) for name in names]
    typed = [Value(value, output_field=field) for value, field in zip(values, fields, strict=True)]
    if len(set(down)) == 1:
        return RowComparison([F(name) for name in names], "<" if down[0] else ">", typed)
    # a > x or (a = x and (b < y or (b = y and …)))
    condition = Q()
    for name, falling, value in reversed(list(zip(names, down, typed, strict=True))):
        beyond = Q(**{f"{name}__{'lt' if falling else 'gt'}": value})
        condition = beyond | (Q(**{name: value}) & condition) if condition else beyond
    return condition


def _field(queryset: QuerySet[Any], name: str) -> Field[Any, Any]:
    """The field of an ordering column: an annotation's, or the model's at the end of the path."""
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    model: Any = queryset.model
    field: Any = None
    for part in name.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        model = field.related_model
    if field.null:
        raise TypeError(f"{name} may be null, and null has no place in a row comparison.")
    return field.target_field if field.is_relation else field


def _values(queryset: QuerySet[Any], item: Any, names: list[str]) -> list[Any]:
    if isinstance(item, dict):
        return [item[name] for name in names]
    if isinstance(item, tuple) and not hasattr(item, "_fields"):
        columns = list(queryset._fields or ())  # type: ignore[attr-defined]
        return [item[columns.index(name)] for name in names]
    return [_attribute(item, name) for name in names]


def _attribute(item: Any, name: str) -> Any:
    if hasattr(item, name):
        return getattr(item, name)
    for part in name.split("__"):
        item = getattr(item, part)
    return item


# -------------------------------------------------------------------------------------------- cursors


def _write(values: list[Any], order: Sequence[str], back: bool) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    plain = [value if isinstance(value, str | int | bool) else str(value) for value in plain]
    return signing.dumps([int(back), *plain], salt=_salt(order))


def _read(cursor: str, queryset: QuerySet[Any], order: Sequence[str]) -> Place | None:
    if not cursor:
        return None
    try:
        back, *plain = signing.loads(cursor, salt=_salt(order))
        fields = [_field(queryset, name.lstrip("-")) for name in order]
        values = tuple(field.to_python(value) for field, value in zip(fields, plain, strict=True))
    except (signing.BadSignature, ValueError, TypeError, ValidationError):
        raise BadCursor("The cursor is not one that was given out for this list.") from None
    return Place(values, bool(back))


def _salt(order: Sequence[str]) -> str:
    return f"{SALT}:{','.join(order)}"

"""Tells mypy what our middleware adds to a request: `request.actor`, the identity.actors.Actor who asks."""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import Instance

REQUESTS = ("django.http.request.HttpRequest", "rest_framework.request.Request")


class ActorPlugin(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return _add_actor if fullname in REQUESTS else None

    def get_additional_deps(self, file: object) -> list[tuple[int, str, int]]:
        modules = {request.rpartition(".")[0] for request in REQUESTS}
        return [(10, "identity.actors", -1)] if getattr(file, "fullname", "") in modules else []


def _add_actor(context: ClassDefContext) -> None:
    found = context.api.lookup_fully_qualified_or_none("identity.actors.Actor")
    if found is None or found.node is None:
        return
    actor = Var("actor", Instance(found.node, []))  # type: ignore[arg-type]
    actor.info = context.cls.info
    actor._fullname = f"{context.cls.info.fullname}.actor"
    context.cls.info.names["actor"] = SymbolTableNode(MDEF, actor)


def plugin(version: str) -> type[Plugin]:
    return ActorPlugin

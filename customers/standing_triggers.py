"""The triggers of transactional tables, for the migrations of the apps that have some.

operations = [migrations.CreateModel(…), stands("orders_order", placed=True)]
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

# Which tables a transactional row copies from, by what it names them, and the columns that it copies.
NAMED = {
    "customer_id": ("customers_customer", "name, number, country"),
    "reseller_id": ("identity_site", "name, number"),
    "distributor_id": ("identity_site", "name, number"),
}
OF_SITE = {
    "customer_site_id": (
        "customers_customersite",
        "customer_id, agreement, site_number, site_name, country, programme, anniversary_on, price_level",
    ),
}
OF_CONTRACT = {"contract_id": ("customers_agreement", "customer_id, number, programme, anniversary_on")}


def stands(table: str, *, placed: bool = False, contract: bool = False) -> migrations.RunSQL:
    """A table of transactional rows is filled in, and kept in line, by the functions of customers/migrations.

    `placed`: the table has a column `placed_here`, and whoever stands on a row entered here sees it, relationship or
    not: they have made it. `contract`: its rows are customers' sites, and name an agreement.
    """
    sources = NAMED | (OF_CONTRACT if contract else OF_SITE)
    argument = "'placed'" if placed else ""
    forward: list[Any] = [
        f"""CREATE TRIGGER {table}_stands BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION customers_stand({argument})"""
    ]
    backward: list[Any] = [f"DROP TRIGGER {table}_stands ON {table}"]
    for verb, held in (("insert", "NEW"), ("delete", "OLD")):
        name = f"{table}_{verb}_related"
        forward.append(
            f"""CREATE TRIGGER {name} AFTER {verb} ON customers_relationship REFERENCING {held} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION customers_restand_related('{table}')"""
        )
        backward.append(f"DROP TRIGGER {name} ON customers_relationship")
    name = f"{table}_update_related"
    forward.append(
        f"""CREATE TRIGGER {name} AFTER UPDATE ON customers_relationship
            REFERENCING OLD TABLE AS before NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION customers_restand_related('{table}')"""
    )
    backward.append(f"DROP TRIGGER {name} ON customers_relationship")
    for column, (source, copied) in sources.items():
        name = f"{table}_{column}_named"
        forward.append(
            f"""CREATE TRIGGER {name} AFTER UPDATE ON {source} REFERENCING OLD TABLE AS before NEW TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION customers_restand_named('{table}', '{column}', '{copied}')"""
        )
        backward.append(f"DROP TRIGGER {name} ON {source}")
    return migrations.RunSQL(forward, backward)


#: What `customers_stand` reads and fills in, of the tables that name a customer's site.
FILLED_IN = (
    "customer_id", "customer_site_id", "reseller_id", "distributor_id", "settled_on", "agreement", "site_number",
    "site_name", "country", "programme", "anniversary_on", "price_level", "customer_number", "customer_name",
    "reseller_number", "reseller_name", "reseller_from", "reseller_until",
    "distributor_number", "distributor_name", "distributor_from", "distributor_until",
)  # fmt: skip


def stands_where_named(table: str) -> migrations.RunSQL:
    """From now on a row of this table is filled in anew only by a change that names one of those columns.

    For tables whose rows are changed often in other ways: every look-up of the trigger's is saved then.
    """
    again = (
        "DROP TRIGGER {table}_stands ON {table};"
        " CREATE TRIGGER {table}_stands BEFORE INSERT OR UPDATE {of} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION customers_stand()"
    )
    return migrations.RunSQL(
        again.format(table=table, of=f"OF {', '.join(FILLED_IN)}"), again.format(table=table, of="")
    )

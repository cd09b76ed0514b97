"""Whole columns and tables of raw data, changed as loaders, API versions and faults change them.

Each mutation is SQL on a database in which `<source>.<table>` are the raw tables. Either it says
the same in another shape, and the certified content has to be the same; or something is lost or
wrong, and publication has to be refused with a reason that names the table and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

SAME, REFUSED = "same", "refused"
LINE = "stripe.invoice_line_item"


@dataclass(frozen=True)
class Mutation:
    """`sql` is run in order; `refusal` are words of which a refusal has all, in any case.

    `moved` are files that land in another place: from and to, below the raw folder.
    """

    name: str
    outcome: str
    sql: tuple[str, ...] = ()
    refusal: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()


def renamed(table: str, column: str, name: str) -> str:
    return f'alter table {table} rename column "{column}" to "{name}"'


def replaced(table: str, changes: str, dropped: str = "") -> str:
    """The table with some columns said anew, and without others."""
    without = f" exclude ({dropped})" if dropped else ""
    return f"create or replace table {table} as select *{without} {changes} from {table}"


PRICE_FOR_PLAN = renamed(LINE, "plan_id", "price_id")
ITEM_PRICE = renamed("stripe.subscription_item", "plan_id", "price_id")
PARENT_COLUMNS = (
    renamed(LINE, "subscription_id", "parent_subscription_item_details_subscription"),
    renamed(LINE, "subscription_item_id", "parent_subscription_item_details_subscription_item"),
    renamed("stripe.invoice", "subscription_id", "parent_subscription_details_subscription"),
)
PRICING = renamed(LINE, "plan_id", "pricing_price_details_price")
PERIODS_ON_ITEMS = (
    replaced("stripe.subscription", "", "current_period_start, current_period_end"),
)
TYPED_DISCOUNTS = (
    # a discount names what it hangs on by type and type_id alone
    replaced(
        "stripe.discount",
        "replace (null::varchar as subscription_id, null::varchar as customer_id)",
    ),
)
TAX_INSIDE = (
    replaced(LINE, ", cast(amount as bigint) as amount_excluding_tax"),
    f"update {LINE} set amount = cast(round(amount * 1.21) as bigint)",
    f"""update stripe.invoice as i set subtotal = i.subtotal + l.tax
        from (
            select invoice_id, sum(amount - amount_excluding_tax) as tax from {LINE} group by all
        ) as l
        where i.id = l.invoice_id""",
)
AS_DOCUMENTS = (
    replaced(
        LINE,
        """, to_json({'type': case type when 'subscription' then 'subscription_item_details'
            else 'invoice_item_details' end, 'subscription_item_details': {
            'subscription': subscription_id, 'subscription_item': subscription_item_id,
            'proration': proration}})::varchar as parent,
            to_json({'price_details': {'price': plan_id}})::varchar as pricing""",
        "type, subscription_id, subscription_item_id, plan_id, proration",
    ),
)

MUTATIONS = (
    Mutation("price_id_for_plan_id", SAME, (PRICE_FOR_PLAN, ITEM_PRICE)),
    Mutation("ids_in_parent_columns", SAME, PARENT_COLUMNS),
    Mutation("price_in_pricing", SAME, (PRICING,)),
    Mutation("parent_and_pricing_as_documents", SAME, AS_DOCUMENTS),
    Mutation("periods_on_items", SAME, PERIODS_ON_ITEMS),
    Mutation("discounts_by_type", SAME, TYPED_DISCOUNTS),
    Mutation(
        "newest_shape_at_once", SAME,
        (*PARENT_COLUMNS, PRICING, ITEM_PRICE, *PERIODS_ON_ITEMS, *TYPED_DISCOUNTS),
    ),
    Mutation("lines_without_subscription", SAME, (
        f"update {LINE} set subscription_id = null where subscription_item_id is not null",
    )),
    Mutation("lines_without_price", SAME, (
        # a line of an item that is still there is about the item's price, where that never changed
        f"""update {LINE} as l set plan_id = null from stripe.subscription_item as i
            where l.subscription_item_id = i.id and i.plan_id = l.plan_id
            and not exists (
                select 1 from {LINE} as o
                where o.subscription_item_id = i.id and o.plan_id <> i.plan_id
            )""",
    )),
    Mutation("tax_inside_the_price", SAME, TAX_INSIDE),
    Mutation("instants_in_another_zone", SAME, (
        "set timezone = 'America/New_York'",
        *(
            f"""create or replace table stripe.{table} as
                select * replace ({", ".join(
                    f"timezone('UTC', {column}) as {column}" for column in columns
                )}) from stripe.{table}"""
            for table, columns in {
                "invoice_line_item": ("period_start", "period_end"),
                "subscription": ("created", "start_date", "ended_at", "canceled_at"),
                "subscription_item": ("created",),
            }.items()
        ),
    )),
    Mutation("everything_as_text", SAME, (
        *(
            f"create or replace table {table} as select cast(columns(*) as varchar) from {table}"
            for table in (LINE, "stripe.invoice", "stripe.subscription", "stripe.price")
        ),
    )),
    Mutation("everything_delivered_twice", SAME, (
        f"insert into {LINE} select * from {LINE}",
        "insert into stripe.subscription select * from stripe.subscription",
        "insert into stripe.discount select * from stripe.discount",
    )),
    Mutation("line_ids_reused", SAME, (
        f"""update {LINE} set id = 'sub_' || invoice_id, unique_id = null
            where subscription_item_id is not null""",
    )),
    Mutation("amounts_in_major_units", REFUSED, (
        f"update {LINE} set amount = amount // 100",
    ), ("list price", "invoice")),
    Mutation("prices_in_major_units", REFUSED, (
        "update stripe.price set unit_amount = unit_amount // 100, "
        "unit_amount_decimal = unit_amount_decimal / 100",
    ), ("list price",)),
    Mutation("half_of_the_invoices_missing", REFUSED, (
        "delete from stripe.invoice where hash(id) % 2 = 0",
    ), ("invoice",)),
    Mutation("half_of_the_lines_missing", REFUSED, (
        f"delete from {LINE} where hash(id) % 2 = 0",
    ), ("invoice",)),
    Mutation("half_of_the_items_missing", REFUSED, (
        "delete from stripe.subscription_item where hash(id) % 2 = 0",
    ), ("item",)),
    Mutation("subscriptions_missing", REFUSED, (
        "delete from stripe.subscription where hash(id) % 3 = 0",
    ), ("subscription",)),
    Mutation("history_in_one_version", REFUSED, (
        """create or replace table stripe.subscription_history as
            select h.* replace (s.start_date as _fivetran_start)
            from stripe.subscription_history as h
            inner join stripe.subscription as s on h.id = s.id
            qualify row_number() over (partition by h.id order by h._fivetran_start desc) = 1""",
    ), ("history",)),
    Mutation("a_currency_renamed", REFUSED, (
        f"update {LINE} set currency = 'euro' where currency = 'eur'",
    ), ("invoice_line_item",)),
    Mutation("no_link_at_all", REFUSED, (
        replaced(LINE, "", "subscription_id, subscription_item_id"),
        "alter table stripe.invoice drop column subscription_id",
    ), ("subscription",)),
    Mutation("price_under_an_unknown_name", REFUSED, (
        renamed(LINE, "plan_id", "rate_plan"),
        "delete from stripe.subscription_item where hash(id) % 2 = 0",
    ), ("invoice_line_item",)),
    Mutation("discounts_lost", REFUSED, (
        "delete from stripe.discount", "delete from stripe.subscription_discount",
    ), ("discount",)),
    Mutation("an_account_in_another_folder", REFUSED, (), ("stripe_eu", "stripe__"), (
        ("stripe/invoice", "stripe_eu/invoice"),
    )),
)  # fmt: skip

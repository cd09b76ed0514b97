"""Runs a simulation: blocks of customers, each written by one worker to part files of its own.

A block depends on the settings alone, so the output is the same for any number of workers, and a
worker holds one batch of rows a table, so memory does not grow with the number of customers.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from orchestration.simulator import catalogue, contracts, crm, portal, rates, sales, support
from orchestration.simulator.associations import share_rows, shares_by_day
from orchestration.simulator.billing import Biller, Row, Rows
from orchestration.simulator.care import care_rows, draw_care, effect_rows, fate_of
from orchestration.simulator.config import AS_OF, SimulationConfig
from orchestration.simulator.dirt import smear
from orchestration.simulator.dirt_common import smear_common
from orchestration.simulator.discounts import discount_rows
from orchestration.simulator.model import Customer
from orchestration.simulator.movements import MovementFinder
from orchestration.simulator.names import company_name
from orchestration.simulator.partners import Partner, draw_partners
from orchestration.simulator.service import ServiceDesk
from orchestration.simulator.smear import Log
from orchestration.simulator.stories import Story, tell
from orchestration.simulator.tables import RAW, TRUTH
from orchestration.simulator.talk import talk_rows
from orchestration.simulator.touches import CareDesk
from orchestration.simulator.truth import mrr_rows
from orchestration.simulator.usage import usage_rows
from orchestration.simulator.writer import TableSet

Progress = Callable[[int, int], None]
_DIRTY_PARTNERS = 60
_CARED_EVERY = 50


def simulate(config: SimulationConfig, progress: Progress | None = None) -> dict[str, int]:
    """Write raw data and truth; returns rows by `source.table` and `truth.table`.

    Part files of an earlier run in the same folders are removed first. `progress(done, total)` is
    called with customers finished.
    """
    _remove_parts(config)
    counts: Counter[str] = Counter(_write_common(config))
    done, total = 0, config.customer_count
    for block, block_counts in _blocks(config):
        counts.update(block_counts)
        done += len(config.block_range(block))
        if progress is not None:
            progress(done, total)
    return dict(sorted(counts.items()))


def _remove_parts(config: SimulationConfig) -> None:
    # A part that this run does not write would otherwise be read as part of it.
    for root, tables in ((config.out, RAW), (config.truth, TRUTH)):
        for table in tables:
            for part in root.joinpath(*table.split(".")).glob("part-*.*"):
                part.unlink()


def _blocks(config: SimulationConfig) -> Iterator[tuple[int, dict[str, int]]]:
    jobs = [(config, block) for block in range(config.blocks)]
    if config.workers <= 1 or len(jobs) == 1:
        yield from map(_write_block, jobs)
        return
    # "spawn" so that a caller's threads and open database handles are not copied.
    # Rows form no reference cycles; looking for some costs a tenth of a large run.
    pool = ProcessPoolExecutor(
        min(config.workers, len(jobs)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=gc.disable,
    )
    # Not a `multiprocessing.Pool`: it ends its processes by SIGTERM, which they inherit as ignored
    # where the caller is Dagster in the background of a shell, and then waits for them forever.
    try:
        for block in as_completed([pool.submit(_write_block, job) for job in jobs]):
            yield block.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _sets(config: SimulationConfig, part: int) -> tuple[TableSet, TableSet]:
    shuffle = f"{config.seed}:order" if config.dirt else None
    raw = TableSet(config.out, RAW, part, config.file_format, shuffle)
    return raw, TableSet(config.truth, TRUTH, part, "parquet")


def _all_counts(raw: TableSet, truth: TableSet) -> dict[str, int]:
    return raw.counts() | {f"truth.{table}": rows for table, rows in truth.counts().items()}


def _write_common(config: SimulationConfig) -> dict[str, int]:
    """What is not about one customer: catalogue, partners and their people, rates."""
    partners = draw_partners(config)
    rows: Rows = defaultdict(list)
    rows["stripe.account"].append(
        ("acct_vendor", "Vendor", "company", True, "NL", "Vendor B.V.", AS_OF)
    )
    rows["stripe.product"] += catalogue.product_rows(AS_OF)
    prices, plans = catalogue.price_rows(AS_OF)
    rows["stripe.price"] += prices
    rows["stripe.plan"] += plans
    rows["stripe.coupon"] += catalogue.coupon_rows(AS_OF)
    rows["stripe.customer"] += [_partner_payer(one) for one in partners if one.bills]
    rows["salesforce.account"] += crm.partner_accounts(partners)
    rows["salesforce.user"] += crm.user_rows()
    rows["salesforce.user_role"] += crm.role_rows()
    rows["salesforce.product_2"] += sales.product_2_rows()
    rows["partner_portal.partner"] += portal.partner_rows(partners)
    rows["partner_portal.course"] += portal.course_rows()
    rows["exchange_rates.daily_rate"] += rates.rate_rows(config)
    support.common_rows(rows)
    raw, truth = _sets(config, 0)
    with raw, truth:
        # The first partners are written together with the rest, and take the dirt; in a large run
        # the others follow one by one, so that they never are all in memory.
        for place, partner in enumerate(partners):
            portal.PartnerDesk(partner, config, rows).write()
            if place + 1 == min(len(partners), _DIRTY_PARTNERS):
                if config.dirt:
                    log: Log = []
                    smear_common(rows, log, config.seed)
                    truth["dirt_log"].extend(log)
                _move(rows, raw)
            elif place >= _DIRTY_PARTNERS:
                _move(rows, raw)
        _write_care(config, partners, raw, truth)
    return _all_counts(raw, truth)


def _write_care(
    config: SimulationConfig, partners: list[Partner], raw: TableSet, truth: TableSet
) -> None:
    """People who look after customers, and talk; after the dirt, so that no other row moves."""
    rows: Rows = defaultdict(list)
    crm.care_users(rows)
    support.office_rows(rows)
    for partner in partners:
        rows["salesforce.contact"] += portal.contact_rows(partner)
        talk_rows(partner, config, rows)
    _move(rows, raw)
    truth["care_effects"].extend(effect_rows())


def _move(rows: Rows, raw: TableSet) -> None:
    for table, found in rows.items():
        raw[table].extend(found)
    rows.clear()


def _partner_payer(partner: Partner) -> tuple[Any, ...]:
    return (
        partner.stripe_id, AS_OF, 0, None, partner.country, 0, partner.joined, "eur", False,
        "Channel partner", f"billing@partner{partner.number}.example", False, True, partner.name,
        "none", json.dumps({"partner_id": partner.id}),
    )  # fmt: skip


def _write_block(job: tuple[SimulationConfig, int]) -> tuple[int, dict[str, int]]:
    config, block = job
    partners = draw_partners(config)
    raw, truth = _sets(config, block + 1)
    with raw, truth:
        for number in config.block_range(block):
            story = tell(config, partners, number)
            rows = customer_rows(config, partners, story)
            log: Log = []
            if config.dirt:
                smear(story, rows, log, config.seed)
            movements = _write_truth(config, story, truth)
            _look_after(config, story, movements, rows, log, truth)
            truth["dirt_log"].extend(log)
            _move(rows, raw)
    return block, _all_counts(raw, truth)


def customer_rows(config: SimulationConfig, partners: list[Partner], story: Story) -> Rows:
    """All raw rows of one customer, by table, without dirt."""
    rows: Rows = defaultdict(list)
    customer: Customer = story.customer
    if customer.billing_partner is None:
        rows["stripe.customer"].append(
            contracts.customer_row(customer, company_name(customer.number))
        )
    contracts.subscription_rows(customer, rows, config.detailed)
    biller = Biller(customer, rows, config.detailed)
    for sub in customer.subscriptions:
        biller.bill(sub)
    discount_rows(customer, biller, rows)
    crm.customer_account(customer, rows)
    rows["partner_portal.partner_association"].extend(portal.association_rows(story))
    rows["partner_portal.deal_registration"].extend(portal.deal_rows(story, partners, config.seed))
    sales.SalesDesk(customer, rows, config.seed, config.detailed).write()
    support.HelpDesk(customer, rows, config.seed, config.detailed).write()
    if config.usage:
        rows["product_usage.daily_usage"].extend(
            usage_rows(story.lines, config.seed, config.detailed)
        )
    return rows


def _write_truth(config: SimulationConfig, story: Story, truth: TableSet) -> list[Row]:
    """Writes MRR, shares and movements; returns the movements."""
    customer = story.customer
    shares = {sub.id: shares_by_day(story.associations, sub) for sub in customer.subscriptions}
    truth["mrr_item_days"].extend(mrr_rows(customer, story.lines))
    truth["partner_shares"].extend(share_rows(customer, shares))
    if not config.detailed:
        return []
    movements = MovementFinder(customer, story.lines, shares).rows()
    truth["movements"].extend(movements)
    return movements


# What somebody did for a customer, and which role did it.
_DONE_BY = {
    "account_manager": ("salesforce.task", "salesforce.event"),
    "customer_support": (
        "zendesk.ticket", "zendesk.ticket_comment", "zendesk.ticket_field_history",
        "zendesk.ticket_tag", "zendesk.ticket_schedule", "zendesk.ticket_sla_policy",
    ),
}  # fmt: skip


def _look_after(
    config: SimulationConfig, story: Story, movements: list[Row], rows: Rows, log: Log,
    truth: TableSet,
) -> None:  # fmt: skip
    """Add what the roles that look after a customer do, and take out what the others did.

    It comes after all else, dirt included, so that no row of billing depends on it. A big run has
    it for some customers only.
    """
    if not config.detailed and story.customer.number % _CARED_EVERY:
        return
    fate = fate_of(story, movements)
    if fate is None:
        return
    care = draw_care(story, fate, config.seed)
    truth["care"].extend(care_rows(story, fate, care))
    for one in care:
        if not one.is_cared:
            _take_out(_DONE_BY.get(one.role, ()), rows, log)
    done: Rows = defaultdict(list)
    CareDesk(story, fate, done, config.seed).write(care)
    if any(one.is_cared for one in care if one.role == "customer_support"):
        ServiceDesk(story.customer, fate, done, config.seed).write()
    if config.dirt:
        smear(story, done, log, f"{config.seed}:care")
    for table, found in done.items():
        rows[table] += found


def _take_out(tables: tuple[str, ...], rows: Rows, log: Log) -> None:
    for table in tables:
        rows.pop(table, None)
    log[:] = [entry for entry in log if f"{entry[0]}.{entry[1]}" not in tables]

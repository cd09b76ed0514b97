"""CRM rows: accounts of end customers and partners, users and their roles."""

from __future__ import annotations

from typing import Any

from orchestration.simulator.billing import Rows
from orchestration.simulator.clock import DAY, next_sync
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import Customer
from orchestration.simulator.names import company_name, person_name
from orchestration.simulator.partners import Partner

INDUSTRIES = ("Retail", "Healthcare", "Manufacturing", "Education", "Finance", "Logistics")
REGIONS_ABROAD = {"US": "AMER", "JP": "APAC"}
END_OF_TIME = 253_402_300_800


def owner_id(number: int) -> str:
    """The account owner, one of forty sales people."""
    return f"005U{number % 40:011d}AAA"


def _account(
    account_id: str,
    number: int,
    name: str,
    country: str,
    kind: str,
    employees: int,
    parent: str | None,
) -> tuple[Any, ...]:
    return (
        AS_OF, f"A-{number}", "Partner" if kind == "Partner" else "Inbound", employees * 90_000,
        None, country, country, None, account_id, INDUSTRIES[number % len(INDUSTRIES)], False,
        AS_OF // DAY - number % 60, None, name, employees, owner_id(number), parent,
        ("Hot", "Warm", "Cold")[number % 3], kind, f"https://www.customer{number}.example", True,
        _segment(employees), REGIONS_ABROAD.get(country, "EMEA"),
    )  # fmt: skip


def _segment(employees: int) -> str:
    return "small" if employees < 100 else "medium" if employees < 500 else "enterprise"


def customer_account(customer: Customer, rows: Rows) -> None:
    """The account of an end customer that the CRM knows, with its history."""
    if not customer.linked:
        return
    number = customer.number
    employees = 5 + number * 37 % 900
    name = company_name(number)
    rows["salesforce.account"].append(
        _account(customer.account_id, number, name, customer.country, "Customer", employees, None)
    )
    first = min(sub.start for sub in customer.subscriptions) - 20 * DAY
    moments = [first, first + (40 + number % 90) * DAY] if number % 4 == 0 else [first]
    moments = [at for at in moments if at < AS_OF]
    for index, at in enumerate(moments):
        last = index + 1 == len(moments)
        rows["salesforce.account_history"].append(
            (last, at, END_OF_TIME if last else moments[index + 1], min(AS_OF, next_sync(at)),
             f"A-{number}", employees * 90_000, customer.country, customer.account_id,
             INDUSTRIES[number % len(INDUSTRIES)], False, name, employees, owner_id(number + index),
             None, "Warm", "Customer" if last else "Prospect")
        )  # fmt: skip


def partner_accounts(partners: list[Partner]) -> list[tuple[Any, ...]]:
    """Account rows of partners."""
    return [
        _account(one.account_id, 9_000_000 + one.number, one.name, one.country, "Partner",
                 20 + one.number, one.parent.account_id if one.parent else None)
        for one in partners
    ]  # fmt: skip


def user_rows() -> list[tuple[Any, ...]]:
    """The vendor's own people in the CRM: forty account managers, the first four of them lead."""
    rows: list[tuple[Any, ...]] = []
    for number in range(40):
        given, family = person_name(number + 3)
        email = f"user{number}@vendor.example"
        title = "Sales director" if number < 4 else "Account manager"
        rows.append(
            (False, AS_OF, f"u{number}", "Sales", email, given, owner_id(number), number != 39,
             family, None if number < 4 else owner_id(number % 4), f"{given} {family}", title,
             f"00ER{min(number, 4):011d}AAA", "Standard", email, True)
        )  # fmt: skip
    return rows


def role_rows() -> list[tuple[Any, ...]]:
    """Roles: four regions, and account managers below the first."""
    names = ("EMEA", "AMER", "APAC", "Global", "Account manager")
    return [
        (False, AS_OF, name.replace(" ", "_"), f"00ER{number:011d}AAA", name,
         None if number < 4 else f"00ER{0:011d}AAA", True)
        for number, name in enumerate(names)
    ]  # fmt: skip

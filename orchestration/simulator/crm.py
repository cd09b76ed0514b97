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
SUCCESS_MANAGERS, PARTNER_MANAGERS = 12, 5


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


def employees(number: int) -> int:
    """How many people an end customer employs."""
    return 5 + number * 37 % 900


def segment(number: int) -> str:
    """Segment of an end customer."""
    return _segment(employees(number))


def customer_account(customer: Customer, rows: Rows) -> None:
    """The account of an end customer that the CRM knows, with its history."""
    if not customer.linked:
        return
    number = customer.number
    staff = employees(number)
    name = company_name(number)
    rows["salesforce.account"].append(
        _account(customer.account_id, number, name, customer.country, "Customer", staff, None)
    )
    first = min(sub.start for sub in customer.subscriptions) - 20 * DAY
    moments = [first, first + (40 + number % 90) * DAY] if number % 4 == 0 else [first]
    moments = [at for at in moments if at < AS_OF]
    for index, at in enumerate(moments):
        last = index + 1 == len(moments)
        rows["salesforce.account_history"].append(
            (last, at, END_OF_TIME if last else moments[index + 1], min(AS_OF, next_sync(at)),
             f"A-{number}", staff * 90_000, customer.country, customer.account_id,
             INDUSTRIES[number % len(INDUSTRIES)], False, name, staff, owner_id(number + index),
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


def success_manager_id(number: int) -> str:
    """The customer success manager of a customer."""
    return f"005S{number % SUCCESS_MANAGERS:011d}AAA"


def partner_manager_id(number: int) -> str:
    """The partner manager of a partner: calls and meetings with partners' people are theirs."""
    return f"005M{number % PARTNER_MANAGERS:011d}AAA"


def care_users(rows: Rows) -> None:
    """Customer success managers, partner managers, and their roles."""
    teams = (
        ("Customer success manager", "Customer success", success_manager_id, SUCCESS_MANAGERS, 5),
        ("Partner manager", "Channel", partner_manager_id, PARTNER_MANAGERS, 6),
    )
    for title, team, user_id, count, role in teams:
        role_id = f"00ER{role:011d}AAA"
        rows["salesforce.user_role"].append(
            (False, AS_OF, team.replace(" ", "_"), role_id, team, None, True)
        )
        for number in range(count):
            given, family = person_name(number + 50 * role)
            alias = f"{title[:1].lower()}{role}{number}"
            email = f"{alias}@vendor.example"
            rows["salesforce.user"].append(
                (False, AS_OF, alias, team, email, given, user_id(number), True, family, None,
                 f"{given} {family}", title, role_id, "Standard", email, True)
            )  # fmt: skip


def role_rows() -> list[tuple[Any, ...]]:
    """Roles: four regions, and account managers below the first."""
    names = ("EMEA", "AMER", "APAC", "Global", "Account manager")
    return [
        (False, AS_OF, name.replace(" ", "_"), f"00ER{number:011d}AAA", name,
         None if number < 4 else f"00ER{0:011d}AAA", True)
        for number, name in enumerate(names)
    ]  # fmt: skip

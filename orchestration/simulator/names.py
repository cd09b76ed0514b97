"""Invented names; they carry no meaning for any figure."""

from __future__ import annotations

_FIRST = (
    "Amber", "Boreal", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Indigo",
    "Juniper", "Kestrel", "Lumen", "Meridian", "Nimbus", "Orchid", "Pioneer", "Quartz",
    "Rivet", "Sable", "Tundra", "Umber", "Vertex", "Willow", "Zephyr", "Søren", "Müller",
    "Café", "Łódź",
)  # fmt: skip
_SECOND = (
    "Bakeries", "Clinics", "Dental", "Energy", "Foods", "Freight", "Hotels", "Insurance",
    "Joinery", "Labs", "Legal", "Logistics", "Motors", "Optics", "Press", "Robotics",
    "Schools", "Steel", "Tools",
)  # fmt: skip
_CHANNEL = ("Networks", "IT Services", "Cloud Partners", "Systems", "Digital", "Distribution")
_GIVEN = (
    "Anna", "Bram", "Chloé", "Daan", "Elif", "Femke", "Goran", "Hana", "Ivo", "Julia",
    "Kenji", "Lotte", "Mehmet", "Noor", "Oskar", "Priya", "Ruth", "Sanne", "Tomás", "Yara",
)  # fmt: skip
_FAMILY = (
    "Bakker", "Costa", "Dubois", "Eriksson", "Fischer", "García", "Haddad", "Ito", "Jansen",
    "Kovács", "Lind", "Moreau", "Novák", "Okafor", "Peeters", "Rossi", "Smit", "Tanaka",
    "Visser", "Wagner",
)  # fmt: skip


def company_name(number: int) -> str:
    """Name of an end customer."""
    return f"{_FIRST[number % len(_FIRST)]} {_SECOND[number * 7 % len(_SECOND)]} {number}"


def partner_name(number: int) -> str:
    """Name of a partner company."""
    return f"{_FIRST[number * 5 % len(_FIRST)]} {_CHANNEL[number % len(_CHANNEL)]} {number}"


def person_name(number: int) -> tuple[str, str]:
    """(given name, family name)."""
    return _GIVEN[number % len(_GIVEN)], _FAMILY[number * 3 % len(_FAMILY)]

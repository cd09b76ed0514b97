"""Whether the list of customers arrived whole, and says what figures are sliced by."""

from orchestration.suites import Suite, missing_shares, rows_compared

SUITE = Suite(
    table="customers",
    title="Customers",
    description=(
        "What the CRM knows of customers. When it does not arrive, or its companies are no longer "
        "matched to billing accounts, figures by segment and region are those of a remainder."
    ),
    frames=(
        missing_shares(
            "customers",
            {
                "segment": "Customers without a segment, of all customers",
                "customer_region": "Customers without a region, of all customers",
                "country_code": "Customers without a country, of all customers",
                "industry": "Customers without an industry, of all customers",
            },
        ),
        rows_compared("customers"),
    ),
)

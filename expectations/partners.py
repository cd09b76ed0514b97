"""Whether the list of partners arrived whole, and says what figures are sliced by."""

from orchestration.suites import Suite, missing_shares, rows_compared

SUITE = Suite(
    table="partners",
    title="Partners",
    description="Partners without tier or region fall out of every comparison by tier or region.",
    frames=(
        missing_shares(
            "partners",
            {
                "partner_tier": "Partners without a tier, of all partners",
                "partner_region": "Partners without a region, of all partners",
                "country_code": "Partners without a country, of all partners",
            },
            where="partner_id <> 'direct'",
        ),
        rows_compared("partners"),
    ),
)

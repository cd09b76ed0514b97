"""Whether the list of products arrived whole."""

from orchestration.suites import Suite, missing_shares, rows_compared

SUITE = Suite(
    table="products",
    title="Products",
    description="A product that is missing takes its MRR out of every comparison by product.",
    frames=(
        missing_shares(
            "products", {"product_family": "Products without a family, of all products"}
        ),
        rows_compared("products"),
    ),
)

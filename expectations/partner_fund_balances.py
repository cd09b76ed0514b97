"""Whether partners use their funds, and not more than they have."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="partner_fund_balances",
    title="Funds of partners",
    description="By fund.",
    frames=(
        Frame(
            sql="""
                select
                    program_id || ', ' || fund_wallet_id as subject,
                    count(*) filter (where available < 0) as overdrawn_funds,
                    sum(expired) / nullif(sum(earned), 0) as expired_share
                from certified.partner_fund_balances
                group by program_id, fund_wallet_id
            """,
            measures={
                "overdrawn_funds": "Earning periods of partners of which more was used than earned",
                "expired_share": "Expired before it was used, of all that was earned",
            },
            if_empty="No partner has earned into a fund.",
        ),
    ),
)

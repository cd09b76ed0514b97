"""Whether what programs pay for is known, and whether one program swallows the others."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="program_payouts_monthly",
    title="What programs pay for",
    description=(
        "A lever that does not say what it stands on, or a program whose payout jumps, changes the "
        "answer to what is rewarded without anybody having decided it."
    ),
    frames=(
        Frame(
            sql=f"""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    sum(unclassified_payout) / nullif(sum(payout), 0) as unclassified_share,
                    sum(payout) as payout
                from certified.program_payouts_monthly
                where {OPEN_MONTHS}
                group by month_start
            """,
            measures={
                "unclassified_share": "Payout of levers that do not say what they stand on",
                "payout": "Payout of all programs, in reporting currency",
            },
            if_empty="No open month has a payout.",
        ),
        rows_compared("program_payouts_monthly"),
    ),
)

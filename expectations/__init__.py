"""What is expected of the published figures, a module a certified table; see `thresholds.csv`.

dbt's tests prove that a table is right: keys, relations, sums. These suites ask whether it is
plausible: its distribution, its volume, its distance from what was published before, and the
freshness of what it was made of. Months that are closed are not judged: they no longer move.

A new certified table gets a module with a `SUITE`, and a row in `thresholds.csv` for each of its
measures, with owner and reason. A `blocking` row stops publication, a `warning` row goes on the
certificates of the metrics that stand on the table. Two rows on one measure, a narrow one that
warns and a wide one that blocks, are common.
"""

"""What is expected of the published figures, a module a certified table; see `thresholds.csv`.

dbt's tests prove that a table is right: keys, relations, sums. These suites ask whether it is
plausible: its distribution, its volume, its distance from what was published before, and the
freshness of what it was made of. Months that are closed are not judged: they no longer move.
"""

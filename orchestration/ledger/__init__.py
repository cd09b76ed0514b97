"""What has to outlive the build file: closed months, and what every publication said.

The build file can be deleted and made again from raw data. What was certified at a closing cannot:
raw data changes afterwards. So it is kept in a folder of its own, append-only, and read back at
every landing.

    ledger/closed_months/2025-03/*.parquet      rows of the month, a file a table
    ledger/closed_months/2025-03/closing.json   what stands behind them; a chain of hashes
    ledger/snapshots/<version>.parquet          closing MRR that a publication said anew
"""

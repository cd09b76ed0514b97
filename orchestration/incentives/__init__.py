"""The incentive ledger: what programs owe is closed, approved by somebody else, and paid.

It lies in `ledger/incentives`, beside the closed months: a folder an event, in order, chained by
hashes, never changed. `events.py` reads and writes it, `closing.py`, `payment.py` and `requests.py`
say what may happen, `landing.py` brings it back into the build. The command is `make incentives`.
"""

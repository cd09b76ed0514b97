"""Errors that a person can act on; the command line prints them without a stack trace."""


class PartnerMetricsError(Exception):
    """Something the operator can mend; the message says what, why and what to do."""


class TransientError(PartnerMetricsError):
    """What may be gone in a minute, such as a server that does not answer: worth another try."""

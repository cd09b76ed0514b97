"""What partners are told of incentives: why an amount is what it is, and the page of a month."""

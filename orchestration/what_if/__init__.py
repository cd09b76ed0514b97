"""What if the program rows were others: the same history, paid by them, beside what is paid now."""

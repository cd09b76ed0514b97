"""Files for partners: each gets its own rows of published tables, as one policy says."""

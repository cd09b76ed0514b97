"""The program owner's page: three questions, answered from the published tables."""

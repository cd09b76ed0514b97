"""Orchestration of the warehouse: landing, dbt, publication, and the job that ties them."""

"""Dagster assets, one module a step: landing, dbt, publication."""

{{ config(schema='certified') }}
-- Retention of the whole vendor, and of its tiers and regions of partners, segments and regions of customers,
-- and products: the same figures as a partner's, so that a partner can be held against its peers.
{{ as_certified('retention_by_level_monthly', ref('int_retention__other_levels')) }}

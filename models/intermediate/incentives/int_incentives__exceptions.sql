-- One row an exception and month in which it is granted, until the day it expires.
with

version_months as (
    select * from {{ ref('int_incentives__version_months') }}
),

grants as (
    select * from {{ ref('exception_grants') }}
)

select
    version_months.program_id,
    version_months.program_version_id,
    grants.exception_id,
    grants.partner_id,
    grants.lever_id,
    grants.gate_condition_id,
    grants.tier_id,
    grants.approved_by,
    grants.reason,
    grants.value_override,
    grants.verification = 'verified' as is_verified,
    version_months.month_start
from version_months
inner join grants
    on
        {{ rule_in_force('grants', 'version_months', 'version_months.month_start') }}
        and (grants.expires_on is null or version_months.month_start < grants.expires_on)

{{ config(schema='certified') }}
-- The ways to earn of each program version in use, as they stand now: what they are called, and how they pay.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

levers as (
    select * from {{ ref('levers') }}
),

bindings as (
    select
        program_version_id,
        binding_id,
        max(metric_id) as metric_id
    from {{ ref('metric_bindings') }}
    group by program_version_id, binding_id
),

known as (
    select
        versions.program_id,
        levers.*,
        row_number() over (
            partition by levers.program_version_id, levers.lever_id order by levers.valid_from desc, levers.recorded_on desc
        ) as place
    from levers
    inner join versions
        on
            levers.program_version_id = versions.program_version_id
            and {{ rule_is_known('levers', 'versions.known_on') }}
)

select
    known.program_id,
    known.program_version_id,
    known.lever_id,
    known.lever_name,
    known.motion,
    bindings.metric_id,
    known.frequency,
    known.payee,
    known.rate_basis,
    known.incentive_nature,
    known.pays_on,
    known.verification,
    known.source,
    known.source_date,
    known.note
from known
left join bindings
    on known.program_version_id = bindings.program_version_id and known.pay_binding_id = bindings.binding_id
where known.place = 1

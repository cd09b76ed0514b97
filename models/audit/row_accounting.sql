-- Where every landed row went. Landed is counted in the raw tables; the rest in what the layers made of them.
with

landed as (
    {% for source_name, table_name in judged_tables() %}
        select
            '{{ source_name }}' as source_name,
            '{{ table_name }}' as table_name,
            count(*) as landed_rows
        from {{ source(source_name, table_name) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

judged as (
    {% for source_name, table_name in judged_tables() %}
        select
            '{{ source_name }}' as source_name,
            '{{ table_name }}' as table_name,
            sum(case when row_status = 'accepted' then 1 else 0 end) as accepted_rows,
            sum(case when row_status = 'superseded' then 1 else 0 end) as superseded_rows,
            sum(case when row_reason = 'replay' then 1 else 0 end) as replayed_rows,
            sum(case when row_reason = 'older_version' then 1 else 0 end) as older_rows,
            sum(case when row_reason = 'deleted_in_source' then 1 else 0 end) as deleted_rows
        from {{ ref('base_' ~ source_name ~ '__' ~ table_name) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

quarantined as (
    select
        source_name,
        table_name,
        sum(landed_rows) as quarantined_rows,
        sum(case when held_back <> 'row' then landed_rows else 0 end) as held_rows
    from {{ ref('quarantine') }}
    group by source_name, table_name
)

select
    landed.source_name,
    landed.table_name,
    cast(landed.landed_rows as bigint) as landed_rows,
    -- rows that passed their contract and are held back later count as quarantined
    cast(coalesce(judged.accepted_rows, 0) - coalesce(quarantined.held_rows, 0) as bigint) as accepted_rows,
    cast(coalesce(quarantined.quarantined_rows, 0) as bigint) as quarantined_rows,
    cast(coalesce(judged.superseded_rows, 0) as bigint) as superseded_rows,
    cast(coalesce(judged.replayed_rows, 0) as bigint) as replayed_rows,
    cast(coalesce(judged.older_rows, 0) as bigint) as older_rows,
    cast(coalesce(judged.deleted_rows, 0) as bigint) as deleted_rows
from landed
inner join judged on landed.source_name = judged.source_name and landed.table_name = judged.table_name
left join quarantined on landed.source_name = quarantined.source_name and landed.table_name = quarantined.table_name

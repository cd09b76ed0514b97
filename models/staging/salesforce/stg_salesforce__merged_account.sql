-- Accounts that were merged into another, with the one that is left. Merges follow each other, so a step is
-- doubled four times, which reaches sixteen merges in a row. Where that ends at no account that is left (it was not
-- delivered, or the merges go in a circle) the account stays what it is.
with

accounts as (
    select * from {{ ref('stg_salesforce__account') }}
),

merges as (
    select
        account_id,
        source_relation,
        merged_into_account_id as survivor_id
    from accounts
    where merged_into_account_id is not null and merged_into_account_id <> account_id
)
{%- for step in range(4) %}
    ,

    merges_{{ step }} as (
        select
            merges.account_id,
            merges.source_relation,
            coalesce(next_merges.survivor_id, merges.survivor_id) as survivor_id
        from {{ 'merges' if step == 0 else 'merges_' ~ (step - 1) }} as merges
        left join {{ 'merges' if step == 0 else 'merges_' ~ (step - 1) }} as next_merges
            on
                merges.survivor_id = next_merges.account_id
                and merges.source_relation = next_merges.source_relation
    )
{%- endfor %}

select
    merges_3.account_id,
    merges_3.source_relation,
    merges_3.survivor_id
from merges_3
inner join accounts
    on merges_3.survivor_id = accounts.account_id and merges_3.source_relation = accounts.source_relation
left join merges
    on merges_3.survivor_id = merges.account_id and merges_3.source_relation = merges.source_relation
where merges.account_id is null

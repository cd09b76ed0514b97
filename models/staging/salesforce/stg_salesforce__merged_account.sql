-- Accounts that were merged into another, with the one that is left. Merges follow each other, so the step is doubled
-- three times, which reaches eight merges in a row. Where that ends at no account that is left (it was not delivered, or
-- the merges go in a circle) the account stays what it is.
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
),

two_steps as (
    select
        merged.account_id,
        merged.source_relation,
        coalesce(next_merges.survivor_id, merged.survivor_id) as survivor_id
    from merges as merged
    left join merges as next_merges
        on merged.survivor_id = next_merges.account_id and merged.source_relation = next_merges.source_relation
),

four_steps as (
    select
        merged.account_id,
        merged.source_relation,
        coalesce(next_merges.survivor_id, merged.survivor_id) as survivor_id
    from two_steps as merged
    left join two_steps as next_merges
        on merged.survivor_id = next_merges.account_id and merged.source_relation = next_merges.source_relation
),

eight_steps as (
    select
        merged.account_id,
        merged.source_relation,
        coalesce(next_merges.survivor_id, merged.survivor_id) as survivor_id
    from four_steps as merged
    left join four_steps as next_merges
        on merged.survivor_id = next_merges.account_id and merged.source_relation = next_merges.source_relation
)

select
    eight_steps.account_id,
    eight_steps.source_relation,
    eight_steps.survivor_id
from eight_steps
inner join accounts
    on eight_steps.survivor_id = accounts.account_id and eight_steps.source_relation = accounts.source_relation
left join merges
    on eight_steps.survivor_id = merges.account_id and eight_steps.source_relation = merges.source_relation
where merges.account_id is null

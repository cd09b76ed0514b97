-- Accounts that were merged into another, with the one that is left. Merges follow each other, so the step is doubled
-- three times, which reaches eight merges in a row. Where that ends at no account that is left (it was not delivered, or
-- the merges go in a circle) the account stays what it is.
with

accounts as (
    select * from {{ ref('stg_salesforce__account') }}
),

one_step as (
    select
        account_id,
        source_relation,
        merged_into_account_id as survivor_id
    from accounts
    where merged_into_account_id is not null and merged_into_account_id <> account_id
),

two_steps as (
    select
        earlier.account_id,
        earlier.source_relation,
        coalesce(later.survivor_id, earlier.survivor_id) as survivor_id
    from one_step as earlier
    left join one_step as later
        on earlier.survivor_id = later.account_id and earlier.source_relation = later.source_relation
),

four_steps as (
    select
        earlier.account_id,
        earlier.source_relation,
        coalesce(later.survivor_id, earlier.survivor_id) as survivor_id
    from two_steps as earlier
    left join two_steps as later
        on earlier.survivor_id = later.account_id and earlier.source_relation = later.source_relation
),

eight_steps as (
    select
        earlier.account_id,
        earlier.source_relation,
        coalesce(later.survivor_id, earlier.survivor_id) as survivor_id
    from four_steps as earlier
    left join four_steps as later
        on earlier.survivor_id = later.account_id and earlier.source_relation = later.source_relation
)

select
    eight_steps.account_id,
    eight_steps.source_relation,
    eight_steps.survivor_id
from eight_steps
inner join accounts
    on eight_steps.survivor_id = accounts.account_id and eight_steps.source_relation = accounts.source_relation
left join one_step
    on eight_steps.survivor_id = one_step.account_id and eight_steps.source_relation = one_step.source_relation
where one_step.account_id is null

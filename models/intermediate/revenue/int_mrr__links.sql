-- What started items take up of ended ones, and when: a plan swap, cancel and rebuy, migration, or renewal under a new
-- id. An end and a start that have no other counterpart are one (`is_whole`): all of the old value stands until the new
-- one starts, and the difference shows then. Of others the part that is taken up is passed on.
with

matches as (
    select * from {{ ref('int_mrr__swap_matches') }}
),

currency_changes as (
    select * from {{ ref('int_mrr__currency_changes') }}
),

dated as (
    select
        matches.customer_id,
        matches.currency,
        matches.ended_item_id,
        matches.ended_interval_number,
        matches.ended_date,
        matches.ended_mrr,
        matches.started_item_id,
        matches.amount,
        greatest(matches.started_date, coalesce(of_starts.change_date, matches.started_date)) as started_date,
        coalesce(of_ends.amount, 0) as currency_amount,
        of_ends.change_date as currency_date,
        count(*) over (partition by matches.ended_item_id) = 1
        and count(*) over (partition by matches.started_item_id) = 1
        and of_ends.subscription_item_id is null
        and of_starts.subscription_item_id is null as is_whole
    from matches
    left join currency_changes as of_ends
        on matches.ended_item_id = of_ends.subscription_item_id and of_ends.side = 'end'
    left join currency_changes as of_starts
        on matches.started_item_id = of_starts.subscription_item_id and of_starts.side = 'start'
),

-- where the part lies in what the old item still has, and in what the new one has by then
placed as (
    select
        *,
        sum(amount) over (
            partition by ended_item_id
            order by started_date desc, amount asc, started_item_id desc
            rows between unbounded preceding and current row
        ) as still_to_go,
        sum(amount) over (
            partition by started_item_id
            order by ended_date asc, amount desc, ended_item_id asc
            rows between unbounded preceding and current row
        ) as started_after
    from dated
),

values_of_parts as (
    select
        *,
        still_to_go + case when currency_date >= started_date then currency_amount else 0 end as ended_before
    from placed
)

select
    customer_id,
    currency,
    ended_item_id,
    ended_interval_number,
    started_item_id,
    is_whole,
    cast(case when is_whole then ended_mrr else amount end as decimal(18, 6)) as amount,
    cast(case when is_whole then ended_mrr else ended_before end as decimal(18, 6)) as ended_before,
    cast(case when is_whole then 0 else ended_before - amount end as decimal(18, 6)) as ended_after,
    cast(case when is_whole then 0 else started_after - amount end as decimal(18, 6)) as started_before,
    cast(started_after as decimal(18, 6)) as started_after,
    ended_date,
    started_date,
    {{ dbt.datediff('ended_date', 'started_date', 'day') }} as gap_days
from values_of_parts

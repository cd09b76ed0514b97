{{ config(schema='certified') }}
-- What became of each opportunity that was shown to a partner, by today's data. Accepted by the first deal that answers
-- it; worked when that deal moves on, or when somebody other than support has to do with the customer in time.
with

episodes as (
    select * from {{ ref('int_opportunities__episodes') }}
),

answers as (
    select * from {{ ref('int_opportunities__answers') }}
    where answer_number = 1
),

touches as (
    select
        customer_id,
        touched_on
    from {{ ref('int_touches') }}
    where role_id <> 'customer_support'
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

-- what no deal takes up can be worked on at once, the others once there is a deal
touched as (
    select
        episodes.partner_id,
        episodes.opportunity_key,
        episodes.first_shown_month,
        min(touches.touched_on) as touched_on
    from episodes
    left join answers
        on
            episodes.partner_id = answers.partner_id
            and episodes.opportunity_key = answers.opportunity_key
            and episodes.first_shown_month = answers.first_shown_month
    inner join touches
        on
            episodes.customer_id = touches.customer_id
            and touches.touched_on > case when episodes.accepted_as is null then episodes.shown_on else answers.made_on end
            and touches.touched_on <= coalesce(answers.decided_on, episodes.answer_by)
    group by episodes.partner_id, episodes.opportunity_key, episodes.first_shown_month
),

followed as (
    select
        episodes.*,
        answers.opportunity_id,
        answers.is_won,
        answers.made_on,
        answers.decided_on,
        coalesce(
            least(answers.moved_on, touched.touched_on), answers.moved_on, touched.touched_on
        ) as worked_on,
        episodes.answer_by < as_of.as_of_date as is_over
    from episodes
    cross join as_of
    left join answers
        on
            episodes.partner_id = answers.partner_id
            and episodes.opportunity_key = answers.opportunity_key
            and episodes.first_shown_month = answers.first_shown_month
    left join touched
        on
            episodes.partner_id = touched.partner_id
            and episodes.opportunity_key = touched.opportunity_key
            and episodes.first_shown_month = touched.first_shown_month
)

select
    partner_id,
    opportunity_key,
    customer_id,
    product_id,
    opportunity_id,
    kind,
    case
        when is_won then 'won'
        when not is_won then 'lost'
        when worked_on is not null then 'worked'
        when opportunity_id is not null then 'accepted'
        when is_over then 'not_taken_up'
        else 'open'
    end as outcome,
    case when accepted_as is null then 'no_deal_takes_it_up' end as is_accepted_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    estimated_mrr,
    case when accepted_as is not null then opportunity_id is not null end as is_accepted,
    worked_on is not null as is_worked,
    is_won,
    is_over,
    shown_on,
    answer_by,
    made_on as accepted_on,
    worked_on,
    decided_on,
    last_shown_month,
    first_shown_month
from followed

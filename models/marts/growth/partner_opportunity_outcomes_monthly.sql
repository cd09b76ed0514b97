{{ config(schema='certified') }}
-- How each partner answers its feed, a row a partner and month: of the opportunities whose time to answer ended in the
-- last twelve months, how many were taken up; and whether deals that answer the feed are won more often than others. A
-- month's row stands on what had happened by its end.
with

feed as (
    select * from {{ ref('partner_opportunity_feed_monthly') }}
),

outcomes as (
    select * from {{ ref('partner_opportunity_outcomes') }}
),

upsells as (
    select * from {{ ref('int_opportunities__upsell_outcomes') }}
),

months as (
    select * from {{ ref('int_months') }}
),

first_months as (
    select
        partner_id,
        min(month_start) as first_month
    from (
        select
            partner_id,
            month_start
        from feed
        union all
        select
            partner_id,
            month_start
        from upsells
    ) as told
    group by partner_id
),

spine as (
    select
        first_months.partner_id,
        months.month_start,
        months.month_end
    from first_months
    inner join months on first_months.first_month <= months.month_start
),

in_feed as (
    select
        partner_id,
        count(*) as open_opportunities,
        month_start
    from feed
    group by partner_id, month_start
),

shown as (
    select
        partner_id,
        count(*) as shown_opportunities,
        first_shown_month as month_start
    from outcomes
    group by partner_id, first_shown_month
),

judged as (
    select
        outcomes.partner_id,
        count(outcomes.is_accepted) as judged_opportunities,
        sum(case when outcomes.is_accepted then 1 else 0 end) as accepted_opportunities,
        sum(case when outcomes.is_accepted and outcomes.worked_on <= months.month_end then 1 else 0 end) as worked_opportunities,
        sum(case when outcomes.is_won and outcomes.decided_on <= months.month_end then 1 else 0 end) as won_opportunities,
        sum(case when not outcomes.is_won and outcomes.decided_on <= months.month_end then 1 else 0 end) as lost_opportunities,
        months.month_start
    from outcomes
    inner join months
        on
            outcomes.answer_by <= months.month_end
            and outcomes.answer_by >= {{ add_months('months.month_start', 1 - var('upsell_window_months')) }}
    group by outcomes.partner_id, months.month_start
),

counted as (
    select
        spine.partner_id,
        coalesce(in_feed.open_opportunities, 0) as open_opportunities,
        coalesce(shown.shown_opportunities, 0) as shown_opportunities,
        {%- for count in ['judged_opportunities', 'accepted_opportunities', 'worked_opportunities', 'won_opportunities', 'lost_opportunities'] %}
            coalesce(judged.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- for count in ['feed_decided_upsells', 'feed_won_upsells', 'other_decided_upsells', 'other_won_upsells'] %}
            coalesce(upsells.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        spine.month_start
    from spine
    left join in_feed on spine.partner_id = in_feed.partner_id and spine.month_start = in_feed.month_start
    left join shown on spine.partner_id = shown.partner_id and spine.month_start = shown.month_start
    left join judged on spine.partner_id = judged.partner_id and spine.month_start = judged.month_start
    left join upsells on spine.partner_id = upsells.partner_id and spine.month_start = upsells.month_start
)

select
    partner_id,
    case when judged_opportunities = 0 then 'none_judged' end as acceptance_rate_null_reason,
    case when feed_decided_upsells = 0 then 'none_decided' end as feed_upsell_success_null_reason,
    case when other_decided_upsells = 0 then 'none_decided' end as other_upsell_success_null_reason,
    {%- for count in [
        'open_opportunities', 'shown_opportunities', 'judged_opportunities', 'accepted_opportunities',
        'worked_opportunities', 'won_opportunities', 'lost_opportunities',
    ] %}
        cast({{ count }} as bigint) as {{ count }},
    {%- endfor %}
    cast({{ divided('accepted_opportunities', 'nullif(judged_opportunities, 0)') }} as decimal(18, 6)) as acceptance_rate,
    {%- for side in ['feed', 'other'] %}
        cast({{ side }}_decided_upsells as bigint) as {{ side }}_decided_upsells,
        cast({{ side }}_won_upsells as bigint) as {{ side }}_won_upsells,
        cast({{ divided(side ~ '_won_upsells', 'nullif(' ~ side ~ '_decided_upsells, 0)') }} as decimal(18, 6))
            as {{ side }}_upsell_success_rate,
    {%- endfor %}
    month_start
from counted

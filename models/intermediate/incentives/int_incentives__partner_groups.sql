-- Which partners are one group of companies: those with the same partner at the top, by the parent that each names. At
-- most six levels are followed; partners that name each other in a circle are a group by the smallest of their ids.
with

partners as (
    select * from {{ ref('input_partners') }}
),

parents as (
    select
        partners.partner_id,
        above.partner_id as parent_id
    from partners
    inner join partners as above on partners.parent_partner_id = above.partner_id
),

level_0 as (
    select
        partner_id,
        partner_id as top_id,
        partner_id as smallest_id
    from partners
)
{%- for level in range(1, 7) %}
    ,

    level_{{ level }} as (
        select
            below.partner_id,
            coalesce(parents.parent_id, below.top_id) as top_id,
            least(below.smallest_id, coalesce(parents.parent_id, below.smallest_id)) as smallest_id
        from level_{{ level - 1 }} as below
        left join parents on below.top_id = parents.partner_id
    )
{%- endfor %}

select
    level_6.partner_id,
    -- whoever still has a parent goes round in a circle
    case when parents.partner_id is null then level_6.top_id else level_6.smallest_id end as group_id
from level_6
left join parents on level_6.top_id = parents.partner_id

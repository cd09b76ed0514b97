-- Which partners are one group of companies: those with the same partner at the top, by the parent that each names. At
-- most six levels are followed; partners that name each other in a circle are a group by their smallest id.
with

partners as (
    select * from {{ ref('input_partners') }}
),

level_0 as (
    select
        partner_id,
        partner_id as top_partner_id
    from partners
)
{%- for level in range(1, 7) %},

level_{{ level }} as (
    select
        below.partner_id,
        coalesce(parents.partner_id, below.top_partner_id) as top_partner_id
    from level_{{ level - 1 }} as below
    left join partners on below.top_partner_id = partners.partner_id
    left join partners as parents on partners.parent_partner_id = parents.partner_id
)
{%- endfor %}

select
    partner_id,
    top_partner_id as group_id
from level_6

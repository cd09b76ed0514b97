-- Guards the split: the shares of every set of partners sum to one, and one member takes the remainder.
select
    share_set_id,
    sum(share) as shares
from {{ ref('int_share_set_members') }}
group by share_set_id
having sum(share) <> 1 or sum(case when takes_remainder then 1 else 0 end) <> 1 or min(share) <= 0

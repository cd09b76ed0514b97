-- Guards that no accelerator is passed over: a lever, partner and period has room for six of them.
select
    program_version_id,
    lever_id,
    partner_id,
    period_start,
    count(*) as accelerators
from {{ ref('int_incentives__accelerations') }}
group by program_version_id, lever_id, partner_id, period_start
having count(*) > 6

-- Guards the default contribution: the seed contribution_rules has a row for each of the four rules, one of them the
-- default, and a half-life for the decay: otherwise the default contribution would be nothing, or twice of it.
select
    count(*) as rules,
    sum(case when is_default then 1 else 0 end) as defaults,
    sum(case when attribution_rule = 'time_decay' and half_life_days > 0 then 1 else 0 end) as half_lives
from {{ ref('contribution_rules') }}
having
    count(*) <> 4
    or count(distinct case when attribution_rule in ('first', 'last', 'linear', 'time_decay') then attribution_rule end) <> 4
    or sum(case when is_default then 1 else 0 end) <> 1
    or sum(case when attribution_rule = 'time_decay' and half_life_days > 0 then 1 else 0 end) <> 1

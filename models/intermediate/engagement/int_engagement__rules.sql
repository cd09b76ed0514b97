{{ config(materialized='view') }}
-- The numbers by which conversations are judged, in one row.
select
    max(case when rule_id = 'window_months' then value end) as window_months,
    max(case when rule_id = 'continuing_turns' then value end) as continuing_turns,
    max(case when rule_id = 'prompt_hours' then value end) as prompt_hours,
    max(case when rule_id = 'min_threads' then value end) as min_threads
from {{ ref('conversation_rules') }}

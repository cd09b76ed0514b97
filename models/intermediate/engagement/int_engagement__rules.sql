{{ config(materialized='view') }}
-- The numbers by which conversations are judged, in one row.
select
    max(case when rule_id = 'window_months' then cast(value as integer) end) as window_months,
    max(case when rule_id = 'continuing_turns' then cast(value as integer) end) as continuing_turns,
    max(case when rule_id = 'prompt_hours' then cast(value as integer) end) as prompt_hours,
    max(case when rule_id = 'min_threads' then cast(value as integer) end) as min_threads
from {{ ref('conversation_rules') }}

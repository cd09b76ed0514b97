-- Guards the calendar's end: an extract without delivery times gives no months at all. Set the variable
-- `as_of` for such an extract.
select as_of_at
from {{ ref('int_as_of') }}
where as_of_at is null

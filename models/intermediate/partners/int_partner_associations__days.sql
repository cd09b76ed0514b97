-- The days on which each association counts, as [from_date, to_date): the partner of a day is who holds the customer at
-- its last instant. A gap of less than a day between two associations of one customer and role is none: the earlier lasts
-- until the later begins. An end in the last second of a day is the end of that day, because exporters of versions end
-- one a moment before the next.
with

associations as (
    select
        *,
        coalesce(subscription_id, customer_id) as held_id
    from {{ ref('input_partner_associations') }}
    where split_percent > 0 or not is_of_record
),

followed as (
    select
        ended.association_id,
        min(later.valid_from_at) as next_from_at
    from associations as ended
    inner join associations as later
        on
            ended.held_id = later.held_id
            and ended.partner_role = later.partner_role
            and ended.is_of_record = later.is_of_record
            and ended.association_id <> later.association_id
            and ended.valid_to_at <= later.valid_from_at
            and {{ dbt.dateadd('day', 1, 'ended.valid_to_at') }} > later.valid_from_at
    group by ended.association_id
),

lasting as (
    select
        associations.*,
        coalesce(
            followed.next_from_at, {{ dbt.dateadd('second', 1, 'associations.valid_to_at') }}
        ) as lasts_until_at
    from associations
    left join followed on associations.association_id = followed.association_id
)

select
    association_id,
    customer_id,
    subscription_id,
    partner_id,
    partner_role,
    is_of_record,
    split_percent,
    recorded_at,
    coalesce({{ local_date('valid_from_at') }}, cast('1900-01-01' as date)) as from_date,
    coalesce({{ local_date('lasts_until_at') }}, {{ open_end() }}) as to_date
from lasting

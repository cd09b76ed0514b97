-- What every estimate is made of: a unit that was exposed or was not, and what became of it. A unit stands once in
-- an estimate, so that the units of an estimate are independent of each other.
select * from {{ ref('int_effects__role_touch_observations') }}

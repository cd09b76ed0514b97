{{ base_rows('partner_portal', 'course') }}

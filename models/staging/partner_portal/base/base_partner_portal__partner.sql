{{ base_rows('partner_portal', 'partner') }}

"""Partner programs as rows: read, validated and shown. The rows stand in `seeds/programs`."""

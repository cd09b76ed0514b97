"""What the small project expects of its one certified table with figures."""

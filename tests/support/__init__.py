"""What several tests share: small worlds, and what a platform would do with a plan."""

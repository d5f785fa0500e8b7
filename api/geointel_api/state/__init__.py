"""What the service itself must remember, in a database beside the snapshots: alerts, subscriptions, deliveries."""

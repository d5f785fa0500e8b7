"""What layers of roads share: the stretches with what was counted on them, and lines."""

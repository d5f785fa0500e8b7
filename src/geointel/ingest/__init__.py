"""Source files to canonical tables. Coordinates become cells here, and incident coordinates stop here."""

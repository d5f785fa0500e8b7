"""The gate: the only exit of counts. Everything after it is arithmetic on released numbers."""

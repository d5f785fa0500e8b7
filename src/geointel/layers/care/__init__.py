"""People, the help that there is for them, and the way between: what layers of need, access and gaps share."""

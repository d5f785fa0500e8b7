"""Data sources: one file per kind. The folder is the registry (``geointel sources``)."""

"""Layers: one file per kind. The folder is the registry (``geointel layers``)."""

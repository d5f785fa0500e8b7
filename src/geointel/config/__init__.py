"""One TOML file per partnership, read whole or refused with all of its faults."""

from geointel.config.agreement import Agreement, expired, without_agreement
from geointel.config.area import Area, AreaLevel, Lookup
from geointel.config.document import Engine, FetchTable, Grid, Period
from geointel.config.editions import open_editions, protected_in
from geointel.config.files import check
from geointel.config.kinds import LAYER_KINDS, SOURCE_KINDS, Kinds, installed
from geointel.config.load import digest, load
from geointel.config.partnership import LayerChoice, Partnership, Source
from geointel.config.policy import Edition, Policy
from geointel.config.schema import schema, schema_text
from geointel.config.starter import init, template

__all__ = [
    "LAYER_KINDS",
    "SOURCE_KINDS",
    "Agreement",
    "Area",
    "AreaLevel",
    "Edition",
    "Engine",
    "FetchTable",
    "Grid",
    "Kinds",
    "LayerChoice",
    "Lookup",
    "Partnership",
    "Period",
    "Policy",
    "Source",
    "check",
    "digest",
    "expired",
    "init",
    "installed",
    "load",
    "open_editions",
    "protected_in",
    "schema",
    "schema_text",
    "template",
    "without_agreement",
]

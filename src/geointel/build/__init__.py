"""The conductor: sources → facts → gate → layers → a new snapshot."""

from geointel.build.build import build
from geointel.build.look import Look, Looked, look
from geointel.build.report import BuildReport, LayerReport, SourceReport

__all__ = ["BuildReport", "LayerReport", "Look", "Looked", "SourceReport", "build", "look"]

"""The conductor: sources → facts → gate → layers → a new snapshot."""

from geointel.build.build import build
from geointel.build.evaluate import Judged, evaluate
from geointel.build.look import Look, Looked, look
from geointel.build.report import BuildReport, LayerReport, SourceReport

__all__ = ["BuildReport", "Judged", "LayerReport", "Look", "Looked", "SourceReport", "build", "evaluate", "look"]

"""A partnership whose every record is made up, written as files in the real formats."""

from geointel.demo.scale import SCALES, Scale
from geointel.demo.write import DemoFiles, write_demo

__all__ = ["SCALES", "DemoFiles", "Scale", "write_demo"]

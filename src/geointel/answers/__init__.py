"""What if, and where: questions over a published snapshot, answered by arithmetic on what was released.

Used by the command line and by the web service. Nothing here reads a source, and nothing is written.
"""

from geointel.answers.actions import ScenarioRequest
from geointel.answers.scenario import scenario
from geointel.answers.sites import SitesRequest, sites
from geointel.answers.world import World, open_world

__all__ = ["ScenarioRequest", "SitesRequest", "World", "open_world", "scenario", "sites"]

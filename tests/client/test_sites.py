"""Where to open services, over HTTP: a plan at once, and a proof as a job."""

from __future__ import annotations

import time
from typing import Any

import pytest

from geointel.errors import SnapshotNotFoundError
from geointel_api.errors import TooLargeError
from geointel_api.jobs import WAITING, Jobs

"""``python -m geointel.cli``."""

from geointel.cli.main import main

main()

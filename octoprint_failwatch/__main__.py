"""The command line, as `python -m octoprint_failwatch`."""

from .cli import main

main(prog_name="failwatch")

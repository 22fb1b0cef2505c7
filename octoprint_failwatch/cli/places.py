"""Where the command line keeps its history."""

from __future__ import annotations

from pathlib import Path

import click

from ..detection.history import History

DEFAULT = Path(click.get_app_dir("failwatch")) / "history.db"

history_option = click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT,
    envvar="FAILWATCH_HISTORY",
    help="File of the history; also from FAILWATCH_HISTORY.",
)


def open_history(path: Path, *, must_exist: bool = False) -> History:
    """Return the history at a path; raises HistoryError, or a usage error if it must be there."""
    if must_exist and not path.is_file():
        raise click.ClickException(f"There is no history {path}: name one by --history.")
    return History(path)

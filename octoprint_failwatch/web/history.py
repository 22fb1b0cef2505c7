"""Serve past prints at /plugin/failwatch/prints: the list, each print's frames, pictures, CSV and zip."""

from __future__ import annotations

import io
import re
import tempfile
from typing import TYPE_CHECKING, Any

import flask
from octoprint.plugin import BlueprintPlugin

from ..engine import serialization
from ..engine.history import History, HistoryError, PrintRecord
from ..engine.history.course import print_course
from ..engine.history.exchange import write_csv, write_zip
from ..permissions import require
from .arguments import number
from .error_messages import translate_error

if TYPE_CHECKING:
    from ..watching.runtime import Service

AT_ONCE = 25
MAX_ID = 2**63 - 1  # that SQLite can hold


class PastPrints(BlueprintPlugin):  # type: ignore[misc]
    """The mixin that serves them."""

    service: Service | None

    @BlueprintPlugin.errorhandler(HistoryError)  # type: ignore[untyped-decorator]
    def unreadable(self, error: HistoryError) -> flask.Response:
        """Answer that the history cannot be read now: it is locked, damaged, or could not be made."""
        return flask.make_response(flask.jsonify(error=translate_error(error)), 503)

    @BlueprintPlugin.route("/prints", methods=["GET"])  # type: ignore[untyped-decorator]
    def prints(self) -> flask.Response:
        """Answer with prints, newest first; `before` pages on, 400 says that it is no number."""
        require("VIEW")
        try:
            before = number(flask.request.args, "before") if "before" in flask.request.args else None
        except ValueError as error:
            return flask.make_response(flask.jsonify(error=str(error)), 400)
        history = self._history()
        return flask.jsonify(
            prints=[serialization.to_json(record) for record in history.prints(before=before, limit=AT_ONCE)],
            bytes=history.size(),
        )

    @BlueprintPlugin.route("/prints/<print_id>", methods=["GET"])  # type: ignore[untyped-decorator]
    def frames(self, print_id: str) -> flask.Response:
        """Answer with a print's frames, with what happened in between, and with the rules."""
        require("VIEW")
        try:
            return flask.jsonify(print_course(self._history(), print_id))
        except HistoryError:
            flask.abort(404)

    @BlueprintPlugin.route("/prints/<print_id>/<int:frame_id>.jpg", methods=["GET"])  # type: ignore[untyped-decorator]
    def frame_picture(self, print_id: str, frame_id: int) -> flask.Response:
        """Answer with a kept picture."""
        require("VIEW")
        history = self._history()
        _known(history, print_id)
        if frame_id > MAX_ID:
            flask.abort(404)
        picture = history.picture(frame_id, flask.request.args.get("camera", ""))
        if picture is None:
            flask.abort(404)
        response = flask.make_response(picture)
        response.mimetype = "image/jpeg"
        response.headers["Cache-Control"] = "private, max-age=86400"
        return response

    @BlueprintPlugin.route("/prints/<print_id>.csv", methods=["GET"])  # type: ignore[untyped-decorator]
    def csv(self, print_id: str) -> flask.Response:
        """Answer with a print's frames as a table."""
        require("VIEW")
        history = self._history()
        record = _known(history, print_id)
        table = io.StringIO()
        write_csv(history, print_id, table)
        return _download(table.getvalue().encode(), record, "csv", "text/csv")

    @BlueprintPlugin.route("/prints/<print_id>.zip", methods=["GET"])  # type: ignore[untyped-decorator]
    def zip(self, print_id: str) -> flask.Response:
        """Answer with all that is kept of a print."""
        require("VIEW")
        history = self._history()
        record = _known(history, print_id)
        archive = tempfile.SpooledTemporaryFile(max_size=20_000_000)  # noqa: SIM115 - closed with the response
        write_zip(history, [print_id], archive)
        archive.seek(0)
        return _download(archive, record, "zip", "application/zip")

    def _history(self) -> History:
        if self.service is None:
            flask.abort(503)
        return self.service.watcher.history


def _known(history: History, print_id: str) -> PrintRecord:
    try:
        return history.print(print_id)
    except HistoryError:
        flask.abort(404)


def _download(content: Any, record: PrintRecord, ending: str, kind: str) -> flask.Response:
    name = re.sub(r"[^\w.-]+", "_", record.name.rsplit(".", 1)[0])[:60] or "print"
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return flask.send_file(file, mimetype=kind, as_attachment=True, download_name=f"{name}.{ending}")

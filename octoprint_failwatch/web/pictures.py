"""Serve pictures at /plugin/failwatch: each camera's last judged frame, plain and with its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from octoprint.plugin import BlueprintPlugin

from ..engine.errors import BadPicture, FailWatchError
from ..engine.imaging.annotation import tagged
from ..engine.models import Box
from ..permissions import require
from ..watching.watch_settings import cameras
from ..watching.watcher import Watcher
from .error_messages import translate_error

if TYPE_CHECKING:
    from ..watching.runtime import Service


class Pictures(BlueprintPlugin):  # type: ignore[misc]
    """The mixin that serves them."""

    service: Service | None

    def is_blueprint_protected(self) -> bool:
        """Nobody gets in without an account or an application key."""
        return True

    def is_blueprint_csrf_protected(self) -> bool:
        """Nothing is ordered from another site's page."""
        return True

    @BlueprintPlugin.route("/frame.jpg", methods=["GET"])  # type: ignore[untyped-decorator]
    def frame(self) -> flask.Response:
        """Answer with the last judged frame."""
        require("VIEW")
        return _jpeg(self._last_frame()[0])

    @BlueprintPlugin.route("/tagged.jpg", methods=["GET"])  # type: ignore[untyped-decorator]
    def tagged_frame(self) -> flask.Response:
        """Answer with the last judged frame, its boxes drawn in."""
        require("VIEW")
        picture, boxes = self._last_frame()
        try:
            return _jpeg(tagged(picture, boxes))
        except BadPicture:
            return _jpeg(picture)

    @BlueprintPlugin.route("/snapshot.jpg", methods=["GET"])  # type: ignore[untyped-decorator]
    def snapshot(self) -> flask.Response:
        """Answer with a camera's current picture, of a watched one or of any other to choose from."""
        service = self._service()
        camera = flask.request.args.get("camera", "")
        require("CONTROL" if camera in cameras(service.host.settings()) else "CONFIGURE")
        try:
            return _jpeg(service.run(service.watcher.snapshot(camera)))
        except (FailWatchError, TimeoutError) as error:
            said = translate_error(error) or "The camera did not answer."
            # Text, not a page: it may hold a camera's name as whoever wrote the link wants it.
            return flask.Response(said, 502, mimetype="text/plain")

    def _service(self) -> Service:
        if self.service is None:
            flask.abort(503)
        return self.service

    def _last_frame(self) -> tuple[bytes, tuple[Box, ...]]:
        camera = flask.request.args.get("camera")

        def find(watcher: Watcher) -> tuple[bytes, tuple[Box, ...]] | None:
            look, frames = watcher.state.look, watcher.frames
            name = camera if camera is not None else next(iter(frames), "")
            if name not in frames:
                return None
            boxes = next((view.boxes for view in look.views if view.camera == name), ()) if look else ()
            return frames[name].jpeg, boxes

        found = self._service().ask(find)
        if found is None:
            flask.abort(404)
        return found


def _jpeg(picture: bytes) -> flask.Response:
    response = flask.make_response(picture)
    response.mimetype = "image/jpeg"
    response.headers["Cache-Control"] = "no-store"
    return response

"""Where detection services fetch a picture: an unguessable address that answers once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tornado.web import RequestHandler

from ..engine.detectors.context import Publisher
from ..engine.detectors.single_use_pictures import Published, SingleUsePictures

PATH = "/plugin/failwatch/once/"


def publisher(pictures: SingleUsePictures, base: str) -> Publisher:
    """Return a publisher of pictures for services that reach this OctoPrint at the URL `base`.

    The addresses of `pictures` are paths here.
    """

    @contextmanager
    def publish(jpeg: bytes) -> Iterator[Published]:
        with pictures.publish(jpeg) as published:
            published.url = base.rstrip("/") + published.url
            yield published

    return publish


class OnceHandler(RequestHandler):
    """Answers with a picture that waits to be fetched."""

    def initialize(self, take: Callable[[str], bytes | None]) -> None:
        """`take` gives the picture of a name, and forgets it."""
        self._take = take

    def get(self, name: str) -> None:
        """Answer with the picture, or 404."""
        picture = self._take(name)
        if picture is None:
            self.send_error(404)
            return
        self.set_header("Content-Type", "image/jpeg")
        self.set_header("Cache-Control", "no-store")
        self.finish(picture)


def routes(take: Callable[[str], bytes | None]) -> Callable[..., list[tuple[str, Any, dict[str, Any]]]]:
    """Return the hook that adds the address below /plugin/failwatch/."""

    def hook(*_: Any, **__: Any) -> list[tuple[str, Any, dict[str, Any]]]:
        return [(r"once/([\w-]+\.jpg)", OnceHandler, {"take": take})]

    return hook

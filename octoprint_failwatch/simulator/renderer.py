"""Draw a moment of a scene, from the room at the back to the strands in front."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from .head import Place, draw_head, place_of
from .part import Part
from .perspective import Perspective, camera_of
from .room import draw_bed, draw_frame, draw_room
from .scene import Moment, Scene
from .sensor import encode, expose
from .spaghetti import Spaghetti

SUPERSAMPLING = 2


class Renderer:
    """Draws the pictures of one scene. Takes some tens of milliseconds each: not for an event loop."""

    def __init__(self, scene: Scene) -> None:
        """Draw once what stays the same."""
        self.scene = scene
        self._size = (scene.width * SUPERSAMPLING, scene.height * SUPERSAMPLING)
        self._view = camera_of(scene, SUPERSAMPLING)
        self._room = draw_room(scene, self._size)
        draw_frame(ImageDraw.Draw(self._room), self._view)
        self._part = Part(scene)
        self._spaghetti = Spaghetti(scene, self._part)

    def render(self, progress: float, number: int, /) -> bytes:
        """Return the JPEG of the print at a progress of 0 to 1; the number varies light, noise and head."""
        moment = self.scene.moment(progress, number)
        place = place_of(self.scene, self._part, moment)
        picture = self._room.copy()
        draw = ImageDraw.Draw(picture)
        draw_bed(draw, self._view, place.bed_y)
        picture = self._with_shadow(picture, moment, place)
        draw = ImageDraw.Draw(picture)
        self._part.draw(draw, self._view, moment.part_height, place.bed_y)
        self._spaghetti.draw(draw, self._view, moment, place, before_head=False)
        draw_head(draw, self._view, place)
        self._spaghetti.draw(draw, self._view, moment, place, before_head=True)
        small = picture.resize((self.scene.width, self.scene.height), Image.Resampling.BOX)
        return encode(expose(small, self.scene, moment))

    def _with_shadow(self, picture: Image.Image, moment: Moment, place: Place) -> Image.Image:
        """Darken the bed beside the part and below the head."""
        shadow = Image.new("L", (self._size[0] // 4, self._size[1] // 4), 0)
        draw = ImageDraw.Draw(shadow)
        foot = self._part.outline(0.0, place.bed_y)
        reach = 6.0 + moment.part_height * 0.5
        cast = [(x + reach, y + reach * 0.6, 0.0) for x, y, _ in foot]
        for outline in (foot, cast):
            draw.polygon([_quarter(self._view, point) for point in outline], fill=110)
        under_head = [(place.x + x, 110.0 + y, 0.0) for x, y in ((-20, -20), (24, -20), (24, 24), (-20, 24))]
        draw.polygon([_quarter(self._view, point) for point in under_head], fill=90)
        soft = shadow.filter(ImageFilter.GaussianBlur(5)).resize(self._size)
        return Image.composite(Image.new("RGB", self._size, (6, 6, 8)), picture, soft)


def _quarter(view: Perspective, point: tuple[float, float, float]) -> tuple[float, float]:
    x, y = view.project(point)
    return x / 4, y / 4

"""Refuse JPEGs that are made to take far longer to open than their size suggests."""

from __future__ import annotations

from ..errors import BadPicture

MAX_SEGMENTS = 600
"""Segments before the picture itself: a large colour profile has 255, a camera's file about 20."""

MAX_HEAD = 2**22
"""Bytes before the picture itself, with its previews and descriptions: those of a phone's may have two million."""

MAX_SCANS = 64
"""Passes over the picture: progressive JPEGs have about 10."""

MAX_SCANNED_PIXELS = 250_000_000
"""Pixels times passes, as each pass goes over the whole picture."""

_PADDING = 0xFF
_START_OF_SCAN = 0xDA
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def check_effort(jpeg: bytes) -> None:
    """Raise BadPicture for a JPEG with too many passes, segments or bytes before its picture.

    Damaged pictures are left to the decoder, which reports them.
    """
    pixels, at = 0, 2
    for _ in range(MAX_SEGMENTS):
        if at > MAX_HEAD:
            break
        if at + 4 > len(jpeg) or jpeg[at] != 0xFF:
            return
        marker = jpeg[at + 1]
        if marker == _PADDING:
            at += 1
            continue
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        if marker in _FRAME_HEADERS:
            pixels = int.from_bytes(jpeg[at + 5 : at + 7]) * int.from_bytes(jpeg[at + 7 : at + 9])
        if marker == _START_OF_SCAN:
            # Within a picture's data no other byte than zero follows 0xFF, unless a segment begins.
            scans = jpeg.count(b"\xff\xda", at)
            # A frame of three colours may come in three passes, each over its own colour only.
            if scans > MAX_SCANS or (scans > 3 and scans * pixels > MAX_SCANNED_PIXELS):
                raise BadPicture(f"The picture is stored in {scans} passes, which take too long to open.")
            return
        at += 2 + length
    raise BadPicture("The picture has too much before the picture itself.")

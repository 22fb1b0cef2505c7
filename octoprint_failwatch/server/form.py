"""Parse a form (multipart/form-data, RFC 7578) that lies in memory, in time linear in its size."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..engine.errors import BadRequest

MAX_PARTS = 32
MAX_PREAMBLE = 1024  # bytes before the first part
MAX_HEADS = 4096  # bytes of all parts' headers: what they cost is most of what a small form can cost

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)', re.IGNORECASE)
_PARAMETER = re.compile(rb';[ \t]*([^\s;="]+)=(?:"((?:\\.|[^"\\])*)"|([^\s;"]+))')
_PADDING = re.compile(rb"[ \t]*\r\n")


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a Content-Type header names. Raises BadRequest."""
    found = _BOUNDARY.search(content_type)
    boundary = (found[1] or found[2]).rstrip() if found else ""
    if not boundary or not boundary.isascii():
        raise BadRequest("The form cannot be read: its Content-Type names no boundary.")
    return boundary.encode()


def parse_form(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """Return the content of every named part. Raises BadRequest, naming what is wrong.

    Sizes are checked before parsing: lines, headers and the preamble have limits.
    """
    parts: dict[str, bytes] = {}
    for head, content in _parts(body, boundary):
        name = _name(head)
        if name in parts:
            raise BadRequest(f"{name[:40]} is given twice.")
        parts[name] = content
    return parts


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each part's headers and content."""
    delimiter = b"\r\n--" + boundary
    at = _first_delimiter(body, delimiter)
    left = MAX_HEADS
    for _ in range(MAX_PARTS + 1):
        if body.startswith(b"--", at):
            return
        line_end = _PADDING.match(body, at, at + 80)
        if line_end is None:
            break
        # The line break before the headers belongs to both, since a part may have no headers.
        begins = line_end.end()
        head_end = body.find(b"\r\n\r\n", begins - 2, begins + left + len(b"\r\n\r\n"))
        content_end = -1 if head_end < 0 else body.find(delimiter, head_end + 2)
        if content_end < 0:
            break
        left -= head_end - begins
        yield body[begins:head_end], body[head_end + 4 : content_end]
        at = content_end + len(delimiter)
    else:
        raise BadRequest(f"The form has more than {MAX_PARTS} parts.")
    raise BadRequest("The form cannot be read: it is damaged or cut off.")


def _first_delimiter(body: bytes, delimiter: bytes) -> int:
    """Return where the first delimiter ends, which has no line break before it without a preamble."""
    if body.startswith(delimiter[2:]):
        return len(delimiter) - 2
    found = body.find(delimiter, 0, MAX_PREAMBLE + len(delimiter))
    if found < 0:
        raise BadRequest("The form cannot be read: it does not begin with its boundary.")
    return found + len(delimiter)


def _name(head: bytes) -> str:
    name = ""
    for line in head.split(b"\r\n"):
        field, _, value = line.partition(b":")
        match field.strip().lower():
            case b"content-disposition":
                # One after the other, since a file's name may look like another parameter.
                for key, quoted, bare in _PARAMETER.findall(value):
                    if key.lower() == b"name":
                        name = (quoted or bare).decode("utf-8", "replace")
            case b"content-type" if value.strip().lower().startswith(b"multipart/"):
                raise BadRequest("The form has a part that is a form itself.")
    return name

"""Pictures are found by their structure, however the bytes arrive and whatever stands around them."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from octoprint_failwatch.engine.sources.picture_finder import Found, PictureFinder
from octoprint_failwatch.engine.sources.response import read_body, read_head
from tests.core.cameras.cameras import JPEG, OTHER, chunked, ok, part, picture

NOISY = [
    picture(),
    picture(progressive=True),
    picture(restart_marker_rows=1),
    picture(quality=100, subsampling=0),
    picture(comment=b"\xff\xd9\xff\xd8\xff" * 5),
    picture(kind="PNG"),
    picture(kind="WEBP"),
    picture(kind="GIF"),
]
KINDS = st.sampled_from(NOISY)
TEXT = st.text(st.characters(max_codepoint=126), max_size=80).map(str.encode)


def cut_up(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(data[at : at + size])
        at += size
    return [piece for piece in [*pieces, data[at:]] if piece]


def found(pieces: list[bytes], **options: bool) -> list[Found]:
    finder, all_found = PictureFinder(**options), []
    for piece in pieces:
        finder.feed(piece)
        while one := finder.next():
            all_found.append(one)
    return all_found


@given(KINDS, st.binary(max_size=50), st.lists(st.integers(1, 300), max_size=20))
def test_what_follows_a_picture_does_not_matter(data: bytes, behind: bytes, sizes: list[int]) -> None:
    assert found(cut_up(data + behind, sizes))[0] == Found(data)


@given(st.lists(KINDS, min_size=1, max_size=4), st.lists(st.integers(1, 900), max_size=20), st.booleans())
def test_every_picture_of_a_stream_is_found_once(data: list[bytes], sizes: list[int], headers: bool) -> None:
    lines = ["Content-Type: image/any", "Content-Length: 5"] if headers else []
    stream = b"".join(part(one, *lines) for one in data)
    assert found(cut_up(stream, sizes), is_stream=True) == [Found(one) for one in data]


@given(st.integers(3, len(OTHER) - 3), st.lists(st.integers(1, 900), max_size=20))
def test_a_picture_that_is_cut_off_hides_none_behind_it(keep: int, sizes: list[int]) -> None:
    stream = part(OTHER[:keep], "Content-Type: image/jpeg") + part(JPEG, "Content-Type: image/jpeg")
    whole = [one.picture for one in found(cut_up(stream, sizes), is_stream=True) if one.has_end]
    assert JPEG in whole
    assert OTHER not in whole


@given(TEXT, st.lists(st.integers(1, 900), max_size=5))
def test_a_text_before_a_picture_does_not_matter(before: bytes, sizes: list[int]) -> None:
    assert found(cut_up(before + JPEG, sizes)) == [Found(JPEG)]


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff", JPEG[:30], b"\x89PNG\r\n\x1a\n", b"GIF89a"]),
)
def test_garbage_ends(data: bytes, start: bytes) -> None:
    for is_stream in (False, True):
        for one in found([start + data], is_stream=is_stream):
            assert one.picture
            assert len(one.picture) <= len(start + data)


@given(st.data())
def test_a_damaged_picture_ends(data: st.DataObject) -> None:
    """Any byte of any kind may be wrong: nothing hangs, nothing else is raised."""
    kind = bytearray(data.draw(KINDS))
    for _ in range(data.draw(st.integers(1, 5))):
        kind[data.draw(st.integers(0, len(kind) - 1))] = data.draw(st.integers(0, 255))
    found([bytes(kind), JPEG], is_stream=True)
    found([bytes(kind)])


def test_a_large_picture_is_found_in_time_that_grows_with_it() -> None:
    """Not with its square: each byte is looked at once."""
    noise = Image.effect_noise((3000, 2000), 90)
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    data = out.getvalue()
    assert found([data[at : at + 1000] for at in range(0, len(data), 1000)]) == [Found(data)]


async def fed(pieces: list[bytes]) -> bytes:
    left = list(pieces)

    async def receive() -> bytes:
        return left.pop(0) if left else b""

    head, begun = await read_head(receive)
    return b"".join([piece async for piece in read_body(head, begun, receive)])


@given(
    st.binary(max_size=300),
    st.integers(1, 50),
    st.lists(st.integers(1, 60), max_size=40),
    st.sampled_from(["", ";x=y"]),
)
async def test_chunks_are_joined(body: bytes, size: int, sizes: list[int], extension: str) -> None:
    answer = ok(chunked(body, size, extension=extension), "Transfer-Encoding: chunked")
    assert await fed(cut_up(answer, sizes)) == body


@given(st.binary(max_size=300), st.lists(st.integers(1, 60), max_size=40))
async def test_a_body_is_all_that_comes(body: bytes, sizes: list[int]) -> None:
    assert await fed(cut_up(ok(body, "Content-Length: 3"), sizes)) == body

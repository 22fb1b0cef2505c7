"""Forms are read within their limits, whatever is sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octoprint_failwatch.engine.errors import BadRequest
from octoprint_failwatch.server.form import MAX_HEADS, MAX_PARTS, MAX_PREAMBLE, boundary_of, parse_form
from tests.slow import RUNS_SLOW_TESTS

CONTENT = st.binary(max_size=200) | st.sampled_from([b"\r\n", b"--b", b"\r\n-", b"\r\n--a", b"\r\n\r\n"])


def part(name: str, content: bytes, headers: str = "") -> bytes:
    """Return one part as browsers write it."""
    return (
        f'--b\r\nContent-Disposition: form-data; name="{name}"{headers}\r\n\r\n'.encode() + content + b"\r\n"
    )


def _with_heads(size: int) -> bytes:
    """Return parts whose headers have so many bytes together."""
    missing = size - sum(len('Content-Disposition: form-data; name="a"') for _ in "abcd") - 4 * len("\r\nX: ")
    lengths = [missing // 4, missing // 4, missing // 4, missing - missing // 4 * 3]
    return b"".join(
        part(name, b"1", "\r\nX: " + "x" * length) for name, length in zip("abcd", lengths, strict=True)
    )


@given(st.dictionaries(st.text("abc_", min_size=1, max_size=9), CONTENT, max_size=MAX_PARTS))
def test_what_is_written_is_read(parts: dict[str, bytes]) -> None:
    parts = {name: content for name, content in parts.items() if b"\r\n--b" not in b"\r\n" + content}
    body = b"".join(part(name, content) for name, content in parts.items()) + b"--b--\r\n"
    assert parse_form(body, b"b") == parts
    assert parse_form(b"preamble\r\n" + body + b"epilogue", b"b") == parts


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('content-disposition:form-data;name="img";filename="a.jpg"', "img"),
        ('Content-Disposition: form-data; filename="name=x"; name=img', "img"),
        ('Content-Disposition: form-data; filename="; name=\\"x\\""; name="img"', "img"),
        ('Content-Type: image/jpeg\r\nContent-Disposition: form-data; NAME="img"', "img"),
        ('Content-Disposition: form-data; name=""', ""),
        ("X: y", ""),
        ("no header", ""),
    ],
)
def test_names(head: str, name: str) -> None:
    assert parse_form(f"--b \t\r\n{head}\r\n\r\ncontent\r\n--b--".encode(), b"b") == {name: b"content"}


def test_a_part_without_headers() -> None:
    assert parse_form(b"--b\r\n\r\ncontent\r\n--b--", b"b") == {"": b"content"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "does not begin"),
        (b"--", "does not begin"),
        (b"--b", "cut off"),
        (b"--b\r\n", "cut off"),
        (b"--bb\r\n\r\n", "cut off"),
        (part("a", b"1"), "cut off"),
        (part("a", b"1") + part("a", b"1") + b"--b--", "a is given twice"),
        (
            b"".join(part(f"n{number}", b"") for number in range(MAX_PARTS + 1)) + b"--b--",
            "more than 32 parts",
        ),
        (part("a", b"1", "\r\nContent-Type: multipart/mixed; boundary=c") + b"--b--", "a form itself"),
        (b" " * (MAX_PREAMBLE + 1) + b"\r\n" + part("a", b"1") + b"--b--", "does not begin"),
        (part("a", b"1", "\r\nX: " + "x" * MAX_HEADS) + b"--b--", "cut off"),
        (_with_heads(MAX_HEADS + 1) + b"--b--", "cut off"),
        (b"\r\n" * 5_000_000, "does not begin"),
        (b"--b\r\n" + b"x\r\n" * 3_000_000, "cut off"),
        (b"--b" + b" " * 10_000_000, "cut off"),
    ],
    ids=lambda value: str(value[:30])[:30],
)
def test_what_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        parse_form(body, b"b")


def test_headers_are_limited_together_and_not_a_byte_below_it() -> None:
    assert set(parse_form(_with_heads(MAX_HEADS) + b"--b--", b"b")) == set("abcd")


@settings(max_examples=500 if RUNS_SLOW_TESTS else 100)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--b",
                b"\r\n",
                b"--",
                b"Content-Disposition: form-data;",
                b' name="a"',
                b"\\",
                b'"',
                b"; name=",
                b"\n",
            ]
        )
        | st.binary(max_size=5),
        max_size=60,
    )
)
def test_any_bytes_are_answered(pieces: list[bytes]) -> None:
    try:
        parts = parse_form(b"--b\r\n" + b"".join(pieces), b"b")
    except BadRequest:
        return
    assert sum(map(len, parts.values())) <= sum(map(len, pieces))


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('multipart/form-data; charset=utf-8; BOUNDARY="a b:c"', b"a b:c"),
        ("multipart/form-data;boundary=abc; x=y", b"abc"),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None),
        ('multipart/form-data; boundary=""', None),
        ("multipart/form-data; boundary=" + "x" * 71, None),
        ("multipart/form-data; boundary=\u00fc", None),
    ],
)
def test_boundaries(content_type: str, boundary: bytes | None) -> None:
    if boundary is not None:
        assert boundary_of(content_type) == boundary
        return
    with pytest.raises(BadRequest, match="boundary"):
        boundary_of(content_type)

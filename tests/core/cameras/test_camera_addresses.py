"""Addresses as people type them, and what of them may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octoprint_failwatch.engine.errors import BadSetting
from octoprint_failwatch.engine.sources.address import Login, host_of, parse, with_quoted_login


@pytest.mark.parametrize(
    ("typed", "host", "port", "target"),
    [
        ("http://camera/snapshot.jpg", "camera", 80, "/snapshot.jpg"),
        ("https://camera/", "camera", 443, "/"),
        ("http://camera", "camera", 80, "/"),
        ("camera/snapshot.jpg", "camera", 80, "/snapshot.jpg"),
        ("  HTTP://Camera.Local:8080?action=snapshot \n", "camera.local", 8080, "/?action=snapshot"),
        ("http://camera:/x", "camera", 80, "/x"),
        (
            "http://192.168.1.5:81/img/snapshot.cgi?user=a&pwd=b",
            "192.168.1.5",
            81,
            "/img/snapshot.cgi?user=a&pwd=b",
        ),
        ("http://[fe80::1%25eth0]:80/", "fe80::1%eth0", 80, "/"),
        ("http://[::1]/", "::1", 80, "/"),
        ("http://küche.local/", "xn--kche-0ra.local", 80, "/"),
        ("http://my_cam/", "my_cam", 80, "/"),
        ("http://camera/a b/ü?q=[1]#part", "camera", 80, "/a%20b/%C3%BC?q=[1]"),
        ("http://camera/%7Euser/%2F?x=%2f&y=~", "camera", 80, "/%7Euser/%2F?x=%2f&y=~"),
        (r"http://camera\snapshot.jpg", "camera", 80, "/snapshot.jpg"),
        ("http://camera/x@y", "camera", 80, "/x@y"),
    ],
)
def test_where_it_leads(typed: str, host: str, port: int, target: str) -> None:
    address, login = parse(typed)
    assert (address.host, address.port, address.target, login) == (host, port, target, None)


@pytest.mark.parametrize(
    ("typed", "user", "password"),
    [
        ("http://me:secret@camera/x", "me", "secret"),
        ("http://me@camera/x", "me", ""),
        ("http://:secret@camera/x", "", "secret"),
        ("http://me:s%40cret%2F@camera/x", "me", "s@cret/"),
        ("http://me:s@cret@camera/x", "me", "s@cret"),
        ("http://me:s:cret@camera/x", "me", "s:cret"),
        ("http://me:100%@camera/x", "me", "100%"),
        ("http://me:se/cr?et#@camera/x", "me", "se/cr?et#"),
        ("http://me@home:secret@camera/x", "me@home", "secret"),
        ("http://mé:ß@camera/x", "mé", "ß"),
    ],
)
def test_a_log_in_quoted_or_not(typed: str, user: str, password: str) -> None:
    address, login = parse(typed)
    assert login == Login(user, password)
    assert (address.host, address.target) == ("camera", "/x")
    assert password == "" or password not in repr(login)
    assert host_of(typed) == "camera"
    again, known = parse(with_quoted_login(typed))
    assert (again, known) == (address, login)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "ftp://camera/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://camera:0/",
        "http://a..b/",
        "http://camera:99999/",
        "http://cam era/",
        "http://[::1/",
        "http://me:pw@/x",
        "rtsp://camera/",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(BadSetting, match="must look like"):
        parse(typed)


@given(st.text(max_size=60))
def test_nothing_else_is_raised(text: str) -> None:
    for typed in (text, f"http://{text}", f"http://a:{text}@camera/", f"http://camera/{text}"):
        try:
            address, _ = parse(typed)
        except BadSetting:
            continue
        assert address.target.isascii()
        assert not {" ", "\r", "\n"} & set(address.target + address.authority)


@pytest.mark.parametrize(
    ("location", "origin", "target"),
    [
        ("/other.jpg", ("http", "camera", 80), "/other.jpg"),
        ("other.jpg?x=1", ("http", "camera", 80), "/a/other.jpg?x=1"),
        ("//elsewhere/x", ("http", "elsewhere", 80), "/x"),
        ("https://camera/x", ("https", "camera", 443), "/x"),
        ("http://camera:8080", ("http", "camera", 8080), "/"),
        ("?again", ("http", "camera", 80), "/a/snapshot.jpg?again"),
    ],
)
def test_redirects(location: str, origin: tuple[str, str, int], target: str) -> None:
    address, login = parse("http://camera/a/snapshot.jpg")[0].resolve(location)
    assert login is None
    assert (address.origin, address.target) == (origin, target)

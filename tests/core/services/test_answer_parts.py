"""How the parts of any service's answer are read, and what of them is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from yarl import URL

from octoprint_failwatch.engine.clients import refusals
from octoprint_failwatch.engine.clients.deepomatic import ImageInput, Task
from octoprint_failwatch.engine.clients.hacarus import Item
from octoprint_failwatch.engine.clients.reading import (
    number,
    optional_number,
    sequence,
    text,
    web_address,
)
from octoprint_failwatch.engine.errors import BadAnswer


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1, 1.0),
        (0.5, 0.5),
        ("0.5", 0.5),
        (" 2 ", 2.0),
        (True, None),
        (False, None),
        (None, None),
        ("", None),
        ("often", None),
        ("nan", None),
        ("inf", None),
        (float("-inf"), None),
        (10**400, None),
        ([1], None),
        ({}, None),
    ],
    ids=str,
)
def test_a_number_is_one_that_can_be_counted_with(value: Any, read: float | None) -> None:
    assert optional_number(value) == read
    if read is None:
        with pytest.raises(BadAnswer, match=r"The answer has no p\."):
            number(value, "p")
    else:
        assert number(value, "p") == read


@pytest.mark.parametrize(("value", "read"), [("a", "a"), ("", ""), (7, "7"), (0, "0")])
def test_an_identifier_may_be_a_number(value: Any, read: str) -> None:
    assert text(value, "id") == read


@pytest.mark.parametrize("value", [True, False, None, 1.5, [], {}])
def test_what_is_no_identifier_is_refused(value: Any) -> None:
    with pytest.raises(BadAnswer, match=r"The answer has no id\."):
        text(value, "id")


@pytest.mark.parametrize("value", [None, {}, "ab", (1,)], ids=str)
def test_a_list_is_a_list(value: Any) -> None:
    assert sequence([1], "boxes") == [1]
    with pytest.raises(BadAnswer, match="no list of boxes"):
        sequence(value, "boxes")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://a/b.jpg", "https://a/b.jpg"),
        ("http://a/b.jpg", "http://a/b.jpg"),
        ("/b.jpg", "http://host:8000/b.jpg"),
        ("b.jpg", "http://host:8000/api/b.jpg"),
        ("", None),
        (None, None),
        (5, None),
        ("ftp://a/b.jpg", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_an_address_is_one_that_a_browser_may_open(value: Any, read: str | None) -> None:
    assert web_address(value, URL("http://host:8000/api/")) == read


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("no JSON", ""),
        ("[" * 100_000, ""),
        ("5", ""),
        ('"  words  "', "words"),
        ('" "', ""),
        ('{"error": "x", "message": "x"}', "x"),
        ('{"error": "a", "detail": "b", "title": "c"}', "a: c: b"),
        ('{"error": null, "name": ["too long"]}', ""),
        ('{"name": "text", "other": ["too long"]}', "other: too long"),
        ('{"key": "name"}', ""),
        (json.dumps({"error": "x" * 300}), "x" * 300),
        (json.dumps({"error": "x" * 301}), "x" * 300),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_a_service_says_is_read_from_where_services_say_it(said: str, read: str) -> None:
    assert refusals.said(said.encode()) == read


DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": " 17 "}, 17.0),
        ({"Retry-After": "3600"}, 3600.0),
        ({"Retry-After": "3601"}, 3600.0),
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT", "Date": DATE}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 -0000", "Date": DATE}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT", "Date": DATE}, 0.0),
        ({"Retry-After": "Sat, 21 Nov 2026 12:00:00 GMT", "Date": DATE}, 3600.0),
        ({"Retry-After": "Sat, 21 Nov 99999999999999999999 10:00:00 GMT", "Date": DATE}, None),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 +99999999999", "Date": DATE}, None),
    ],
)
def test_how_long_to_wait_is_read_as_seconds_or_as_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert refusals.retry_after(headers) == seconds


def test_what_is_large_or_secret_is_not_shown_where_a_value_is_logged() -> None:
    shown = [ImageInput(b"picture"), Task("1", "done", data="picture"), Item("i", raw="picture")]
    assert not any("picture" in repr(one) for one in shown)
    assert Item("i", raw=1) == Item("i", raw=2)

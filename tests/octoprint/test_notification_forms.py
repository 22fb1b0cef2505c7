"""Forms of the services that messages are sent to, and the addresses of Apprise that they stand for."""

from typing import Any

import apprise
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octoprint_failwatch.engine.errors import BadSetting
from octoprint_failwatch.notify.services import FORMS, OTHER, address, completed, form

pytestmark = pytest.mark.one_octoprint

HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,9}(\.[a-z][a-z0-9]{0,9}){0,2}", fullmatch=True)
SERVERS = st.builds(
    lambda secure, host, port: f"http{'s' if secure else ''}://{host}{f':{port}' if port else ''}",
    st.booleans(),
    HOSTS,
    st.sampled_from([0, 8080, 8443]),
)
WORDS = st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True)
TEXTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x17F, categories=("L", "N", "P", "S")),
    min_size=1,
    max_size=20,
)
MAILS = st.from_regex(
    r"[a-z][a-z0-9_-]{0,8}(\+[a-z0-9_-]{1,4})?(\.[a-z0-9_-]{1,4}){0,2}@[a-z]{2,9}\.org", fullmatch=True
)
PHONES = st.from_regex(r"\+49[0-9]{10}", fullmatch=True)
KEYS = st.from_regex(r"[A-Za-z0-9]{30}", fullmatch=True)
MAYBE = st.just("")

FILLED_IN: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "ntfy": {"server": SERVERS, "topic": WORDS, "token": MAYBE | TEXTS},
    "telegram": {
        "token": st.from_regex(r"[0-9]{9}:[A-Za-z0-9_-]{35}", fullmatch=True),
        "chat": MAYBE | st.from_regex(r"-?[1-9][0-9]{5,12}|@[a-z]{5,12}", fullmatch=True),
    },
    "discord": {
        "webhook": st.from_regex(
            r"https://discord\.com/api/webhooks/[0-9]{18}/[A-Za-z0-9_-]{68}", fullmatch=True
        )
    },
    "pushover": {"user": KEYS, "token": KEYS},
    "gotify": {
        "server": st.builds(
            lambda server, path: server + path, SERVERS, st.sampled_from(["", "/push", "/a/b"])
        ),
        "token": TEXTS,
    },
    "email": {
        "server": HOSTS,
        "security": st.sampled_from(["starttls", "ssl", "insecure"]),
        "port": MAYBE | st.integers(1, 65535).map(str),
        "user": MAYBE | TEXTS,
        "password": MAYBE | TEXTS,
        "sender": MAILS,
        "to": st.lists(MAILS, min_size=1, max_size=3, unique=True).map(",".join),
    },
    "slack": {
        "webhook": st.from_regex(
            r"https://hooks\.slack\.com/services/T[A-Z0-9]{8}/B[A-Z0-9]{8}/[A-Za-z0-9]{24}", fullmatch=True
        )
    },
    "matrix": {
        "server": SERVERS,
        "token": TEXTS,
        "room": st.from_regex(r"[!#][a-z]{1,9}:[a-z]{1,9}\.org", fullmatch=True),
    },
    "signal": {
        "server": SERVERS,
        "sender": PHONES,
        "to": st.lists(PHONES, min_size=1, max_size=3, unique=True).map(",".join),
    },
    "home_assistant": {
        "server": SERVERS,
        "token": st.from_regex(
            r"[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,40}", fullmatch=True
        ),
        "target": MAYBE | st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True),
    },
    OTHER: {"url": TEXTS.map(lambda text: f"json://{text}")},
}
FORM = st.sampled_from(sorted(FILLED_IN)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.fixed_dictionaries(FILLED_IN[kind]))
)


def test_every_field_of_every_form_is_tried() -> None:
    assert {kind: {field.key for field in fields} for kind, fields in FORMS.items()} == {
        kind: set(values) for kind, values in FILLED_IN.items()
    }


@given(FORM)
@settings(max_examples=150)
def test_a_form_becomes_an_address_and_is_read_back_from_it(filled: tuple[str, dict[str, str]]) -> None:
    kind, values = filled
    found = form(address(kind, values))
    assert found.kind == kind
    assert address(kind, found.values) == address(kind, values)
    if kind != "email":  # whose usual port is left out
        assert found.values == values


def server_of(plugin: Any) -> str:
    port = {80: "", 443: ""}.get(plugin.port, f":{plugin.port}" if plugin.port else "")
    return f"http{'s' if plugin.secure else ''}://{plugin.host}{port}"


AS_APPRISE_READS: dict[str, Any] = {
    "ntfy": lambda of: {"server": server_of(of), "topic": of.topics[0], "token": of.token or ""},
    "telegram": lambda of: {"token": of.bot_token, "chat": str(of.targets[0][0]) if of.targets else ""},
    "discord": lambda of: {"webhook": f"https://discord.com/api/webhooks/{of.webhook_id}/{of.webhook_token}"},
    "pushover": lambda of: {"user": of.user_key, "token": of.token},
    "gotify": lambda of: {"server": server_of(of) + of.fullpath.rstrip("/"), "token": of.token},
    "email": lambda of: {
        "server": of.smtp_host,
        "security": of.secure_mode,
        "port": str(of.port),
        "user": of.user or "",
        "password": of.password or "",
        "sender": of.from_addr[1],
        "to": ",".join(target[1] for target in of.targets),
    },
    "slack": lambda of: {
        "webhook": f"https://hooks.slack.com/services/{of.token_a}/{of.token_b}/{of.token_c}"
    },
    "matrix": lambda of: {
        "server": server_of(of),
        "token": of.access_token or of.password,
        "room": of.rooms[0],
    },
    "signal": lambda of: {"server": server_of(of), "sender": of.source, "to": ",".join(of.targets)},
    "home_assistant": lambda of: {
        "server": server_of(of),
        "token": of.accesstoken,
        "target": "".join(target[1] or "" for target in of.targets),
    },
}


@pytest.mark.parametrize("kind", sorted(AS_APPRISE_READS))
@given(st.data())
def test_apprise_reads_in_an_address_what_was_filled_in(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.fixed_dictionaries(FILLED_IN[kind]))
    url = address(kind, values)
    plugin = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    assert plugin is not None, url
    wanted = dict(values)
    if kind == "email":
        wanted["port"] = (
            values["port"] or {"starttls": "587", "ssl": "465", "insecure": "25"}[values["security"]]
        )
    assert AS_APPRISE_READS[kind](plugin) == wanted


SECRET = "AbCdEfGhIjKlMnO"
NTFY = {"server": "https://ntfy.example.com", "topic": "printer", "token": SECRET}
EMAIL = {
    "server": "smtp.example.com",
    "security": "starttls",
    "user": "me",
    "password": SECRET,
    "sender": "me@example.com",
    "to": "you@example.com",
}


@pytest.mark.parametrize(
    ("kind", "stored", "changes", "kept"),
    [
        ("ntfy", NTFY, {"topic": "other"}, True),
        ("ntfy", NTFY, {"server": "https://NTFY.example.com:443/"}, True),
        ("ntfy", NTFY, {"server": "https://ntfy.example.org"}, False),
        ("ntfy", NTFY, {"server": "http://ntfy.example.com"}, False),
        ("ntfy", NTFY, {"server": "https://ntfy.example.com:8443"}, False),
        ("ntfy", NTFY, {"server": ""}, False),
        ("email", EMAIL, {"to": "she@example.com"}, True),
        ("email", EMAIL, {"security": "insecure"}, False),
        ("email", EMAIL, {"port": "2525"}, False),
        ("email", EMAIL, {"user": "she"}, False),
    ],
)
def test_a_secret_stays_only_where_messages_go_where_they_went(
    kind: str, stored: dict[str, str], changes: dict[str, str], kept: bool
) -> None:
    url = address(kind, stored)
    typed = {**form(url).without_secrets().values, **changes}
    assert SECRET not in str(typed)
    assert (SECRET in address(kind, completed(kind, typed, url))) is kept


def test_no_secret_goes_to_another_service() -> None:
    url = address("ntfy", NTFY)
    typed = {"server": NTFY["server"]}
    with pytest.raises(BadSetting, match=r"gotify\.token"):
        address("gotify", completed("gotify", typed, url))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("nothing", {}),
        ("ntfy", {"topic": ""}),
        ("ntfy", {"topic": "a/b"}),
        ("ntfy", {"server": "ntfy.sh", "topic": "a"}),
        ("ntfy", {"server": "https://you:word@ntfy.sh", "topic": "a"}),
        ("ntfy", {"server": "https://ntfy.sh/path", "topic": "a"}),
        ("ntfy", {"server": "https://[", "topic": "a"}),
        ("gotify", {"server": "http://here:99999999", "token": "a"}),
        ("telegram", {"token": "no token"}),
        ("discord", {"webhook": "https://example.com/api/webhooks/1/a"}),
        ("email", EMAIL | {"port": "0"}),
        ("email", EMAIL | {"to": "nobody"}),
        ("email", EMAIL | {"to": "some..body@example.com"}),
        ("email", EMAIL | {"sender": "two@ats@example.com"}),
        ("email", EMAIL | {"to": "a@example.com\nBcc: b@example.com"}),
        ("email", EMAIL | {"security": "none"}),
        ("signal", {"server": "http://here", "sender": "0170", "to": "+49123456789"}),
        ("home_assistant", {"server": "http://here", "token": "a/b"}),
    ],
)
def test_what_cannot_be_is_refused(kind: str, values: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        address(kind, values)


def test_an_address_that_somebody_wrote_stays_as_it_is() -> None:
    for url in (
        "ntfy://topic",
        "mailto://me:word@gmail.com",
        "json://here/hook",
        "ntfys://you@[",
        "nonsense",
    ):
        assert form(url).values == {"url": url}
        assert form(url).without_secrets().values == {}
        assert address(OTHER, completed(OTHER, {}, url)) == url

"""The card's documentation and dashboards fit what the integration offers."""

import re
from pathlib import Path

import yaml

from custom_components.failwatch.card import registration
from custom_components.failwatch.card.orders import ORDERS
from custom_components.failwatch.card.subscription import API_VERSION, Update
from custom_components.failwatch.card.websocket_api import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"
CARD = (DOCS / "card.md").read_text()
HOME_ASSISTANT = (DOCS / "home-assistant.md").read_text()


def test_every_command_is_described_with_what_it_takes() -> None:
    rows = dict(re.findall(r"^\| `failwatch/([\w/]+)` \|(.*)$", CARD, re.MULTILINE))
    assert rows.keys() == {"subscribe", *(name for name, *_ in COMMANDS)}
    for name, takes, *_ in COMMANDS:
        for key in map(str, takes):
            assert f"`{key}`" in rows[name], f"{name}: {key}"


def test_orders_and_pushed_news_are_described() -> None:
    said = set(re.findall(r"`(\w+)`", CARD))
    assert ORDERS.keys() <= said
    assert set(Update.__annotations__) - {"type"} <= said
    assert f"the `version` of this interface, now {API_VERSION};" in CARD


def test_one_dashboard_is_one_card_and_the_other_is_of_stock_cards() -> None:
    (view,) = yaml.safe_load((DOCS / "dashboard.yaml").read_text())["views"]
    (section,) = view["sections"]
    (card,) = section["cards"]
    assert card["type"] == "custom:failwatch-card"
    assert "custom:" not in (DOCS / "dashboard-stock-cards.yaml").read_text()


def test_the_numbers_stand_under_the_names_of_the_api_too() -> None:
    for name, key in (("Failure probability", "p"), ("Recent average", "ewm_mean")):
        (row,) = re.findall(rf"^\| {name} \|(.*)$", HOME_ASSISTANT, re.MULTILINE)
        assert f"`{key}` of the API" in row


def test_the_script_fetches_nothing_from_the_internet() -> None:
    """It has the address of its documentation, which the card picker links to, and names of the SVG standard."""
    hosts = set(re.findall(r"(?:https?:)?//([\w-]+(?:\.[\w-]+)+)", registration.SCRIPT.read_text()))
    assert hosts <= {"github.com", "www.w3.org"}
    assert "import(" not in registration.SCRIPT.read_text()

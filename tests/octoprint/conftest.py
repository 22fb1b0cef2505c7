"""The OctoPrint and the browser that a module's tests share; each test leaves the printer idle."""

from collections.abc import AsyncIterator
from importlib.metadata import version

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from stack.browser import log_context_in_to_octoprint, new_context, open_browser
from tests.octoprint.lab import Lab, open_lab
from tests.patience import PATIENCE
from tests.slow import RUNS_SLOW_TESTS

expect.set_options(timeout=PATIENCE * 1000)

IS_NEWEST = version("octoprint").startswith("2")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "one_octoprint: depends on no release of OctoPrint; runs on 1.11, with --slow on all"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run on the second OctoPrint what can differ there: starting, printing, permissions, settings, pages."""
    if IS_NEWEST and not RUNS_SLOW_TESTS:
        skip = pytest.mark.skip(reason="runs on OctoPrint 1.11")
        for item in items:
            if item.get_closest_marker("one_octoprint"):
                item.add_marker(skip)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with open_lab(tmp_path_factory.mktemp("octoprint")) as lab:
        yield lab


@pytest_asyncio.fixture(loop_scope="module")
async def lab(running_lab: Lab) -> AsyncIterator[Lab]:
    running_lab.scene.reset()
    yield running_lab
    await running_lab.idle()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def signed_in(running_lab: Lab, browser: Browser) -> AsyncIterator[BrowserContext]:
    """Log in once. No page stays open beside the test's own: it would go on drawing what it is told."""
    context = await new_context(browser, viewport={"width": 1280, "height": 900})
    await log_context_in_to_octoprint(context, running_lab.octoprint.url)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(lab: Lab, signed_in: BrowserContext) -> AsyncIterator[Page]:
    page = await signed_in.new_page()
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    await page.goto(lab.octoprint.url)
    await page.wait_for_selector("#page-container-main", state="visible")
    yield page
    await page.evaluate("localStorage.clear()")
    await page.close()
    assert not mistakes

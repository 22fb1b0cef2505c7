"""The OctoPrint and the browser that a module's tests share; each test leaves the printer idle."""

from collections.abc import AsyncIterator
from importlib.metadata import version

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Error, Page, ViewportSize, expect

from stack.browser import log_context_in_to_octoprint, new_context, open_browser
from tests.octoprint.browsing import lead_back
from tests.octoprint.lab import Lab, open_lab
from tests.patience import PATIENCE
from tests.slow import RUNS_SLOW_TESTS

expect.set_options(timeout=PATIENCE * 1000)

SIZE: ViewportSize = {"width": 1280, "height": 900}
IS_NEWEST = version("octoprint").startswith("2")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "one_page: of tests that share a page, led back in between: to load it takes seconds"
    )
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
    """Log in once. No page stays open beside the test's: it would go on drawing what it is told."""
    context = await new_context(browser, viewport=SIZE)
    await log_context_in_to_octoprint(context, running_lab.octoprint.url)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(lab: Lab, signed_in: BrowserContext, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    stays = request.node.get_closest_marker("one_page") is not None
    mistakes: list[str] = []

    def note(error: Error) -> None:
        mistakes.append(str(error))

    page = signed_in.pages[0] if signed_in.pages else await signed_in.new_page()
    page.on("pageerror", note)
    if page.url.partition("#")[0] == f"{lab.octoprint.url}/":
        await lead_back(page)
    else:
        await page.goto(lab.octoprint.url)
        await page.wait_for_selector("#page-container-main", state="visible")
    yield page
    await page.evaluate("localStorage.clear()")
    page.remove_listener("pageerror", note)
    if stays:
        await page.unroute_all()
        await page.set_viewport_size(SIZE)
    else:
        await page.close()
    assert not mistakes

"""OctoPrint's own webcam settings, filled in as people do: FailWatch reads what they name, or says why not."""

import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from stack.browser import open_browser, open_octoprint
from tests.core.cameras.cameras import Request, camera, ok, part, picture
from tests.octoprint.browsing import SETTINGS, TAB, open_settings, open_tab
from tests.octoprint.lab import Lab

pytestmark = pytest.mark.asyncio(loop_scope="module")

JPEG = picture(130, size=(320, 240))


async def set_webcam(lab: Lab, **settings: Any) -> None:
    await lab.octoprint.post("/api/settings", {"plugins": {"classicwebcam": settings}})


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def webcam_as_before(lab: Lab) -> AsyncIterator[None]:
    yield
    await set_webcam(lab, snapshot=f"{lab.address}/snapshot.jpg", snapshotAuth="none", snapshotTimeout=5)


def digest_camera(request: Request) -> bytes:
    """Return a picture for the user `me` with the password `very-secret`."""
    sent = dict(re.findall(r'(\w+)="?([^",]*)', request.headers.get("authorization", "")))

    def hashed(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    secret, asked = hashed("me", "camera", "very-secret"), hashed("GET", request.target)
    middle = (sent.get("nonce", ""), sent.get("nc", ""), sent.get("cnonce", ""), "auth")
    if sent.get("response") == hashed(secret, *middle, asked):
        return ok(JPEG)
    asks = 'WWW-Authenticate: Digest realm="camera", nonce="n", qop="auth"'
    return ok(b"", asks, status="401 Unauthorized")


async def problem(lab: Lab) -> str:
    answer = await lab.order("test")
    assert answer["problem"]["kind"] == "no_snapshot"
    assert "very-secret" not in str(answer)
    return str(answer["problem"]["detail"])


async def test_a_log_in_that_is_missing_wrong_and_right(lab: Lab) -> None:
    async with camera(digest_camera) as running:
        await set_webcam(lab, snapshot=running.at())
        assert await problem(lab) == "401: the camera wants a log-in."
        await set_webcam(lab, snapshotAuth="digest", snapshotUsername="me", snapshotPassword="wrong")
        assert await problem(lab) == "401: the camera refuses the user name or the password."
        await set_webcam(lab, snapshotPassword="very-secret")
        assert (await lab.order("test"))["is_stream"] is False


async def test_a_stream_is_read_and_the_page_says_that_it_is_one(lab: Lab, page: Page) -> None:
    stream = ok(
        part(JPEG, "Content-Type: image/jpeg") * 2, "Content-Type: multipart/x-mixed-replace;boundary=frame"
    )
    async with camera(stream, stays_open=True) as running:
        await set_webcam(lab, snapshot=running.at(path="/?action=stream"))
        await open_settings(page)
        form = page.locator(SETTINGS)
        await form.get_by_role("button", name="Test now").click()
        await expect(form.get_by_text("This is a stream")).to_be_visible()
        await expect(form.locator(".failwatch-small img")).to_be_visible()


async def test_a_corrected_address_counts_at_once(lab: Lab) -> None:
    """Also while the old one hangs."""
    async with camera(b"", stays_open=True) as hangs, camera(ok(JPEG)) as works:
        await set_webcam(lab, snapshot=hangs.at(), snapshotTimeout=2)
        assert await problem(lab) == "The camera did not answer within 2 seconds."
        await set_webcam(lab, snapshot=works.at())
        assert "picture" in await lab.order("test")
        assert works.asked


@pytest.mark.one_octoprint
async def test_why_there_is_no_picture_is_said_in_tab_message_and_log(lab: Lab, page: Page) -> None:
    async with camera(ok(b"<html>Hello</html>", "Content-Type: text/html")) as running:
        await set_webcam(lab, snapshot=running.at("me:very-secret"))
        await lab.print()
        await lab.phase("blind")
        says = "The camera gives no picture. The address answers with a web page, not with a picture."
        await expect(page.locator("#sidebar_plugin_failwatch")).to_contain_text(says)
        await expect(page.locator(".ui-pnotify", has_text=says).first).to_be_visible()
    log = (lab.octoprint.folder / "logs" / "octoprint.log").read_text()
    assert re.search(r"INFO.* long.gcode: blind, no_snapshot, The address answers with a web page", log)
    assert "very-secret" not in log


@pytest.mark.one_octoprint
async def test_it_is_said_in_german(lab: Lab) -> None:
    async with open_browser() as browser, camera(ok(b"", status="404 Not Found")) as running:
        await set_webcam(lab, snapshot=running.at())
        page = await open_octoprint(browser, f"{lab.octoprint.url}/?l10n=de")
        await lab.print()
        await lab.phase("blind")
        sidebar = page.locator("#sidebar_plugin_failwatch")
        await expect(sidebar).to_contain_text("404: Unter dieser Adresse hat die Kamera kein Bild.")
        await expect(page.locator(TAB)).to_contain_text(re.compile(r"\d,\d MB belegt"))
        await open_tab(page)
        await expect(sidebar).to_contain_text(re.compile(r"Seit \d+ min nicht geprüft"))
        await page.context.close()

"""What a user orders from the card."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from ..coordinator import PrinterCoordinator
from ..engine.judging.assessment import Answer

type Order = Callable[[PrinterCoordinator, Mapping[str, Any]], Awaitable[None]]


async def _resume_fine(printer: PrinterCoordinator, _: Mapping[str, Any]) -> None:
    """Go on with the print, which accepts how it looks; nobody has said that it is a good one."""
    if "resume" in printer.job_commands:
        await printer.async_job("resume")
    else:
        await printer.async_answer(Answer.RESUMED)


ORDERS: Final[Mapping[str, Order]] = {
    "keep_printing": lambda printer, _: printer.async_acknowledge(failure=False),
    "resume_fine": _resume_fine,
    "resume_cleared": lambda printer, _: printer.async_resume_cleared(),
    "ask_again": lambda printer, _: printer.async_answer(Answer.WITHDRAWN),
    "it_failed": lambda printer, _: printer.async_acknowledge(failure=True),
    "snooze": lambda printer, data: printer.async_snooze(data["seconds"]),
    "mute": lambda printer, data: printer.async_mute(data["muted"]),
    "check": lambda printer, _: printer.async_check(),
    "watch": lambda printer, data: printer.async_watch(data["watching"]),
    "pause": lambda printer, _: printer.async_job("pause"),
    "cancel": lambda printer, _: printer.async_job("cancel"),
}
"""By the name that the card gives. Each raises HomeAssistantError with a translated text."""

"""Say once a print is on that what it may need is gone: a button that pauses it, a phone that is to be told."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from ..const import DOMAIN
from ..coordinator import PrinterCoordinator
from ..engine.watch.state import Phase

ORDERS_GONE: Final = "orders_gone"
RECIPIENTS_GONE: Final = "recipients_gone"
SEVERITIES: Final = {
    ORDERS_GONE: ir.IssueSeverity.ERROR,
    RECIPIENTS_GONE: ir.IssueSeverity.WARNING,
}
LOOK_AGAIN: Final = timedelta(minutes=1)
"""How often it is looked whether what was gone is back."""


class PrintNeeds:
    """Raises repair issues for one printer; `missing` returns what is gone, in words, by the issue's kind."""

    def __init__(
        self,
        hass: HomeAssistant,
        printer: PrinterCoordinator,
        missing: Callable[[], Mapping[str, Sequence[str]]],
    ) -> None:
        """Look at nothing yet."""
        self._hass = hass
        self._printer = printer
        self._missing = missing
        self._was_on = False
        self._ends: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Look whenever a print begins or is found to be on, until the returned function is called.

        Nobody can tell what is gone before Home Assistant has started.
        """

        @callback
        def begin(_: HomeAssistant) -> None:
            self._ends.append(self._printer.async_add_listener(self._follow))
            self._ends.append(async_track_time_interval(self._hass, self._look_again, LOOK_AGAIN))
            self._follow()

        self._ends.append(async_at_started(self._hass, begin))
        return self._end

    @callback
    def _follow(self) -> None:
        is_on = self._printer.data.phase is not Phase.IDLE
        if is_on and not self._was_on:
            self._judge(SEVERITIES)
        self._was_on = is_on

    @callback
    def _look_again(self, _: datetime) -> None:
        issues = ir.async_get(self._hass)
        self._judge([kind for kind in SEVERITIES if issues.async_get_issue(DOMAIN, self._issue(kind))])

    def _judge(self, kinds: Collection[str]) -> None:
        """Raise or delete the issues of these kinds."""
        missing = self._missing() if kinds else {}
        for kind in kinds:
            gone = missing.get(kind)
            if not gone:
                ir.async_delete_issue(self._hass, DOMAIN, self._issue(kind))
                continue
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                self._issue(kind),
                is_fixable=False,
                severity=SEVERITIES[kind],
                translation_key=kind,
                translation_placeholders={"printer": self._printer.shown_name, "gone": ", ".join(gone)},
            )

    def _issue(self, kind: str) -> str:
        return f"{kind}_{self._printer.key}"

    @callback
    def _end(self) -> None:
        """Look no longer; what a printer lacks that nobody watches needs no repair."""
        while self._ends:
            self._ends.pop()()
        for kind in SEVERITIES:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue(kind))

"""Orders about the job that OctoPrint would take for done without doing anything."""

import pytest

from octoprint_failwatch.printer import job_control
from octoprint_failwatch.printer.job_control import NoPrint, order_job

pytestmark = pytest.mark.one_octoprint


class Printer:
    """Is pausing for so many looks, and ignores a resume before it has paused, as OctoPrint's does."""

    def __init__(self, pausing: int) -> None:
        self.pausing = pausing
        self.resumed = False

    def is_printing(self) -> bool:
        return self.pausing > 0

    def is_paused(self) -> bool:
        return self.pausing <= 0

    def is_pausing(self) -> bool:
        self.pausing -= 1
        return self.pausing > 0

    def resume_print(self, **_: object) -> None:
        self.resumed = self.is_paused()


def test_a_resume_waits_for_the_pause_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_control, "LOOK_EVERY", 0.0)
    printer = Printer(pausing=3)
    order_job(printer, "resume", "somebody")
    assert printer.resumed


def test_a_resume_of_a_print_that_goes_on_pausing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_control, "PAUSED_WITHIN", 0.0)
    with pytest.raises(NoPrint):
        order_job(Printer(pausing=99), "resume", "somebody")

"""Events reach the watch's thread in their order, and whoever hands them in does not wait."""

import threading
from typing import Any

from octoprint_failwatch.watching.inbox import Inbox
from tests.patience import PATIENCE


def test_all_is_passed_on_in_order_though_the_receiver_is_stuck_at_first() -> None:
    free, seen = threading.Event(), []

    def stuck(call: Any) -> None:
        assert free.wait(PATIENCE)
        seen.append(call())

    inbox = Inbox("test", stuck)
    for number in range(3):
        inbox.put(lambda number=number: number)  # type: ignore[misc]
    assert seen == []
    free.set()
    inbox.close()
    assert seen == [0, 1, 2]

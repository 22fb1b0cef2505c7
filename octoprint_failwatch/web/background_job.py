"""Run work that takes minutes on its own thread, with its progress and result."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ..engine.errors import FailWatchError

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a job: `share` is 0 to 1, `says` the current step, `result` or `problem` how it ended."""

    running: bool = False
    share: float = 0.0
    says: str = ""
    result: Any = None
    problem: FailWatchError | None = field(default=None, repr=False)


Tell: TypeAlias = Callable[[float, str], None]


class BackgroundJob:
    """Does one work at a time."""

    def __init__(self, name: str) -> None:
        """Begin with nothing to do."""
        self.progress = Progress()
        self._name = name
        self._starting = threading.Lock()

    def start(self, work: Callable[[Tell], Any]) -> bool:
        """Begin a work that tells how far it is and returns a result; False if one runs already."""
        with self._starting:
            if self.progress.running:
                return False
            self.progress = Progress(running=True)
        threading.Thread(target=self._do, args=(work,), name=self._name, daemon=True).start()
        return True

    def _do(self, work: Callable[[Tell], Any]) -> None:
        try:
            self.progress = Progress(share=1.0, result=work(self._tell))
        except FailWatchError as error:
            self.progress = Progress(problem=error)
        except Exception as error:
            _LOGGER.exception("%s failed", self._name)
            self.progress = Progress(problem=FailWatchError(f"{type(error).__name__}: {error}"))

    def _tell(self, share: float, says: str) -> None:
        self.progress = replace(self.progress, share=share, says=says)

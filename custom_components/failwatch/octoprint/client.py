"""A client for OctoPrint with the FailWatch plugin: application key, state, push socket, commands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, Literal

from ..engine.history.records import PrintRecord
from ..shared.recordings import Course
from . import identify
from .errors import (
    KeyDenied,
    NoSuchPrint,
    NotAllowed,
    NotOctoPrint,
    OctoPrintError,
    OtherOctoPrint,
    TooManyRequests,
    WrongMoment,
)
from .http import Answer, Connection
from .messages import PLUGIN, Report, Update, course_of, prints_of, report_of
from .push import check_socket, push_socket

KEY_POLL_INTERVAL = 1.0
REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
REPORT = f"api/plugin/{PLUGIN}"


class OctoPrintClient:
    """One OctoPrint. Every method raises an OctoPrintError when it cannot do its work.

    With a `uuid` it deals with that one alone, on that `machine` where it is known: another one at the
    same address is an error.
    """

    def __init__(self, connection: Connection, uuid: str | None = None, machine: str = "") -> None:
        """Talk to the OctoPrint at that address."""
        self.connection = connection
        self._uuid = uuid
        self._machine = machine
        self._instance = ""
        """Which run of which OctoPrint the commands are for; "" where the plugin does not tell."""

    # The application key

    async def probe(self) -> None:
        """Return if an OctoPrint that hands out application keys answers."""
        answer = await self.connection.call("GET", "plugin/appkeys/probe")
        if answer.status != HTTPStatus.NO_CONTENT:
            raise await identify.no_key_request(self.connection)

    async def request_key(self, app: str, user: str | None) -> str:
        """Ask OctoPrint's user for an application key, and return where the answer will be found."""
        wanted = {"app": app, "user": user} if user else {"app": app}
        answer = await self.connection.call("POST", "plugin/appkeys/request", json=wanted)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooManyRequests("OctoPrint wants a pause before the next request.")
        if answer.status != HTTPStatus.CREATED:
            raise await identify.no_key_request(self.connection)
        return f"plugin/appkeys/request/{answer.json().get('app_token', '')}"

    async def decided_key(self, place: str) -> str:
        """Wait until OctoPrint's user has decided, and return the key."""
        while True:
            answer = await self.connection.call("GET", place)
            if answer.status == HTTPStatus.OK:
                return str(answer.json().get("api_key", ""))
            if answer.status != HTTPStatus.ACCEPTED:
                raise KeyDenied("The request was denied.")
            await asyncio.sleep(KEY_POLL_INTERVAL)

    # The plugin

    async def report(self) -> Report:
        """Return what the plugin tells of itself."""
        answer = await self.connection.call("GET", REPORT)
        await self._refuse(answer)
        try:
            report = report_of(answer.json())
        except NotOctoPrint as error:
            raise await identify.something_else(self.connection) from error
        moved = self._machine and report.machine and report.machine != self._machine
        if self._uuid is not None and (report.uuid != self._uuid or moved):
            raise OtherOctoPrint(report.printer_name or "OctoPrint", report.uuid)
        self._instance = report.instance
        return report

    async def command(self, command: str, **arguments: Any) -> None:
        """Hand a command to the plugin."""
        await self._carried_out(command, arguments)

    async def _carried_out(self, command: str, arguments: dict[str, Any]) -> Answer:
        answer = await self._order(command, arguments)
        if answer.status == HTTPStatus.PRECONDITION_FAILED:
            # It was restarted, or is another one: the report tells which.
            await self.report()
            answer = await self._order(command, arguments)
        await self._refuse_order(answer)
        return answer

    async def job(self, command: Literal["pause", "resume", "cancel"]) -> None:
        """Pause, resume or cancel the print."""
        if self._instance:
            await self.command("job", action=command)
            return
        # An older plugin takes no orders about the job, and OctoPrint does not say who it is.
        await self.report()
        body = {"command": "cancel"} if command == "cancel" else {"command": "pause", "action": command}
        await self._refuse_order(await self.connection.call("POST", "api/job", json=body))

    async def ask(self, command: str, **arguments: Any) -> Mapping[str, Any]:
        """Hand a command to the plugin, and return what it answers."""
        return (await self._carried_out(command, arguments)).json()

    async def past_prints(self, before: float | None = None) -> list[PrintRecord]:
        """Return prints that the plugin recorded, newest first: the last ones, or those before a time."""
        query = {} if before is None else {"before": repr(before)}
        answer = await self.connection.call("GET", f"plugin/{PLUGIN}/prints", query=query)
        await self._refuse(answer)
        return prints_of(answer.json())

    async def course(self, print_id: str) -> Course:
        """Return a print that the plugin recorded, with all its frames."""
        answer = await self.connection.call("GET", f"plugin/{PLUGIN}/prints/{print_id}")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NoSuchPrint("The plugin does not know this print.")
        await self._refuse(answer)
        return course_of(answer.json())

    async def picture(self, path: str, **query: str) -> bytes | None:
        """Return one of the plugin's pictures, None if there is none."""
        answer = await self.connection.call("GET", f"plugin/{PLUGIN}/{path}", query=query)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        await self._refuse(answer)
        return answer.body

    async def export(
        self, print_id: str, ending: Literal["csv", "zip"], write: Callable[[bytes], Awaitable[None]]
    ) -> None:
        """Hand a recorded print over, as a table or with all its pictures, piece by piece."""
        answer = await self.connection.download(f"plugin/{PLUGIN}/prints/{print_id}.{ending}", write)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NoSuchPrint("The plugin does not know this print.")
        await self._refuse(answer)

    async def tagged_picture(self) -> bytes:
        """Return the last judged picture with its boxes."""
        answer = await self.connection.call("GET", f"plugin/{PLUGIN}/tagged.jpg")
        await self._refuse(answer)
        return answer.body

    # The push socket

    def push(self) -> AbstractAsyncContextManager[AsyncIterator[Update]]:
        """Open the push socket, and give the plugin's updates as they come.

        The updates end with NotReachable when the connection does.
        """
        return push_socket(self.connection)

    async def check_push(self) -> None:
        """Return if the push socket opens; raises NoWebsocket."""
        await check_socket(self.connection)

    async def _order(self, command: str, arguments: dict[str, Any]) -> Answer:
        told = {"instance": self._instance} if self._instance else {}
        return await self.connection.call("POST", REPORT, json={"command": command, **arguments, **told})

    async def _refuse_order(self, answer: Answer) -> None:
        if answer.status == HTTPStatus.CONFLICT:
            raise WrongMoment("There is no print in a state that allows this.")
        if answer.status in REFUSALS:
            # Only with a key that is not accepted at all does the report fail as well.
            await self.report()
            raise NotAllowed("The application key's user may not do this.")
        if answer.status == HTTPStatus.BAD_REQUEST:
            try:
                problem = self.connection.without_secrets(str(answer.json().get("error", "")))
            except NotOctoPrint:
                problem = ""
            # An order with a key that it does not know, too, OctoPrint takes for a forged one.
            await self.report()
            raise OctoPrintError(problem or f"HTTP {answer.status}")
        await self._refuse(answer)

    async def _refuse(self, answer: Answer) -> None:
        if answer.status in REFUSALS:
            raise await identify.refused_key(self.connection)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise await identify.missing_plugin(self.connection)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise OctoPrintError(f"HTTP {answer.status}")

"""Several servers on one PostgreSQL: any of them answers any printer, and nothing is lost or counted twice."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from octoprint_failwatch.engine.errors import BadSetting, Busy
from octoprint_failwatch.engine.models import Box
from octoprint_failwatch.engine.statistics import TemporalStatistics, advance
from octoprint_failwatch.server import postgresql
from octoprint_failwatch.server.postgresql import PostgresDatabase, PostgresPictures, PostgresPrinters
from octoprint_failwatch.server.printer_statistics import Look
from tests.core.brightness import grey
from tests.patience import PATIENCE
from tests.postgresql_server import Postgres, missing, postgres
from tests.server.serving import JPEG, PREDICT, another, serving
from tests.server.test_server_process import TOKEN, served
from tests.server.test_server_storage import names

pytest.importorskip("asyncpg")
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

YEAR = 365 * 86400.0


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """Run one PostgreSQL for all tests."""
    with postgres() as server:
        yield server


@asynccontextmanager
async def emptied(server: Postgres) -> AsyncIterator[PostgresDatabase]:
    """Open the database without any rows of earlier tests."""
    async with postgresql.opened_database(server.url) as opened:

        async def empty(connection: Any) -> None:
            for table in ("printers", "former_printers", "pictures"):
                await connection.execute(f"TRUNCATE failwatch_{table}")

        await opened.run(empty)
        yield opened


def printers_in(opened: PostgresDatabase) -> PostgresPrinters:
    return PostgresPrinters(opened, forget_after=YEAR, now=lambda: 1e9)


def look(key: str, at: float, print_id: str = "print", p: float = 0.5) -> Look:
    return Look(print_id, p, key, at, at + 60)


async def test_statistics_go_on_exactly(database: Postgres) -> None:
    """Over connections, with ids that no text of the database takes, and each repetition counted once."""
    expected = TemporalStatistics()
    async with emptied(database):
        pass
    for number in range(12):
        async with postgresql.opened_database(database.url) as opened:
            printers = printers_in(opened)
            for _ in range(2):
                counted = await printers.advance(
                    "owner", "a\x00\U0001f5a8", look(str(number), 1e9, p=number / 13)
                )
            expected = advance(expected, number / 13)
            assert counted.statistics == expected
            assert counted.p == number / 13
            assert await printers.count() == 1


async def test_frames_of_one_printer_at_once_are_all_counted(database: Postgres) -> None:
    async with emptied(database) as opened:
        printers = [printers_in(opened) for _ in range(3)]
        counted = await asyncio.gather(
            *(printers[n % 3].advance("owner", "printer", look(str(n), 1e9)) for n in range(60))
        )
        assert sorted(each.statistics.prediction_num for each in counted) == list(range(1, 61))


async def test_a_printer_unseen_for_a_year_leaves_its_lifetime(database: Postgres) -> None:
    now = 1e9
    async with emptied(database) as opened:
        printers = PostgresPrinters(opened, forget_after=YEAR, now=lambda: now)
        for number in range(3):
            await printers.advance("owner", "old", look(str(number), now))
        now += 2 * YEAR
        await printers.advance("owner", "busy", look("x", now))
        assert await printers.count() == 1
        back = (await printers.advance("owner", "old", look("y", now))).statistics
        assert (back.prediction_num, back.prediction_num_lifetime) == (1, 4)
        assert back.rolling_mean_long == pytest.approx(0.4)
        assert await printers.count() == 2


async def test_pictures_expire_and_have_bounds(database: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "TIDY_EVERY", 1)
    monkeypatch.setattr(postgresql, "MAX_BYTES", 3 * len(JPEG))
    now = 0.0
    async with emptied(database) as opened:
        pictures = PostgresPictures(opened, 60.0, now=lambda: now)
        names = [await pictures.keep(JPEG, (Box(0, 0, 1, 1, 0.5),)) for _ in range(5)]
        found = [await pictures.take(name) for name in names]
        assert [each is not None for each in found] == [False, False, True, True, True]
        assert found[-1][0].startswith(b"\xff\xd8")
        assert await pictures.take("no\x00name") is None
        now = 60.0
        assert await pictures.take(names[-1]) is None
        assert await PostgresPictures(opened, 0.0).keep(JPEG, ()) is None


async def test_servers_that_start_together_make_the_tables_once(database: Postgres) -> None:
    async with emptied(database) as opened:

        async def drop(connection: Any) -> None:
            for table in ("printers", "former_printers", "pictures", "schema"):
                await connection.execute(f"DROP TABLE failwatch_{table}")

        await opened.run(drop)

    async def start() -> int:
        async with postgresql.opened_database(database.url) as opened:
            return await printers_in(opened).count()

    assert await asyncio.gather(*(start() for _ in range(5))) == [0] * 5


async def test_the_server_answers_from_it(database: Postgres, tmp_path: Path) -> None:
    async with emptied(database):
        pass
    for number in (1, 2):
        async with serving(tmp_path, [0.5], database=database.url) as served_here:
            result = await served_here.result()
            assert result["temporal_stats"]["prediction_num"] == number
            picture = await served_here.client.get(
                result["tagged_img_url"].removeprefix(str(served_here.client.make_url("")))
            )
            assert picture.status == 200
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", "cannot be used"),
        ("postgresql://127.0.0.1:port/x", "must look like"),
        ("mysql://127.0.0.1/x", "must look like"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told(
    url: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "START_SECONDS", 0.1)
    with pytest.raises(BadSetting, match=says):
        async with postgresql.opened_database(url):
            raise AssertionError


async def test_a_newer_database_is_left_alone(database: Postgres) -> None:
    async with emptied(database) as opened:
        await opened.run(lambda connection: connection.execute("UPDATE failwatch_schema SET version = 99"))
        with pytest.raises(BadSetting, match="newer FailWatch"):
            async with postgresql.opened_database(database.url):
                raise AssertionError
        await opened.run(lambda connection: connection.execute("UPDATE failwatch_schema SET version = 1"))


async def test_an_outage_is_waited_for_and_then_told(
    database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with emptied(database) as opened:
        printers = printers_in(opened)
        await printers.advance("owner", "printer", look("1", 1e9))
        await asyncio.to_thread(database.crash)
        try:
            with pytest.raises(Busy, match="does not answer"):
                await printers.count()
            waiting = asyncio.create_task(printers.advance("owner", "printer", look("2", 1e9)))
        finally:
            await asyncio.to_thread(database.start)
        assert (await waiting).statistics.prediction_num == 2


FRAMES = 25
PRINTERS = 8


async def test_three_servers_one_killed_and_the_database_crashed_under_load(
    database: Postgres, tmp_path: Path
) -> None:
    """Clients repeat what fails, at whatever server: each frame counts once, in each printer's order."""
    async with emptied(database):
        pass
    with ExitStack() as stack:
        options = ("--database", database.url, "--workers", "1")
        servers = [
            stack.enter_context(served(tmp_path / str(number) / "data", *options)) for number in range(3)
        ]
        alive = [server.address for server in servers]
        answered: dict[str, list[int]] = {f"printer-{number}": [] for number in range(PRINTERS)}
        failed = 0

        async def printer(session: aiohttp.ClientSession, name: str) -> None:
            nonlocal failed
            chooser = random.Random(name)
            for _ in range(FRAMES):
                picture = another(grey(chooser.randrange(256)))
                while True:
                    form = aiohttp.FormData({"printer_id": name, "print_id": "print"})
                    form.add_field("img", picture, filename="a.jpg")
                    try:
                        async with session.post(chooser.choice(alive) + PREDICT, data=form) as answer:
                            if answer.status == 200:
                                statistics = (await answer.json())["result"]["temporal_stats"]
                                answered[name].append(statistics["prediction_num"])
                                break
                            assert answer.status == 503, await answer.text()
                    except (aiohttp.ClientError, TimeoutError):
                        pass
                    failed += 1
                    await asyncio.sleep(0.1)

        async def so_many(count: int) -> None:
            while sum(map(len, answered.values())) < count:
                await asyncio.sleep(0.01)

        timeout = aiohttp.ClientTimeout(total=20)
        headers = {"Authorization": f"Token {TOKEN}"}
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
        ):
            printing = [asyncio.create_task(printer(session, name)) for name in answered]
            await so_many(PRINTERS * FRAMES // 4)
            await asyncio.to_thread(servers[0].stop, signal.SIGKILL)
            del alive[0]
            await so_many(PRINTERS * FRAMES // 2)
            await asyncio.to_thread(database.crash)
            await asyncio.to_thread(database.start)
            await asyncio.gather(*printing)
        assert answered == {name: list(range(1, FRAMES + 1)) for name in answered}
        for server in servers[1:]:
            assert server.stop() == 0
            assert "Traceback" not in "".join((*server.lines, *server.said))
    async with postgresql.opened_database(database.url) as opened:

        async def counts(connection: Any) -> list[int]:
            rows = await connection.fetch("SELECT prediction_num_lifetime FROM failwatch_printers")
            return [row[0] for row in rows]

        assert await opened.run(counts) == [FRAMES] * PRINTERS

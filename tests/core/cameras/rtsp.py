"""A small RTSP server: one H.264 stream over the control connection (RFC 2326, RFC 6184)."""

from __future__ import annotations

import asyncio
import base64
import re
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import av
from PIL import Image

START_CODE = re.compile(rb"\x00\x00\x00?\x01")
SPS, PPS = 7, 8


def encode(pictures: Sequence[Image.Image], key_every: int = 1) -> list[list[bytes]]:
    """Return the NAL units of each picture, one of so many a key frame."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = pictures[0].size
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = 10
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(key_every)}
    packets = []
    for picture in pictures:
        packets += encoder.encode(av.VideoFrame.from_image(picture))
    packets += encoder.encode()
    return [[unit for unit in START_CODE.split(bytes(packet)) if unit] for packet in packets]


@asynccontextmanager
async def rtsp_server(
    frames: list[list[bytes]],
    *,
    hang_up_after: int = 0,
    then: list[list[bytes]] | None = None,
    change: asyncio.Event | None = None,
    login: str = "",
) -> AsyncIterator[str]:
    """Serve the frames in a loop, many a second; yield the address.

    Once `change` is set, the frames of `then` are served instead. With a log-in (name:password) Basic is asked for.
    """
    expected = "Basic " + base64.b64encode(login.encode()).decode()
    parameters = [unit for unit in frames[0] if unit[0] & 31 in (SPS, PPS)]
    sprop = ",".join(base64.b64encode(unit).decode() for unit in parameters)

    async def play(writer: asyncio.StreamWriter) -> None:
        number = 0
        for turn in range(10_000):
            shown = then if then and change and change.is_set() else frames
            units = shown[turn % len(shown)]
            for index, unit in enumerate(units):
                last = index == len(units) - 1
                header = struct.pack(
                    ">BBHII", 0x80, 96 | (0x80 if last else 0), number & 0xFFFF, turn * 9000, 41
                )
                packet = header + unit
                writer.write(b"$\x00" + struct.pack(">H", len(packet)) + packet)
                number += 1
            await writer.drain()
            if hang_up_after and turn + 1 == hang_up_after:
                writer.close()
                return
            await asyncio.sleep(0.02)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        playing: asyncio.Task[None] | None = None
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
                method = request.split(" ", 1)[0].rsplit("$", 1)[-1]
                number = re.search(r"CSeq: *(\d+)", request)
                head = f"RTSP/1.0 200 OK\r\nCSeq: {number[1] if number else 0}\r\n"
                body = ""
                if login and expected not in request:
                    head = (
                        head.replace("200 OK", "401 Unauthorized") + 'WWW-Authenticate: Basic realm="a"\r\n'
                    )
                elif method == "OPTIONS":
                    head += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
                elif method == "DESCRIBE":
                    body = (
                        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
                        "c=IN IP4 0.0.0.0\r\na=rtpmap:96 H264/90000\r\n"
                        f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sprop}\r\na=control:track\r\n"
                    )
                    head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
                elif method == "SETUP":
                    head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 41\r\n"
                else:
                    head += "Session: 41\r\n"
                writer.write((head + "\r\n" + body).encode())
                if method == "PLAY":
                    playing = asyncio.create_task(play(writer))
        if playing is not None:
            playing.cancel()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"rtsp://127.0.0.1:{port}/camera"
    finally:
        server.close()

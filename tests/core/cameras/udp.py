"""Films, and a stream over UDP, made by PyAV."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import av
from PIL import Image

from stack.processes import free_port

PACKET = 7 * 188


def film(container: str, codec: str, pictures: int = 50) -> bytes:
    """Return a film of one shade."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height = 160, 120
        for _ in range(pictures):
            file.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (160, 120), (140,) * 3))))
        file.mux(stream.encode())
    return out.getvalue()


@asynccontextmanager
async def udp_stream() -> AsyncIterator[str]:
    """Send a film over and over; yield the address to listen at."""
    data = film("mpegts", "mpeg2video")
    port = free_port()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port)
    )

    async def send() -> None:
        while True:
            for at in range(0, len(data), PACKET):
                transport.sendto(data[at : at + PACKET])
                await asyncio.sleep(0.005)

    sending = asyncio.create_task(send())
    try:
        yield f"udp://127.0.0.1:{port}"
    finally:
        sending.cancel()
        transport.close()

"""Secure connections: the system's trust, a certificate file, or none by explicit choice."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from octoprint_failwatch.engine.errors import BadSetting, SnapshotError
from octoprint_failwatch.engine.sources.http import HttpSource
from octoprint_failwatch.engine.sources.source import ReadOptions
from octoprint_failwatch.engine.sources.tls import Trust
from tests.core.cameras.cameras import JPEG, Camera, camera, ok


@asynccontextmanager
async def tls_camera(authority: trustme.CA, *names: str) -> AsyncIterator[Camera]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    async with camera(ok(JPEG), tls=context) as running:
        yield running


async def look(running: Camera, trust: Trust) -> bytes:
    return await HttpSource(running.at("me:very-secret"), ReadOptions(trust=trust)).snapshot()


async def test_a_certificate_that_the_system_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "system.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    async with tls_camera(authority, "127.0.0.1") as running:
        assert await look(running, Trust()) == JPEG


async def test_a_certificate_that_nobody_knows() -> None:
    async with tls_camera(trustme.CA(), "127.0.0.1") as running:
        with pytest.raises(SnapshotError, match="not trusted: nobody that is known here") as caught:
            await look(running, Trust())
        assert "very-secret" not in str(caught.value)
        assert not running.asked  # the log-in did not leave
        assert await look(running, Trust(verify=False)) == JPEG


async def test_whoever_signed_it_is_in_the_file(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    trust = Trust(certificate=tmp_path / "ca.pem")
    async with tls_camera(authority, "127.0.0.1") as running:
        assert await look(running, trust) == JPEG
    async with tls_camera(authority, "elsewhere.example") as running:
        with pytest.raises(SnapshotError, match="for another name"):
            await look(running, trust)
        assert not running.asked
    async with tls_camera(trustme.CA(), "127.0.0.1") as running:
        with pytest.raises(SnapshotError, match="not trusted"):
            await look(running, trust)


async def test_the_cameras_own_certificate_needs_no_name(tmp_path: Path) -> None:
    """Cameras sign their own, for a name that nobody uses."""
    authority = trustme.CA()
    own = authority.issue_cert("ipcam")
    own.cert_chain_pems[0].write_to_path(tmp_path / "camera.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.configure_cert(context)
    async with camera(ok(JPEG), tls=context) as running:
        assert await look(running, Trust(certificate=tmp_path / "camera.pem")) == JPEG
    async with tls_camera(authority, "ipcam") as running:  # signed by the same, but another
        with pytest.raises(SnapshotError, match="not trusted"):
            await look(running, Trust(certificate=tmp_path / "camera.pem"))
        assert not running.asked


async def test_the_cameras_own_certificate_may_have_a_short_key(tmp_path: Path) -> None:
    """Many cameras made theirs with 1024 bits, which a system takes from nobody else."""
    for name in ("camera", "other"):
        key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ipcam")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        written = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        own = certificate.public_bytes(serialization.Encoding.PEM)
        (tmp_path / f"{name}.pem").write_bytes(own)
        (tmp_path / f"{name}-key.pem").write_bytes(written + own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(tmp_path / "camera-key.pem")
    async with camera(ok(JPEG), tls=context) as running:
        assert await look(running, Trust(certificate=tmp_path / "camera.pem")) == JPEG
        running.asked.clear()
        with pytest.raises(SnapshotError, match="not trusted"):
            await look(running, Trust(certificate=tmp_path / "other.pem"))
        assert not running.asked


async def test_http_and_https_mistaken_for_each_other() -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(b"", status="400 Bad Request"))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(SnapshotError, match="should its address begin with http://"):
            await HttpSource(f"https://127.0.0.1:{port}/").snapshot()


@pytest.mark.parametrize("content", ["", "no certificate"])
async def test_a_file_that_is_no_certificate(tmp_path: Path, content: str) -> None:
    (tmp_path / "camera.pem").write_text(content)
    async with tls_camera(trustme.CA(), "127.0.0.1") as running:
        with pytest.raises(BadSetting, match=r"camera\.pem is not a certificate file"):
            await look(running, Trust(certificate=tmp_path / "camera.pem"))


async def test_old_encryption_is_allowed_only_unverified() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with camera(ok(JPEG), tls=context) as running:
        assert await look(running, Trust(verify=False)) == JPEG


async def test_streams_by_their_own_decoder_have_the_same_choice(tmp_path: Path) -> None:
    pytest.importorskip("av")
    from octoprint_failwatch.engine.sources.stream import StreamSource
    from tests.core.cameras.udp import film

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    data = film("mpegts", "mpeg2video")
    async with camera(ok(data), tls=context) as running:
        for trust in (Trust(verify=False), Trust(certificate=tmp_path / "ca.pem")):
            source = StreamSource(running.at(path="/live.ts"), ReadOptions(trust=trust))
            assert await source.snapshot()
            await source.close()
        running.asked.clear()
        source = StreamSource(running.at("me:very-secret", "/live.ts"))
        with pytest.raises(SnapshotError, match="certificate is not trusted"):
            await source.snapshot()
        await source.close()
        assert not running.asked

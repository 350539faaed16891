"""What a cloud phone system keeps is fetched by https, from a real server, and from nowhere else."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from everycall.errors import NotFoundError
from everycall.wire.fetching import fetch
from everycall.wire.outgoing import is_outside

SOUND = bytes(range(256)) * 1000


@dataclass
class Store:
    """A store of sounds that sends elsewhere when its paths say so."""

    port: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    detours: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a certificate of 127.0.0.1, with its key, which this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now, own = (
        datetime.now(UTC),
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
    )
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(own, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server.pem"
    path.write_bytes(signed.public_bytes(pem) + private)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@contextmanager
def running(certificate: Path) -> Iterator[Store]:
    store = Store()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            store.asked.append((self.path, self.headers.get("Authorization")))
            detour = store.detours.get(self.path)
            self.send_response(302 if detour else 200 if self.path == "/sound" else 404)
            if detour:
                self.send_header("Location", detour)
            self.end_headers()
            if self.path == "/sound":
                self.wfile.write(SOUND)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def store(certificate: Path) -> Iterator[Store]:
    with running(certificate) as found:
        yield found


def test_it_is_read_piece_by_piece_and_the_key_is_shown(store: Store) -> None:
    assert b"".join(fetch(f"{store.address}/sound", ("me", "key"))) == SOUND
    assert store.asked == [("/sound", "Basic bWU6a2V5")]


def test_whoever_does_not_read_on_leaves_nothing_open(store: Store) -> None:
    found = fetch(f"{store.address}/sound")
    next(iter(found))
    found.close()
    assert found.client.is_closed


def test_a_detour_at_the_same_host_is_followed(store: Store) -> None:
    store.detours["/old"] = "/sound"
    assert b"".join(fetch(f"{store.address}/old")) == SOUND


def test_no_detour_leads_to_another_machine_of_this_network(
    store: Store, certificate: Path
) -> None:
    with running(certificate) as other:
        store.detours["/in"] = f"{other.address}/sound"
        with pytest.raises(NotFoundError, match="where nothing is fetched from"):
            fetch(f"{store.address}/in", ("me", "key"))
        assert other.asked == []


@pytest.mark.parametrize(
    "elsewhere", ["http://93.184.216.34/sound", "https://169.254.169.254/", "https://[::1]/"]
)
def test_no_detour_leads_away_from_https_or_to_an_address_inside(
    elsewhere: str, store: Store
) -> None:
    store.detours["/out"] = elsewhere
    with pytest.raises(NotFoundError, match="where nothing is fetched from"):
        fetch(f"{store.address}/out")


def test_detours_come_to_an_end(store: Store) -> None:
    store.detours["/round"] = "/round"
    with pytest.raises(NotFoundError, match="from one address to the next"):
        fetch(f"{store.address}/round")
    assert len(store.asked) == 4


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFoundError, match="404"):
        fetch(f"{store.address}/nothing")
    with pytest.raises(NotFoundError, match="does not give it out"):
        fetch("https://127.0.0.1:1/sound")


def test_public_addresses_are_told_from_those_of_this_network() -> None:
    assert is_outside("93.184.216.34", 443)
    for inside in ("10.0.0.1", "127.0.0.1", "localhost", "nowhere.invalid", "::ffff:10.0.0.1"):
        assert not is_outside(inside, 443)

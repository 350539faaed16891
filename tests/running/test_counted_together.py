"""Tries to log in are counted together, however many processes serve pages."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from running.test_apart import part, prepared
from web.serving import environment

WITH_FACTOR = """
import time
import django; django.setup()
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from everycall.records.models import Person
from everycall.web.accounts.second_factor import Adapter
secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Authenticator.objects.get_or_create(
    user=Person.objects.get(), type="totp", defaults={"data": {"secret": Adapter().encrypt(secret)}})
if time.time() % 30 > 20:
    time.sleep(30 - time.time() % 30)
print(auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30)))
"""
"""Sets a second factor up, and says the code of a moment that lasts for ten seconds at least."""

PASSWORD = "a tall tree by the sea"
LOGIN = "/account/login/"
CODE = "/account/mfa/authenticate/"

Two = list[httpx.Client]


@pytest.fixture
def two(data: Path) -> Iterator[Two]:
    """Two processes that serve pages over the same records."""
    prepared(data)
    with ExitStack() as stack:
        yield [stack.enter_context(part(data, "web"))[0] for _ in range(2)]


def browser_at(client: httpx.Client) -> httpx.Client:
    """Return another browser at the same process."""
    return httpx.Client(base_url=client.base_url, trust_env=False, timeout=30)


def code(data: Path) -> str:
    command = [sys.executable, "-c", WITH_FACTOR]
    done = subprocess.run(
        command, env=environment(data), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def post(client: httpx.Client, path: str, **given: str) -> httpx.Response:
    page = client.get(path).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page
    return client.post(path, data={**given, "csrfmiddlewaretoken": token[1]})


def log_in(client: httpx.Client, password: str = PASSWORD) -> int:
    return post(client, LOGIN, login="ada@example.org", password=password).status_code


def test_what_was_tried_at_one_counts_at_the_other(two: Two, data: Path) -> None:
    one, other = two
    now = code(data)
    for client, expected in zip(two, (302, 200), strict=True):
        assert log_in(client) == 302
        assert post(client, CODE, code=now).status_code == expected, "a code is good once"
    for number in range(4):
        assert post(other, CODE, code=f"wrong{number}").status_code == 200
    with browser_at(one) as late:
        assert log_in(late) == 302
        refused = post(late, CODE, code=code(data))
        assert (refused.status_code, "Too many" in refused.text) == (200, True)
    with browser_at(one) as late:
        for number in range(5):
            assert log_in(late, f"guess {number}") == 200
    with browser_at(other) as late:
        assert log_in(late) == 200, "the right password was taken after five wrong ones"

"""What lies in deploy/ begins what there is: units are looked at by systemd, the container file here."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from everycall.cli import COMMANDS
from web.serving import environment

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
PROGRAM = "/opt/everycall/bin/everycall"
WORST = 3.0
"""So exposed may a unit be at most, as systemd reckons: 10 is unprotected."""

systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not on this machine"
)


def looked_at(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=60
    )


@systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line_of_a_unit(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    told = looked_at("verify", str(copy))
    assert (told.returncode, told.stderr) == (0, "")
    copy.write_text(copy.read_text().replace("NoNewPrivileges", "NoNewPrivilegs"))
    assert "NoNewPrivilegs" in looked_at("verify", str(copy)).stderr, "nothing is looked at"


@systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_shut_in(unit: Path) -> None:
    told = looked_at(
        "security", "--offline=true", "--no-pager", f"--threshold={WORST * 10:.0f}", str(unit)
    )
    assert told.returncode == 0, told.stdout[-300:]


# ---- the container

STEPS = re.sub(r"\\\n\s*", " ", (ROOT / "deploy" / "Containerfile").read_text()).splitlines()
KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL",
         "HEALTHCHECK", "ENTRYPOINT", "CMD"}  # fmt: skip


def steps(word: str) -> list[str]:
    return [line.partition(" ")[2] for line in STEPS if line.startswith(f"{word} ")]


def test_every_line_of_the_container_file_is_one_that_builders_know() -> None:
    words = {line.split()[0] for line in STEPS if line and not line.startswith("#")}
    assert words <= KNOWN


def test_what_is_copied_into_the_container_is_there_and_is_all_that_the_build_needs() -> None:
    copied = [path for line in steps("COPY") if "--from" not in line for path in line.split()[:-1]]
    assert all((ROOT / path).exists() for path in copied), copied
    project = (ROOT / "pyproject.toml").read_text()
    for needed in ("src", "samples/shop", "README.md", "LICENSE"):
        assert needed in copied
        assert needed in project


def test_the_container_runs_as_nobody_and_begins_a_command_that_there_is() -> None:
    (user,) = steps("USER")
    assert user not in ("root", "0")
    (command,) = steps("CMD")[-1:]
    words = [word.strip('[]", ') for word in shlex.split(command.replace(",", " "))]
    assert words[0] in COMMANDS
    told = subprocess.run(
        [sys.executable, "-m", "everycall", words[0], "--help"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert all(word in told for word in words if word.startswith("--"))


@pytest.mark.parametrize("hosts", ["", "calls.example.org", ".example.org"])
def test_the_container_is_well_under_whatever_name_it_is_reached(
    hosts: str, tmp_path: Path
) -> None:
    """The check of the container asks by 127.0.0.1, whatever EVERYCALL_HOSTS says."""
    (check,) = steps("HEALTHCHECK")
    assert "http://127.0.0.1:8440/ready/" in check
    program = (
        "import django; django.setup(); from django.test import RequestFactory as F;"
        "print(F().get('/ready/', headers={'host': '127.0.0.1:8440'}).get_host())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment(tmp_path), "EVERYCALL_HOSTS": hosts},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.stdout.strip() == "127.0.0.1:8440", told.stderr[-300:]
    assert os.environ.get("EVERYCALL_HOSTS", "") == ""

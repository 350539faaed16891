"""A private Asterisk on a loopback address of its own: write, start, ask, stop, kill."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from lab.audio import write_prompt

TEMPLATES = Path(__file__).with_name("etc")
DRIVEN = Path(__file__).parents[2] / "src/everycall/telephony/extensions_everycall.conf"
MANAGER_USER = "lab"
SECRET = "loopback-only"  # noqa: S105  # of a phone system that nobody else can reach
AGENTS = range(1001, 1009)

PROMPTS = {
    "menu": 4.0,
    "invalid": 1.5,
    "callback": 2.5,
    "callback-agent": 2.0,
    "closed": 4.0,
    "info-opening-hours": 5.0,
    "all-busy": 2.0,
    "goodbye": 1.5,
}

CEL_COLUMNS = (
    "eventtype",
    "eventtime",
    "CALLERID(name)",
    "CALLERID(num)",
    "CALLERID(ANI)",
    "CALLERID(DNID)",
    "CHANNEL(exten)",
    "CHANNEL(context)",
    "CHANNEL(channame)",
    "CHANNEL(appname)",
    "CHANNEL(appdata)",
    "CHANNEL(accountcode)",
    "CHANNEL(uniqueid)",
    "CHANNEL(linkedid)",
    "BRIDGEPEER",
    "userdeftype",
    "eventextra",
)

_CDR_FIELDS = (
    "uniqueid",
    "linkedid",
    "sequence",
    "src",
    "dst",
    "channel",
    "dstchannel",
    "lastapp",
    "start,f",
    "answer,f",
    "end,f",
    "duration,f",
    "billsec,f",
    "disposition",
    "userfield",
    "accountcode",
)
CDR_COLUMNS = (*(f"CDR({field})" for field in _CDR_FIELDS), "HANGUPCAUSE")

# Files that Asterisk complains about when they are absent; the second group wants a [general].
_EMPTY = (
    "acl cli cli_aliases cli_permissions dnsmgr enum extconfig say amd minivm followme pjproject "
    "pjsip_notify pjsip_wizard sorcery websocket_client chan_websocket"
)
_GENERAL = "agents ccss confbridge res_http_media_cache stasis udptl"

_FOLDERS = (
    "etc agi-bin cache lib/keys log/cdr-csv log/cdr-custom log/cel-custom prompts recordings run "
    "spool/outgoing spool/recording spool/voicemail"
)

_REGISTRATION = """
[provider]
type = registration
transport = udp
server_uri = sip:@provider@:5060
client_uri = sip:493023125@@provider@
retry_interval = 1
max_retries = 10000
expiration = 7
max_random_initial_delay = 0
"""

_LONGEST_RUN = 85  # a socket's path ends at 107

_LOGS = {
    "queue_log": "log/queue_log",
    "Master.csv": "log/cdr-csv/Master.csv",
    "cel.csv": "log/cel-custom/Master.csv",
}


class NodeError(Exception):
    """Asterisk did not do what was asked; the message says where to look."""


def installed_prefix() -> Path:
    """The folder that `fetch.sh` fills."""
    default = Path.home() / ".cache" / "asterisk22"
    return Path(os.environ.get("ASTERISK_PREFIX") or default)


def is_installed(prefix: Path) -> bool:
    """Whether an Asterisk lies there that runs on this machine."""
    program = prefix / "bin" / "asterisk"
    if not program.exists():
        return False
    answer = subprocess.run([program, "-V"], capture_output=True, text=True, check=False)
    return answer.stdout.startswith("Asterisk ")


def _check_free(server: str) -> None:
    """Complain where an Asterisk listens still whose test was killed: ours would be taken for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as manager:
        manager.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        manager.bind((server, 5038))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.bind((server, 5060))


@dataclass(frozen=True)
class Network:
    """127.1.x.0/24: every node has one to itself, so that all may use the usual ports."""

    number: int
    claim: socket.socket

    @classmethod
    def take(cls) -> Network:
        """Take the first network that no other node on this machine has."""
        for number in range(1, 255):
            claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                claim.bind((f"127.1.{number}.254", 5060))
                _check_free(f"127.1.{number}.100")
            except OSError:
                claim.close()
            else:
                return cls(number, claim)
        raise NodeError("all loopback networks 127.1.x.0 are in use")

    def host(self, last: int) -> str:
        """One of its addresses."""
        return f"127.1.{self.number}.{last}"

    @property
    def server(self) -> str:
        """Where Asterisk listens."""
        return self.host(100)

    @property
    def carrier(self) -> str:
        """Where customers are that we call."""
        return self.host(250)

    @property
    def provider(self) -> str:
        """Where the telephone company's registrar is, which is not there unless a story plays it."""
        return self.host(251)

    @property
    def trunk(self) -> str:
        """The addresses from which callers come."""
        return f"{self.host(128)}/25"

    def agent(self, number: str) -> str:
        """The address of the desk phone 1001 to 1008."""
        return self.host(int(number) - 1000)

    def caller(self, index: int) -> str:
        """The address of the n-th caller, from 0."""
        return self.host(129 + index)


class Node:
    """One Asterisk in one run folder, a child of this process."""

    def __init__(
        self,
        prefix: Path | None = None,
        rtp_timeout: int = 6,
        *,
        name: str = "",
        qualify: int = 0,
        registers: bool = False,
        crowd: int = 0,
    ) -> None:
        self.prefix = prefix or installed_prefix()
        self.rtp_timeout = rtp_timeout
        self.name = name
        self.qualify = qualify
        self.registers = registers
        self.crowd = crowd
        self.network = Network.take()
        self.run = Path(tempfile.mkdtemp(prefix="asterisk-"))
        if len(str(self.run)) > _LONGEST_RUN:
            raise NodeError(f"a socket cannot be named in {self.run}: set TMPDIR to a shorter path")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def sip(self) -> tuple[str, int]:
        """Where phones send to."""
        return self.network.server, 5060

    @property
    def manager(self) -> tuple[str, int]:
        """Where the manager interface listens."""
        return self.network.server, 5038

    @property
    def http(self) -> tuple[str, int]:
        """Where the REST interface listens."""
        return self.network.server, 8088

    def write(self) -> None:
        """Write the run folder: configuration, prompts, empty logs."""
        for folder in _FOLDERS.split():
            (self.run / folder).mkdir(parents=True, exist_ok=True)
        for name in _EMPTY.split():
            self._write(f"{name}.conf", "")
        for name in _GENERAL.split():
            self._write(f"{name}.conf", "[general]\n")
        for template in TEMPLATES.glob("*.conf"):
            self._write(template.name, self._filled(template.read_text()))
        shutil.copy(DRIVEN, self.run / "etc")
        with (self.run / "etc" / "pjsip.conf").open("a") as out:
            out.writelines(self._desk_phone(str(number)) for number in AGENTS)
            if self.registers:
                out.write(self._filled(_REGISTRATION))
            out.writelines(self._crowd_phone(number) for number in self.crowd_numbers)
        with (self.run / "etc" / "queues.conf").open("a") as out:
            out.write("\n[crowd](queue)\nstrategy = rrmemory\n")
            out.writelines(
                f"member => PJSIP/{n},0,Crowd {n},PJSIP/{n}\n" for n in self.crowd_numbers
            )
        for name, seconds in PROMPTS.items():
            write_prompt(self.run / "prompts" / f"{name}.wav", seconds)

    def start(self, within: float = 20) -> None:
        """Start Asterisk and return when it is fully booted."""
        with (self.run / "log" / "console").open("ab") as console:
            self._process = subprocess.Popen(
                [*self._program, "-f"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=os.environ | {"TZ": "UTC"},
                start_new_session=True,
            )
        self.wait_until_booted(within)

    def wait_until_booted(self, within: float = 20) -> None:
        """Return when Asterisk says so; complain when it dies or takes too long."""
        deadline = time.monotonic() + within
        while "fully booted" not in self.cli("core waitfullybooted"):
            if self._process is None or self._process.poll() is not None:
                raise NodeError(f"Asterisk ended at once: see {self.run}/log")
            if time.monotonic() > deadline:
                raise NodeError(f"Asterisk is not up after {within} s: see {self.run}/log")
            time.sleep(0.05)

    def cli(self, command: str) -> str:
        """Run a command of Asterisk's own console and return what it prints."""
        answer = subprocess.run(
            [*self._program, "-rx", command], capture_output=True, text=True, check=False
        )
        return answer.stdout + answer.stderr

    def stop(self, within: float = 10) -> None:
        """Ask Asterisk to end; after a while, make it."""
        if self._process is None or self._process.poll() is not None:
            return
        self.cli("core stop now")
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        """Stop, give the network back, delete the run folder."""
        self.stop()
        self.network.claim.close()
        shutil.rmtree(self.run, ignore_errors=True)

    def log(self, name: str) -> str:
        """The text of `queue_log`, `Master.csv` or `cel.csv`; empty when there is none yet."""
        with contextlib.suppress(FileNotFoundError):
            return (self.run / _LOGS[name]).read_text()
        return ""

    @property
    def version(self) -> str:
        """Like 22.10.1."""
        answer = subprocess.run([*self._program, "-V"], capture_output=True, text=True, check=False)
        return answer.stdout.removeprefix("Asterisk ").partition("+")[0].strip()

    def troubles(self) -> list[str]:
        """The lines of Asterisk's own log that say ERROR."""
        lines = (self.run / "log" / "full").read_text(errors="replace").splitlines()
        return [line for line in lines if "] ERROR[" in line]

    @property
    def _program(self) -> list[str]:
        config = self.run / "etc" / "asterisk.conf"
        return [str(self.prefix / "bin" / "asterisk"), "-C", str(config)]

    def _write(self, name: str, text: str) -> None:
        (self.run / "etc" / name).write_text(text)

    def _filled(self, template: str) -> str:
        words = {
            "run": self.run,
            "prefix": self.prefix,
            "host": self.network.server,
            "sip_port": self.sip[1],
            "ami_port": self.manager[1],
            "http_port": self.http[1],
            "secret": SECRET,
            "rtp_timeout": self.rtp_timeout,
            "system_name": f"systemname = {self.name}" if self.name else "",
            "provider": self.network.provider,
            "carrier": self.network.carrier,
            "trunk_network": self.network.trunk,
            "cel_columns": _csv(CEL_COLUMNS),
            "cdr_columns": _csv(CDR_COLUMNS),
        }
        for word, value in words.items():
            template = template.replace(f"@{word}@", str(value))
        return template

    @property
    def crowd_numbers(self) -> range:
        """The phones of the queue `crowd`, which are all at one address."""
        return range(2001, 2001 + self.crowd)

    def _crowd_phone(self, number: int) -> str:
        contact = f"contact = sip:{number}@{self.network.host(20)}:5060"
        return f"\n[{number}](phone)\naors = {number}\n\n[{number}]\ntype = aor\n{contact}\n"

    def _desk_phone(self, number: str) -> str:
        lines = [
            "",
            f"[{number}](phone)",
            f"aors = {number}",
            f"callerid = Agent {int(number) - 1000} <{number}>",
            "",
            f"[{number}]",
            "type = aor",
            f"contact = sip:{number}@{self.network.agent(number)}:5060",
        ]
        if self.qualify:
            lines += [f"qualify_frequency = {self.qualify}", "qualify_timeout = 1.0"]
        return "\n".join(lines) + "\n"


def _csv(columns: tuple[str, ...]) -> str:
    return ",".join(f"${{CSV_QUOTE(${{{column}}})}}" for column in columns)

"""The command line. Each command's code is loaded when it is called, so that help is instant."""

import importlib
import os
import sys

import click

from everycall import __version__
from everycall.errors import EverycallError

COMMANDS = {
    "import": ("importing", "Take phone-system logs in and count their calls."),
    "attach": ("attaching", "Attach ratings and tags from a file, each to its call."),
    "audit": ("auditing", "Show what happened to the calls, and what cannot be seen."),
    "calls": ("calls", "List calls, as a table, CSV, JSON or Parquet."),
    "explain": ("explaining", "Tell one call's story, and why it counts as it does."),
    "metrics": ("metrics", "Measure anything by anything: answered, waits, rates, staff time."),
    "targets": ("targets", "Hold each day against what the team set out to reach."),
    "hours": ("hours", "Say when you are open on a day, and why."),
    "export": ("exporting", "Write figures in the form that somebody else wants."),
    "definitions": ("definitions", "What missed, lost and abandoned mean; compare two meanings."),
    "ledger": ("ledger", "Follow every missed caller: at risk, recovered, returned, lost."),
    "money": ("money", "What missed callers were worth, and what has to be known for it."),
    "remedies": ("remedies", "What would have caught them: causes, evidence, a plan."),
    "staffing": ("staffing", "How many people are needed, by Erlang C and A."),
    "watch": ("watching", "Show what is happening now: who waits, who talks, who is free."),
    "skipped": ("skipped", "List what could not be read, and why."),
    "recount": ("recounting", "Count the calls again by what the site file says now."),
    "replay": ("replaying", "Read live records again that could not be read."),
    "sources": ("sources", "List the phone systems and formats, and what each can see."),
    "demo": ("demo", "Read the sample logs and show their audit."),
    "serve": (
        "everycall.web.commands.serve",
        "Show calls, reports and the live picture in a browser.",
    ),
    "web": (
        "everycall.web.commands.serve:web",
        "Serve the pages alone; ingest and work run beside.",
    ),
    "ingest": (
        "everycall.web.commands.serve:ingest",
        "Listen to the phone systems, and alert, alone.",
    ),
    "work": ("everycall.web.commands.serve:work", "Send messages, do callbacks and jobs alone."),
    "migrate": ("everycall.web.commands.serve:migrate", "Bring the records up to this version."),
    "let-in": (
        "everycall.web.commands.let_in:let_in",
        "Make a new way in for an owner who lost theirs.",
    ),
    "backup": ("everycall.web.commands.backup:backup", "Write everything into one file."),
    "erase": ("everycall.web.commands.erase:erase_caller", "Take one caller out of everything."),
    "retention": (
        "everycall.web.commands.retention:retention",
        "Let go what is older than you keep it.",
    ),
    "restore": ("everycall.web.commands.backup:restore", "Put a backup into a new data directory."),
}
"""Every command, the module that holds it (`:name` if it is one of several), and its help."""

EPILOG = """\
Exit codes: 0 all is well; 1 something failed; 2 what was asked for is wrong or not there; 3 done,
but some lines could not be read; 4 another everycall is writing, try again.
"""


DEBUG = "EVERYCALL_DEBUG"
"""With this in the environment, what nobody thought of is shown with its traceback."""

_FULL = ("No space left on device", "File too large", "Disk quota exceeded")


class Commands(click.Group):
    """The commands, known by name and loaded by need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        home, _, name = COMMANDS[cmd_name][0].partition(":")
        module = importlib.import_module(home if "." in home else f"everycall.cli.{home}")
        command: click.Command = getattr(module, name or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, doc) for name, (_, doc) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the exit codes mean."""
        formatter.write_paragraph()
        formatter.write_text(EPILOG)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="everycall")
def everycall() -> None:
    """What happened to every call you got: answered, missed, lost, abandoned; and why."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a person sees sentences, never a traceback."""
    try:
        everycall(args=arguments, prog_name="everycall", standalone_mode=False)
    except EverycallError as error:
        _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _fail("stopped; nothing was changed", 130)
    except BrokenPipeError:
        # whoever read our output has seen enough; nothing more may be written to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except Exception as error:
        if DEBUG in os.environ:
            raise
        _fail(_unforeseen(error), 1)


def _unforeseen(error: Exception) -> str:
    """Return the sentence for what nobody thought of, and for a disk that lets us down."""
    told = str(error).strip().splitlines() or [""]
    if any(word in str(error) for word in _FULL):
        return "the disk is full; nothing was changed, make room and try again"
    if isinstance(error, OSError) and error.strerror:
        where = f" '{error.filename}'" if error.filename else ""
        return f"the system refused{where}: {error.strerror}"
    return f"this should not have happened, please report it with {DEBUG}=1 set: {told[0]}"


def _fail(sentence: str, code: int) -> None:
    click.echo(f"everycall: {sentence}", err=True)
    sys.exit(code)

"""The command `cropwright`: one file per command, each imported only when it is called.

Without arguments it is the dpf executable: one job on standard input, one answer (contract,
section 7.6). On a terminal, where nobody types JSON, it shows the help instead.
"""

from __future__ import annotations

import io
import logging
import sys
from importlib import import_module

import click

from cropwright import __version__
from cropwright.errors import CropwrightError

_COMMANDS = {
    "crop": "Crop pictures.",
    "cutout": "Cut subjects out of their background.",
    "bulk": "Crop or cut out a folder or a bucket of any size; goes on after interruptions.",
    "models": "List, fetch and check the models that look at pictures.",
    "process": "Run one crop job given as JSON (dpf).",
    "batch": "Run the crop jobs of a JSON file (dpf).",
    "caps": "Print what the dpf job protocol can do here, as JSON.",
    "serve": "Run the HTTP service.",
    "worker": "Work on the service's jobs, on this machine or another.",
    "keys": "Create, list and revoke the service's API keys.",
    "sweep": "Delete what has expired, once.",
    "settings": "Show every setting, its value and what it is for.",
    "doctor": "Check this installation and show its limits.",
    "completion": "Print the script that completes commands in your shell.",
}
"""Every command and its line in the help; `cli/<name>.py` holds it."""


class Commands(click.Group):
    """The commands, imported only when called: most calls need one of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # click's signature
        """Names, in the order of the help."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called so, or None."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"cropwright.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from cropwright.doors.dpf.wire import PROTOCOL

        called_dpf = (ctx.info_name or "").startswith("dpf")
        click.echo(
            f"dpf {PROTOCOL}" if called_dpf else f"cropwright {__version__} (dpf {PROTOCOL})"
        )
        ctx.exit()


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "-s", "--stream", is_flag=True, help="Read dpf jobs line by line from standard input."
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context, stream: bool) -> None:
    """Crop pictures well.

    \b
      cropwright crop photo.jpg -o small.webp --aspect 4:5 --gravity entropy
      cropwright crop photos/ -o out/ --size 800x800

    Programs drive it with JSON jobs (the DevPixelForge protocol): process, batch, --stream, or one
    job on standard input when no command is given.
    """
    if not stream and ctx.invoked_subcommand is not None:
        return
    from cropwright.cli import process

    if stream:
        ctx.exit(process.stream())
    if sys.stdin.isatty():
        click.echo(ctx.get_help())
        return
    ctx.exit(process.one_line())


def _speak_utf8() -> None:
    """Results are UTF-8 whatever the locale (dpf contract, 7.5); odd file names stay themselves."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def main() -> None:
    """Run the command line; what goes wrong is one line on stderr and exit status 1."""
    _speak_utf8()
    try:
        cli()
    except CropwrightError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except Exception:
        logging.getLogger(__name__).debug("internal error", exc_info=True)
        click.echo("Error: an internal error; please report what you ran", err=True)
        sys.exit(70)

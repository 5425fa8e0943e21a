"""The page of all commands, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from cropwright.cli import cli
from docsite.markdown import fenced, page, table

_HEAD = """\
Generated from the command line itself. `cropwright COMMAND --help` says the same of one command.
What goes wrong is one line on standard error and exit status 1."""


def commands_page() -> str:
    """Every command with its usage and options."""
    return page("Commands", _HEAD, *(_section(context) for context in contexts()))


def contexts() -> Iterator[click.Context]:
    """Every command in the context it is called in, each before those below it."""
    yield from _below(click.Context(cli, info_name="cropwright", **cli.context_settings))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from _below(click.Context(command, parent=context, info_name=name))


def _section(context: click.Context) -> str:
    command = context.command
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    options = table(
        ("option", ""), [(f"`{record[0]}`", record[1]) for record in records if record is not None]
    )
    said = "\n\n".join(_paragraphs(inspect.cleandoc(command.help or "")))
    return f"## {context.command_path}\n\n{fenced('text', usage)}\n\n{said}\n\n{options}"


def _paragraphs(text: str) -> Iterator[str]:
    """A help text's paragraphs; click's mark for one that is not to be filled makes it code."""
    for paragraph in text.split("\n\n"):
        kept = paragraph.removeprefix("\b\n")
        yield fenced("text", kept) if kept != paragraph else paragraph

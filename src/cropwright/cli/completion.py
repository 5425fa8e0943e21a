"""`cropwright completion`: completing commands and options in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes cropwright's commands in SHELL.

    \b
      bash:  cropwright completion bash >> ~/.bashrc
      zsh:   cropwright completion zsh >> ~/.zshrc
      fish:  cropwright completion fish > ~/.config/fish/completions/cropwright.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    root = ctx.find_root().command
    click.echo(kind(root, {}, "cropwright", "_CROPWRIGHT_COMPLETE").source())

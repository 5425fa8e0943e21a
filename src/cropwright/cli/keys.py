"""`cropwright keys`: who may use the service."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from cropwright import settings
from cropwright.core.hosting import Allowance, ApiKey


@click.group()
def command() -> None:
    """Create, list and revoke the service's API keys."""


@command.command()
@click.argument("name")
@click.option("--quota-bytes", type=click.IntRange(1), metavar="N", help="Most bytes hosted.")
@click.option("--quota-files", type=click.IntRange(1), metavar="N", help="Most files hosted.")
@click.option("--rate", type=click.IntRange(1), metavar="N", help="Most requests a minute.")
@click.option("--queue", type=click.IntRange(1), metavar="N", help="Most requests at once.")
def create(
    name: str,
    quota_bytes: int | None,
    quota_files: int | None,
    rate: int | None,
    queue: int | None,
) -> None:
    """Make a key called NAME and print it: it cannot be shown again."""
    from cropwright.kept import kept

    allowance = Allowance(quota_bytes, quota_files, rate, queue)
    with kept(settings.load()) as (_, accounts):
        key = accounts.create(name, allowance)
    click.echo(f"{name} can use the service with this key, shown this once:", err=True)
    click.echo(key)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a key.")
def list_keys(as_json: bool) -> None:
    """List all keys, with what they may do; never the keys themselves."""
    from cropwright.kept import kept

    with kept(settings.load()) as (host, _):
        for key in host.catalog.keys.all():
            usage = host.usage(key.id)
            told = _told(key) | {"bytes": usage.bytes, "files": usage.files}
            words = "  ".join(f"{name}={value}" for name, value in told.items() if value)
            click.echo(json.dumps(told) if as_json else words)


@command.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the key called NAME at once; its files stay until their links end."""
    from cropwright.kept import kept

    with kept(settings.load()) as (host, accounts):
        if not host.catalog.keys.revoke(name, accounts.now_ms()):
            raise click.ClickException(f"there is no key called {name}")
    click.echo(f"{name} is revoked", err=True)


def _told(key: ApiKey) -> dict[str, str | int | None]:
    allowance = key.allowance
    return {
        "name": key.name,
        "created": _moment(key.created_ms),
        "revoked": _moment(key.revoked_ms) if key.revoked_ms else None,
        "quota_bytes": allowance.quota_bytes,
        "quota_files": allowance.quota_files,
        "rate": allowance.rate_per_minute,
        "queue": allowance.queue,
    }


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")

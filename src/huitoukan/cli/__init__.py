"""The face: the only room that prints, shows progress and picks exit codes."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the entry point of `huitoukan`."""
    # Light on purpose: nothing is imported before it is known what is asked for.
    from huitoukan.cli.app import run  # noqa: PLC0415

    raise SystemExit(run())

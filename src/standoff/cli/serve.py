"""`standoff serve`: the live page, where assumptions are moved and the answer follows."""

from __future__ import annotations

from typing import Annotated

import typer

from standoff.cli.app import RefusalError, app, mistakes


@app.command()
def serve(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE|STUDY]",
            help="A packaged scenario, a scenario file, or the folder of a study, to be shown "
            "first; by default all packaged scenarios are offered.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 for any that is free.")
    ] = 8471,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    reachable_by_others: Annotated[
        bool,
        typer.Option(
            "--reachable-by-others",
            help="Allow a host at which others can reach this server. It asks for no password.",
        ),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes; by default one a core, and two at least."),
    ] = None,
    max_states: Annotated[
        int, typer.Option(min=1, help="Refuse scenarios with more reachable states than this.")
    ] = 200_000,
) -> None:
    """Serve a page on which assumptions are moved and the answer follows.

    Open the address that is printed in a browser; Ctrl-C ends it. Scenarios that are edited there
    run under limits of time, memory and states.
    """
    with mistakes(False):
        from standoff.app import Limits, RefusedError
        from standoff.app import serve as run

        try:
            run(
                scenario,
                host,
                port,
                reachable_by_others=reachable_by_others,
                workers=workers,
                limits=Limits(states=max_states),
                told=typer.echo,
            )
        except RefusedError as error:
            raise RefusalError(str(error)) from None

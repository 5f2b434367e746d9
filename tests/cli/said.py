"""Commands as a user gives them, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from standoff.cli.app import app

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
"""A terminal of 80 columns without colour."""


class Said:
    """What a command said, and its exit status."""

    def __init__(self, *arguments: str | Path) -> None:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=PLAIN)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.status, self.out, self.error = result.exit_code, result.stdout, result.stderr
        for text in (self.out, self.error):
            assert "Traceback" not in text
            assert "\x1b" not in text

    @property
    def json(self) -> Any:
        """The whole of standard output, as JSON by the letter and nothing else."""

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        return json.loads(self.out, parse_constant=refuse)

    @property
    def words(self) -> str:
        """Standard output without the breaks between lines."""
        return " ".join(self.out.split())

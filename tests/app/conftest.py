"""One server for all tests of the live page that need one: its processes take seconds to start."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app.served import client, served
from standoff.explore import Study, run


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study that is served."""
    return run("two-move-deterrence", tmp_path_factory.mktemp("app") / "study", futures=32)


@pytest.fixture(scope="session")
def address(study: Study) -> Iterator[str]:
    with served(str(study.path), workers=2) as found:
        yield found


@pytest.fixture
def page(address: str) -> Iterator[httpx.Client]:
    with client(address) as found:
        yield found

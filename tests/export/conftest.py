"""Settings of the tests of exports."""

from collections.abc import Iterator

import pytest

from standoff.solver import one_thread


@pytest.fixture(scope="package", autouse=True)
def alone() -> Iterator[None]:
    """Tiny games gain nothing from threads."""
    with one_thread():
        yield

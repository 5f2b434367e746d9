"""Settings of the tests of certificates."""

from collections.abc import Iterator

import pytest

from standoff.solver import one_thread


@pytest.fixture(scope="package", autouse=True)
def alone() -> Iterator[None]:
    """Tiny games gain nothing from threads, and on a busy machine lose much by waiting for them."""
    with one_thread():
        yield

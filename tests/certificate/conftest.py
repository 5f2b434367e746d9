"""Settings of the tests of certificates."""

from collections.abc import Iterator

import numba
import pytest


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny games gain nothing from threads, and on a busy machine lose much by waiting for them."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)

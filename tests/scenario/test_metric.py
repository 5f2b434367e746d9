"""The section `metric`: how far a change of each parameter is."""

from __future__ import annotations

from standoff.scenario import Metric, loads, starter

STARTER = starter()


def test_it_is_empty_unless_told() -> None:
    """A file without the section has the defaults for everything."""
    assert loads(STARTER).metric == Metric((), (), ())


def test_names_are_as_declared_and_one_fixed_name_needs_no_list() -> None:
    """Spaces, hyphens and underscores of names do not matter; the order is that of the file."""
    first, second, *_ = (p.name for p in loads(STARTER).parameters if p.distribution is not None)
    spelled = second.replace(" ", "-")
    text = STARTER + f"\nmetric:\n  fixed: {first}\n  scales: {{{spelled}: 2.5}}\n"
    found = loads(text + f"  weights: {{{spelled}: 0.5}}\n").metric
    assert found == Metric((first,), ((second, 2.5),), ((second, 0.5),))

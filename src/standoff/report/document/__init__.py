"""A study as one plain document: all that the page shows, as JSON."""

from standoff.report.document.displacement import displacement as displacement
from standoff.report.document.packed import packed as packed
from standoff.report.document.packed import unpacked as unpacked
from standoff.report.document.solved import solution_document as solution_document
from standoff.report.document.whole import FORMAT as FORMAT
from standoff.report.document.whole import UNSOLVED as UNSOLVED
from standoff.report.document.whole import document as document

"""What the pages show, as plain documents for JSON: studies, solutions, pictures, rulings."""

from standoff.report.document.beginning import beginning as beginning
from standoff.report.document.displacement import displacement as displacement
from standoff.report.document.packed import packed as packed
from standoff.report.document.packed import unpacked as unpacked
from standoff.report.document.picture import picture_document as picture_document
from standoff.report.document.promises import promises as promises
from standoff.report.document.ruling import ruling_document as ruling_document
from standoff.report.document.solved import solution_document as solution_document
from standoff.report.document.whole import FORMAT as FORMAT
from standoff.report.document.whole import UNSOLVED as UNSOLVED
from standoff.report.document.whole import document as document

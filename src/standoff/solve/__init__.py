"""Solving a game: policies, values and expected outcomes, in every row at once."""

from standoff.solve.backward import Aim as Aim
from standoff.solve.backward import Backward as Backward
from standoff.solve.backward import Concept as Concept
from standoff.solve.backward import OpenOptions as OpenOptions
from standoff.solve.backward import backward as backward
from standoff.solve.concepts import Guarantee as Guarantee
from standoff.solve.concepts import best_response as best_response
from standoff.solve.concepts import guarantee as guarantee
from standoff.solve.forward import Forward as Forward
from standoff.solve.forward import choice_names as choice_names
from standoff.solve.forward import forward as forward
from standoff.solve.forward import label_names as label_names
from standoff.solve.solution import Precision as Precision
from standoff.solve.solution import Solution as Solution
from standoff.solve.solution import rows_of as rows_of
from standoff.solve.solution import solve as solve
from standoff.solve.solution import solve_doctrines as solve_doctrines

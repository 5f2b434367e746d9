"""Solving a game: policies, values and expected outcomes, in every row at once."""

from standoff.solver.backward import Backward as Backward
from standoff.solver.backward import Concept as Concept
from standoff.solver.backward import OpenOptions as OpenOptions
from standoff.solver.backward import Workspace as Workspace
from standoff.solver.backward import backward as backward
from standoff.solver.backward import one_thread as one_thread
from standoff.solver.backward import workspace as workspace
from standoff.solver.concepts import Concepts as Concepts
from standoff.solver.concepts import Guarantee as Guarantee
from standoff.solver.concepts import best_response as best_response
from standoff.solver.concepts import guarantee as guarantee
from standoff.solver.concepts import side_by_side as side_by_side
from standoff.solver.forward import Forward as Forward
from standoff.solver.forward import choice_names as choice_names
from standoff.solver.forward import forward as forward
from standoff.solver.forward import label_names as label_names
from standoff.solver.group import Aim as Aim
from standoff.solver.solution import DTYPES as DTYPES
from standoff.solver.solution import Precision as Precision
from standoff.solver.solution import Solution as Solution
from standoff.solver.solution import rows_of as rows_of
from standoff.solver.solution import solve as solve
from standoff.solver.solution import solve_doctrines as solve_doctrines

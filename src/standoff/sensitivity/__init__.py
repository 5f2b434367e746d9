"""Which assumptions matter: indices, screening and gradients, on anyone's arrays.

Four ways, from many rows to few: `sobol`, the shares of variance, on rows of a design of its own;
`sensitivity_of_sample`, first-order shares from any sample that is already there; `morris`, a
screening of many factors; `gradient`, slopes near given points.
"""

from standoff.sensitivity.crossing import Crossing as Crossing
from standoff.sensitivity.crossing import by_structure as by_structure
from standoff.sensitivity.crossing import crossed as crossed
from standoff.sensitivity.gradient import Gradient as Gradient
from standoff.sensitivity.gradient import GradientDesign as GradientDesign
from standoff.sensitivity.gradient import gradient as gradient
from standoff.sensitivity.gradient import gradient_design as gradient_design
from standoff.sensitivity.morris import Screening as Screening
from standoff.sensitivity.morris import morris as morris
from standoff.sensitivity.morris import morris_design as morris_design
from standoff.sensitivity.sample import ALIASED as ALIASED
from standoff.sensitivity.sample import FEWEST_ROWS as FEWEST_ROWS
from standoff.sensitivity.sample import SampleIndices as SampleIndices
from standoff.sensitivity.sample import associations as associations
from standoff.sensitivity.sample import sensitivity_of_sample as sensitivity_of_sample
from standoff.sensitivity.sobol import SobolIndices as SobolIndices
from standoff.sensitivity.sobol import sobol as sobol
from standoff.sensitivity.sobol import sobol_design as sobol_design

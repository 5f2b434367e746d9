"""Playing out: trajectories of a solved game, their statistics, and one told move by move."""

from standoff.play.believing import Believing as Believing
from standoff.play.chronicle import chronicle as chronicle
from standoff.play.credence import Credence as Credence
from standoff.play.jobs import LEVELS as LEVELS
from standoff.play.path import Paths as Paths
from standoff.play.path import paths as paths
from standoff.play.simulation import Difference as Difference
from standoff.play.simulation import Simulation as Simulation
from standoff.play.simulation import simulate as simulate
from standoff.play.told import Chance as Chance
from standoff.play.told import Change as Change
from standoff.play.told import Choice as Choice
from standoff.play.told import Chronicle as Chronicle
from standoff.play.told import Learnt as Learnt
from standoff.play.told import Option as Option
from standoff.play.told import Period as Period
from standoff.play.told import Secret as Secret
from standoff.play.told import Turn as Turn
from standoff.play.told import Weighed as Weighed
from standoff.play.unsuited import HiddenError as HiddenError
from standoff.play.unsuited import refuse_hidden as refuse_hidden

"""Playing out: trajectories of a solved game, their statistics, and one told move by move."""

from standoff.play.chronicle import Chance as Chance
from standoff.play.chronicle import Change as Change
from standoff.play.chronicle import Choice as Choice
from standoff.play.chronicle import Chronicle as Chronicle
from standoff.play.chronicle import Option as Option
from standoff.play.chronicle import Period as Period
from standoff.play.chronicle import Turn as Turn
from standoff.play.chronicle import chronicle as chronicle
from standoff.play.path import Paths as Paths
from standoff.play.path import paths as paths
from standoff.play.simulation import LEVELS as LEVELS
from standoff.play.simulation import Difference as Difference
from standoff.play.simulation import Simulation as Simulation
from standoff.play.simulation import simulate as simulate
from standoff.play.unsuited import HiddenError as HiddenError
from standoff.play.unsuited import refuse_hidden as refuse_hidden

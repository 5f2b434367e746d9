"""From a scenario to a game: one topology for all futures, and tables for the numbers of each."""

from standoff.game.compile import MAX_STATES as MAX_STATES
from standoff.game.compile import compile_game as compile_game
from standoff.game.doctrine import allowed_options as allowed_options
from standoff.game.doctrine import find_doctrine as find_doctrine
from standoff.game.game import HIT_KINDS as HIT_KINDS
from standoff.game.game import ONE as ONE
from standoff.game.game import ZERO as ZERO
from standoff.game.game import Game as Game
from standoff.game.game import Integers as Integers
from standoff.game.game import Ledger as Ledger
from standoff.game.game import Move as Move
from standoff.game.game import Pairing as Pairing
from standoff.game.game import Start as Start
from standoff.game.hidden import Hidden as Hidden
from standoff.game.hidden import of_type as of_type
from standoff.game.hidden import profiles_of as profiles_of
from standoff.game.hidden import traits_in as traits_in
from standoff.game.hidden import types_of as types_of
from standoff.game.inspect import inspect as inspect
from standoff.game.numbers import GROUP as GROUP
from standoff.game.numbers import Numbers as Numbers
from standoff.game.numbers import fill as fill
from standoff.game.numbers import grouped as grouped
from standoff.game.row import Row as Row
from standoff.game.row import row_of as row_of

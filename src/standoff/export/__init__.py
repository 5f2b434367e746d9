"""Games and solutions for other programs, so that anyone can check us.

`write_umb` writes the Markov chain of a solution, or the decision process of a free actor, for
Storm and PRISM; `write_efg` writes a small game as a tree, for Gambit, with information sets where
types are hidden. Two modules need packages of their own and are imported by name:
`standoff.export.openspiel` and `standoff.export.pettingzoo`.
"""

from standoff.export.efg import MAX_NODES as MAX_NODES
from standoff.export.efg import count_nodes as count_nodes
from standoff.export.efg import write_efg as write_efg
from standoff.export.tree import Node as Node
from standoff.export.tree import Tree as Tree
from standoff.export.tree import tree_of as tree_of
from standoff.export.umb import Question as Question
from standoff.export.umb import questions_in as questions_in
from standoff.export.umb import write_umb as write_umb
from standoff.export.unroll import MAX_POSITIONS as MAX_POSITIONS
from standoff.export.unroll import TooLargeError as TooLargeError
from standoff.export.unroll import Unrolled as Unrolled
from standoff.export.unroll import unroll as unroll

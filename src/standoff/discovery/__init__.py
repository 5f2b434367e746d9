"""Where do the cases lie? Scenario discovery on anyone's factors and cases.

Boxes by patient rule induction, with the trials that tell a finding from noise, and a tree and a
regression beside them. Nothing here knows of scenarios or games.
"""

from standoff.discovery.box import Box as Box
from standoff.discovery.box import Figures as Figures
from standoff.discovery.box import Interval as Interval
from standoff.discovery.box import Kept as Kept
from standoff.discovery.box import Limit as Limit
from standoff.discovery.box import Restriction as Restriction
from standoff.discovery.box import limits as limits
from standoff.discovery.box import measure as measure
from standoff.discovery.choose import Rule as Rule
from standoff.discovery.choose import at_coverage as at_coverage
from standoff.discovery.choose import at_density as at_density
from standoff.discovery.choose import nearest_ideal as nearest_ideal
from standoff.discovery.discover import Check as Check
from standoff.discovery.discover import Discovery as Discovery
from standoff.discovery.discover import Trials as Trials
from standoff.discovery.discover import discover as discover
from standoff.discovery.factor import Factor as Factor
from standoff.discovery.factor import Factors as Factors
from standoff.discovery.factor import Kind as Kind
from standoff.discovery.factor import as_factors as as_factors
from standoff.discovery.logistic import Logistic as Logistic
from standoff.discovery.logistic import regress as regress
from standoff.discovery.prim import Curve as Curve
from standoff.discovery.prim import Objective as Objective
from standoff.discovery.prim import Patience as Patience
from standoff.discovery.prim import prim as prim
from standoff.discovery.tree import Leaf as Leaf
from standoff.discovery.tree import Tree as Tree
from standoff.discovery.tree import grow as grow
from standoff.discovery.trust import HeldOut as HeldOut
from standoff.discovery.trust import Permuted as Permuted
from standoff.discovery.trust import Resampled as Resampled

"""Small games as trees with information sets, solved exactly: the judge of what is hidden."""

from standoff.extensive.build import Chance as Chance
from standoff.extensive.build import Choice as Choice
from standoff.extensive.build import End as End
from standoff.extensive.build import extensive_form as extensive_form
from standoff.extensive.crisis import Crisis as Crisis
from standoff.extensive.crisis import CrisisEquilibrium as CrisisEquilibrium
from standoff.extensive.crisis import crisis_equilibria as crisis_equilibria
from standoff.extensive.equilibrium import Equilibria as Equilibria
from standoff.extensive.equilibrium import Equilibrium as Equilibrium
from standoff.extensive.form import CHANCE as CHANCE
from standoff.extensive.form import END as END
from standoff.extensive.form import ExtensiveForm as ExtensiveForm
from standoff.extensive.form import InformationSet as InformationSet
from standoff.extensive.logit import BranchLostError as BranchLostError
from standoff.extensive.logit import logit_branch as logit_branch
from standoff.extensive.search import logit_equilibria as logit_equilibria
from standoff.extensive.unfold import MAX_NODES as MAX_NODES
from standoff.extensive.unfold import TreeTooLargeError as TreeTooLargeError
from standoff.extensive.unfold import unfold as unfold

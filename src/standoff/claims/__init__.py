"""What became of the claims, and how the doctrines compare."""

from standoff.claims.belief import BeliefPath as BeliefPath
from standoff.claims.belief import belief_paths as belief_paths
from standoff.claims.compare import Comparison as Comparison
from standoff.claims.compare import Trap as Trap
from standoff.claims.compare import compare as compare
from standoff.claims.compare import regrets as regrets
from standoff.claims.compare import traps as traps
from standoff.claims.quantities import trap_depth as trap_depth
from standoff.claims.truth import Truth as Truth
from standoff.claims.truth import judge_expression as judge_expression
from standoff.claims.unit import POINTS as POINTS
from standoff.claims.unit import SHARE as SHARE
from standoff.claims.unit import unit_of as unit_of
from standoff.claims.verdict import Leaning as Leaning
from standoff.claims.verdict import Roots as Roots
from standoff.claims.verdict import Verdict as Verdict
from standoff.claims.verdict import as_json as as_json
from standoff.claims.verdict import effective_size as effective_size
from standoff.claims.verdict import judge as judge
from standoff.claims.verdict import judge_claims as judge_claims
from standoff.claims.verdict import missing_doctrines as missing_doctrines
from standoff.claims.verdict import truths_of as truths_of
from standoff.claims.verdict import wilson as wilson
from standoff.claims.verdict import write_verdicts as write_verdicts

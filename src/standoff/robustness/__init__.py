"""Which doctrine is robust: metrics, fronts and the nearest failure, on anyone's arrays."""

from standoff.robustness.failure import NearestFailure as NearestFailure
from standoff.robustness.failure import nearest_failure as nearest_failure
from standoff.robustness.metrics import METRICS as METRICS
from standoff.robustness.metrics import Metric as Metric
from standoff.robustness.metrics import Robustness as Robustness
from standoff.robustness.metrics import regret as regret
from standoff.robustness.metrics import robustness as robustness
from standoff.robustness.metrics import satisficing as satisficing
from standoff.robustness.pareto import Fronts as Fronts
from standoff.robustness.pareto import nondominated as nondominated
from standoff.robustness.pareto import pareto as pareto
from standoff.robustness.performance import Better as Better

"""Treaties as rules with dates, and what they say of an incident.

    ruling = rule(load("north-atlantic"), load_incident("september-2001"))
    ruling.clause("article-5").truth

Every answer is YES, NO or UNCLEAR, with the tests behind it and what would settle it: a reasoned
opinion from the rules in a file, and never more.
"""

from standoff.treaty.condition import AllOf as AllOf
from standoff.treaty.condition import AnyOf as AnyOf
from standoff.treaty.condition import Asks as Asks
from standoff.treaty.condition import Condition as Condition
from standoff.treaty.condition import Is as Is
from standoff.treaty.condition import Not as Not
from standoff.treaty.condition import Pending as Pending
from standoff.treaty.condition import Reads as Reads
from standoff.treaty.document import NOTE as NOTE
from standoff.treaty.document import document as document
from standoff.treaty.facts import FACTS as FACTS
from standoff.treaty.facts import Fact as Fact
from standoff.treaty.incident import Incident as Incident
from standoff.treaty.load import from_document as from_document
from standoff.treaty.load import incidents as incidents
from standoff.treaty.load import load as load
from standoff.treaty.load import load_incident as load_incident
from standoff.treaty.load import packaged as packaged
from standoff.treaty.reference import Reference as Reference
from standoff.treaty.reference import Source as Source
from standoff.treaty.rule import history as history
from standoff.treaty.rule import rule as rule
from standoff.treaty.rule import truths as truths
from standoff.treaty.ruling import Change as Change
from standoff.treaty.ruling import Differs as Differs
from standoff.treaty.ruling import Finding as Finding
from standoff.treaty.ruling import Ruling as Ruling
from standoff.treaty.ruling import Settled as Settled
from standoff.treaty.ruling import Test as Test
from standoff.treaty.treaty import Clause as Clause
from standoff.treaty.treaty import Decision as Decision
from standoff.treaty.treaty import Party as Party
from standoff.treaty.treaty import Period as Period
from standoff.treaty.treaty import Reading as Reading
from standoff.treaty.treaty import Treaty as Treaty
from standoff.treaty.truth import Truth as Truth
from standoff.treaty.truth import conjunction as conjunction
from standoff.treaty.truth import disjunction as disjunction
from standoff.treaty.truth import negation as negation

"""Certificates: a solution checked by a program that shares no kernel with what solved it."""

from standoff.certificate.certificate import Certificate as Certificate
from standoff.certificate.certificate import Regret as Regret
from standoff.certificate.certify import PLAYS as PLAYS
from standoff.certificate.certify import certify as certify
from standoff.certificate.check import Check as Check

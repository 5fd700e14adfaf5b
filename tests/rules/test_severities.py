"""How serious a rule is and whether it blocks a verdict is a promise to those who read the report: it changes here first."""

from huitoukan import catalogue, pipeline
from huitoukan.model import Severity
from huitoukan.rules.registry import rules

BLOCKING_ERRORS = """
    F101 F102 F103 F104 F107 F109 F111 L201 L202 L203 L204 L208 L212 L217 U301 U302 U303 U311
    S401 S402 S404 S405 S409 S413 S414 C601 C603
"""
BLOCKING_WARNINGS = "U307 S408 S410 S411 S412 S415"
ERRORS = """
    F110 L205 L207 L209 L221 U304 U312 U337 S421 S422 E501 E502 C602 C607 C611 I718
    Q801 Q802 Q803 Q804 Q805 Q806 Q809 Q812 Q813 Q818 Q819 Q827 Q828
"""
WARNINGS = """
    F106 F108 F112 F113 F121 L206 L211 L213 L214 L215 L216 L218 L220 L222 L223 L224 L225 L226 L228 U305 U308 U309 U313
    U321 U322 U323 U324 U325 U331 U332 U333 U334 U335 U336 S406 S407 S416 S417 S423 S424 S425
    S426 S431 S432 E503 E504 E505 E506
    C608 C609 C610 C612 C613 C614 C615 C616 C617 C618 C619 C622
    I701 I702 I703 I706 I707 I711 I712 I713 I714 I715 I719 I720 I724 I727
    Q807 Q808 Q810 Q811 Q814 Q815 Q816 Q817 Q822 Q823 Q824 Q825 Q826 Q829
"""
INFOS = "F105 F120 L210 L219 L227 L229 U306 S403 C604 C605 C606 C620 C621 Q820 Q821 I723"


def test_severities():
    assert pipeline.MODULES
    expected = {
        **dict.fromkeys(BLOCKING_ERRORS.split(), (Severity.ERROR, True)),
        **dict.fromkeys(BLOCKING_WARNINGS.split(), (Severity.WARNING, True)),
        **dict.fromkeys(ERRORS.split(), (Severity.ERROR, False)),
        **dict.fromkeys(WARNINGS.split(), (Severity.WARNING, False)),
        **dict.fromkeys(INFOS.split(), (Severity.INFO, False)),
    }
    assert {rule.code: (rule.severity, rule.blocks) for rule in rules()} == expected


def test_the_catalogue_says_what_the_rules_do():
    for rule in rules():
        entry = catalogue.entry(rule.code)
        assert (entry.severity, entry.blocks) == (rule.severity, rule.blocks), rule.code
    assert [rule.code for rule in rules()] == sorted(rule.code for rule in rules())

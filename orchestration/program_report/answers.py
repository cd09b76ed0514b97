"""The three questions, each with what the figures of the month answer, in sentences.

Only what the tables say, and what may be claimed by it: a share is what is paid, a credit is who
was in touch, and a difference between those in touch and others is an association.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.program_report.reading import Measure, Report
from orchestration.program_report.words import (
    NOT_ENOUGH,
    because,
    figure_text,
    interval,
    percent,
    points,
    target_text,
)

QUESTIONS = {
    "reward": "Do we reward partners and our people for long-term value, or direct revenue?",
    "people": "Who moves retention, and have they the means and the incentives?",
    "conversation": "Is it a conversation that creates growth, or sending and reacting?",
}
# The measure that a question's verdict stands on.
LEADS = {
    "reward": "payout_share_lasting_value",
    "people": "",
    "conversation": "two_way_share",
}


@dataclass(frozen=True)
class Answer:
    """A question with its sentences; `verdict` is the target's, in words, or that data lacks."""

    question_id: str
    question: str
    verdict: str
    kind: str
    sentences: list[str]


def answers(report: Report) -> list[Answer]:
    """One answer a question, in their order."""
    said = {"reward": _reward, "people": _people, "conversation": _conversation}
    return [_answer(report, question, said[question](report)) for question in QUESTIONS]


def _answer(report: Report, question: str, sentences: list[str]) -> Answer:
    judged = [
        one for one in report.latest if one.question == question and one.is_on_target is not None
    ]
    lead = report.now(LEADS[question])
    if lead is not None and lead.value is None:
        verdict, kind = because(lead.value_null_reason), "unknown"
    elif not judged:
        verdict, kind = NOT_ENOUGH, "unknown"
    else:
        reached = sum(bool(one.is_on_target) for one in judged)
        verdict = f"{reached} of {len(judged)} targets reached"
        kind = "good" if reached == len(judged) else "open"
    return Answer(question, QUESTIONS[question], verdict, kind, sentences)


def _reward(report: Report) -> list[str]:
    lasting = report.now("payout_share_lasting_value")
    direct = report.now("payout_share_direct_revenue")
    if lasting is None or direct is None or lasting.value is None or direct.value is None:
        return [_missing("What the payout stands on", lasting)]
    said = [
        f"{percent(lasting.value)} of what programs owe for twelve months stands on lasting value, "
        f"{percent(direct.value)} on direct revenue{_before(lasting)}."
    ]
    if lasting.target is not None:
        reached = "is reached" if lasting.is_on_target else "is not reached"
        said.append(f"The target of {target_text(lasting)}{_mark(lasting)} {reached}.")
    sides = [
        (name, report.now(f"payout_share_lasting_value_{side}"))
        for name, side in (("partners", "partners"), ("our own people", "own_people"))
    ]
    told = [f"{name} {percent(one.value)}" for name, one in sides if one and one.value is not None]
    if told:
        said.append(f"Of what each side gets, lasting value is: {', '.join(told)}.")
    recurring, kept = report.now("recurring_share"), report.now("nrr_12_months")
    if recurring and kept and recurring.value is not None and kept.value is not None:
        said.append(
            f"{percent(recurring.value)} of revenue recurs, and the customers of a year ago pay "
            f"{percent(kept.value)} of what they paid then."
        )
    return said


def _people(report: Report) -> list[str]:
    gaps = [(abs(one.gap.value), one) for one in report.roles if one.gap.value is not None]
    if gaps:
        widest = max(gaps, key=lambda found: found[0])[1]
        said = [
            f"The widest gap is that of {widest.name.lower()}: "
            f"{percent(widest.contribution.value)} of the contribution by touches, and "
            f"{percent(widest.reward.value)} of the reward."
        ]
    else:
        said = [_missing("Contribution against reward", report.now("reward_gap_customer_support"))]
    waiting, satisfied = report.now("first_reply_hours"), report.now("satisfaction_rate")
    if waiting and satisfied and waiting.value is not None and satisfied.value is not None:
        said.append(
            f"Customers wait {figure_text(waiting.value, waiting.unit)} for support, and "
            f"{percent(satisfied.value)} of those who rate are satisfied."
        )
    return said + _associations(
        report, "role_touch", "renewed", "customers", "customers that roles are in touch with"
    )


def _conversation(report: Report) -> list[str]:
    two_way = report.now("two_way_share")
    if two_way is None or two_way.value is None:
        said = [_missing("Whether partners answer and are answered", two_way)]
    else:
        said = [
            f"{percent(two_way.value)} of threads with partners have two voices{_before(two_way)}."
        ]
        partners = report.now("conversing_partners_share")
        if partners and partners.value is not None:
            said.append(
                f"{percent(partners.value)} of partners are in conversation with us: both begin, "
                "and both answer."
            )
    return said + _associations(
        report, "conversation", "grew", "partners", "partners that converse"
    )


def _associations(report: Report, kind: str, outcome: str, who: str, those: str) -> list[str]:
    """What differs by more than chance, and what cannot be told from it."""
    found = [
        one
        for one in report.effects or []
        if one.exposure_kind == kind and one.outcome_id == outcome
    ]
    clear = [one for one in found if one.claim_kind in ("higher", "lower")]
    unclear = [one for one in found if one.claim_kind == "not_distinguishable"]
    said = [
        f"{one.exposure_name}: {one.outcome_name.lower()} "
        f"{'more' if one.claim_kind == 'higher' else 'less'} often than comparable "
        f"{who}, {interval(one)}."
        for one in clear
    ]
    if unclear:
        names = "; ".join(_lower(one.exposure_name) for one in unclear)
        said.append(
            f"{unclear[0].outcome_name}: no difference that chance could not explain: {names}."
        )
    if not clear and not unclear:
        said.append(f"Whether {those} {outcome} more often than comparable ones: {NOT_ENOUGH}.")
    elif clear:
        said.append("That is association, not proof: attention goes where it is thought to matter.")
    return said


def _missing(what: str, measure: Measure | None) -> str:
    return f"{what}: {because(measure.value_null_reason if measure else None)}."


def _before(measure: Measure) -> str:
    if measure.value_12_months_before is None:
        return ""
    before = figure_text(measure.value_12_months_before, measure.unit)
    return f"; a year before it was {before} ({points(measure.value_change)})"


def _mark(measure: Measure) -> str:
    return " (illustrative)" if measure.target_verification == "illustrative" else ""


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]

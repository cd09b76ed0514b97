"""Estimates of effects by another road than the SQL: regression, and odds told table by table.

And studies of which the true effect is known, because it was put there.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Z_95 = 1.959964


@dataclass(frozen=True)
class Interval:
    """An estimate with its bounds of 95 %."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Study:
    """Units of one study: stratum, 1 where exposed, and the outcome over its denominator."""

    stratum: Numbers
    exposed: Numbers
    numerator: Numbers
    denominator: Numbers


def compared(study: Study) -> Study:
    """Without the strata in which all units are exposed, or none is."""
    both = [
        stratum
        for stratum in np.unique(study.stratum)
        if 0 < study.exposed[study.stratum == stratum].mean() < 1
    ]
    kept = np.isin(study.stratum, both)
    return Study(
        study.stratum[kept], study.exposed[kept], study.numerator[kept], study.denominator[kept]
    )


def difference_of_ratios(study: Study) -> Interval:
    """Regression on exposure and a constant for each stratum, weighted by the denominator.

    The standard error is the one that holds whatever the units' variances are (HC3).
    """
    study = compared(study)
    dummies = (study.stratum[:, None] == np.unique(study.stratum)[None, :]).astype(float)
    design = np.column_stack([study.exposed, dummies])
    weights = study.denominator
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    ratios = study.numerator / study.denominator
    fit = bread @ design.T @ (weights * ratios)
    leverage = weights * np.einsum("ij,jk,ik->i", design, bread, design)
    pull = weights * (ratios - design @ fit) / (1 - leverage)
    cooked = design * pull[:, None]
    error = sqrt((bread @ cooked.T @ cooked @ bread)[0, 0])
    return Interval(fit[0], fit[0] - Z_95 * error, fit[0] + Z_95 * error)


def risk_difference(study: Study) -> Interval:
    """Mantel-Haenszel with the variance of Sato, one fourfold table after the other."""
    total = weight = p = q = 0.0
    for a, b, c, d in _tables(study):
        exposed, others, n = a + b, c + d, a + b + c + d
        weight += exposed * others / n
        total += (a / exposed - c / others) * exposed * others / n
        p += (exposed**2 * c - others**2 * a + exposed * others * (others - exposed) / 2) / n**2
        q += (a * d + c * b) / (2 * n)
    estimate = total / weight
    error = sqrt(estimate * p + q) / weight
    return Interval(estimate, estimate - Z_95 * error, estimate + Z_95 * error)


def odds_ratio(study: Study) -> Interval:
    """Mantel-Haenszel with the variance of Robins, Breslow and Greenland."""
    tables = _tables(study)
    r = sum(a * d / (a + b + c + d) for a, b, c, d in tables)
    s = sum(b * c / (a + b + c + d) for a, b, c, d in tables)
    spread = 0.0
    for a, b, c, d in tables:
        n = a + b + c + d
        spread += (a + d) * a * d / n**2 / (2 * r**2)
        spread += ((a + d) * b * c + (b + c) * a * d) / n**2 / (2 * r * s)
        spread += (b + c) * b * c / n**2 / (2 * s**2)
    half = Z_95 * sqrt(spread)
    return Interval(r / s, exp(log(r / s) - half), exp(log(r / s) + half))


def _tables(study: Study) -> list[tuple[float, float, float, float]]:
    """With and without the outcome: of exposed units, then of the others; a table a stratum."""
    study = compared(study)
    tables = []
    for stratum in np.unique(study.stratum):
        inside = study.stratum == stratum
        exposed, outcome = study.exposed[inside], study.numerator[inside]
        tables.append(
            (
                float(np.sum(exposed * outcome)),
                float(np.sum(exposed * (1 - outcome))),
                float(np.sum((1 - exposed) * outcome)),
                float(np.sum((1 - exposed) * (1 - outcome))),
            )
        )
    return tables


def coverage_bounds(trials: int, rate: float = 0.95, doubt: float = 0.001) -> tuple[int, int]:
    """Fewest and most hits that so many trials of that rate bring, but for `doubt` on each side."""
    chances = [
        comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)
        for hits in range(trials + 1)
    ]
    below = np.cumsum(chances)
    return int(np.searchsorted(below, doubt)), int(np.searchsorted(below, 1 - doubt))


@dataclass(frozen=True)
class World:
    """Studies with one truth: a difference, an odds ratio and a difference of ratios of money."""

    name: str
    difference: float
    odds_ratio: float
    studies: int
    units: int
    strata: int

    @property
    def money_difference(self) -> float:
        """Those kept grow by 6 % on average, exposed or not."""
        return self.difference * 1.06

    def units_drawn(self) -> dict[str, NDArray[np.float64] | NDArray[np.int64]]:
        """A column each; what makes exposure likely makes a good outcome likely: confounded."""
        rng = np.random.default_rng(len(self.name) * 1000 + self.units)
        shape = (self.studies, self.units)
        favour = np.linspace(0, 1, self.strata)
        stratum = rng.integers(0, self.strata, shape)
        exposed = rng.random(shape) < 0.15 + 0.7 * favour[stratum]
        base = 0.3 + 0.5 * favour[stratum]
        renewed = rng.random(shape) < base + self.difference * exposed
        odds = base / (1 - base) * np.where(exposed, self.odds_ratio, 1.0)
        expanded = rng.random(shape) < odds / (1 + odds)
        # the largest customers have hundreds of times the MRR of the smallest, most of it by band
        size = np.exp(4.5 + 2.5 * (stratum % 3) / 2 + rng.normal(0, 0.6, shape))
        growth = 1 + (rng.random(shape) < 0.2) * rng.exponential(0.3, shape)
        return {
            "study": np.repeat(np.arange(self.studies), self.units),
            "unit": np.tile(np.arange(self.units), self.studies),
            "stratum": stratum.ravel(),
            "exposed": exposed.ravel().astype(int),
            "renewed": renewed.ravel().astype(float),
            "expanded": expanded.ravel().astype(float),
            "mrr": size.ravel().round(6),
            "mrr_kept": (size * renewed * growth).ravel().round(6),
        }

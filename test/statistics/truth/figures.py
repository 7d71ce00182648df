"""Writes figures.json: python figures.py. Made with scipy 1.17.1 and statsmodels 0.15.0."""
import json
import os

import numpy as np
from scipy import optimize, stats
from scipy.stats import _resampling
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired


def tango(gained, lost, pairs, level):
    """The interval of differences that a score test does not reject, its nuisance found by numerical likelihood."""
    z = stats.norm.ppf(0.5 + level / 2)

    def score(d):
        def minus_log(q):  # q: share lost; q + d: share gained
            kept = 1 - 2 * q - d
            terms = ((gained, q + d), (lost, q), (pairs - gained - lost, kept))
            return -sum(k * np.log(max(p, 1e-300)) for k, p in terms if k)
        low, high = max(0, -d), (1 - d) / 2
        q = optimize.minimize_scalar(minus_log, bounds=(low, high), method="bounded", options={"xatol": 1e-14}).x
        return (gained - lost - pairs * d) / np.sqrt(pairs * (2 * q + d * (1 - d)))

    at = (gained - lost) / pairs
    return [optimize.brentq(lambda d: score(d) - z, -1 + 1e-9, at), optimize.brentq(lambda d: score(d) + z, at, 1 - 1e-9)]


def discordant(gained, lost):
    table = [[0, lost], [gained, 0]]
    n, fewer = gained + lost, min(gained, lost)
    low, high = stats.binomtest(gained, n).proportion_ci(method="exact")
    return {
        "gained": gained, "lost": lost, "exact": mcnemar(table, exact=True).pvalue,
        "mid": min(1, 2 * stats.binom.cdf(fewer, n, 0.5) - stats.binom.pmf(fewer, n, 0.5)),
        "low": low / (1 - low), "high": high / (1 - high) if high < 1 else None,
    }


def bca(values, level):
    random = np.random.default_rng(5)
    x = np.array(values)
    replicates = np.sort(x[random.integers(0, len(x), (200, len(x)))].mean(axis=1))
    a, b, acceleration = _resampling._bca_interval((x,), np.mean, axis=-1, alpha=(1 - level) / 2, theta_hat_b=replicates, batch=None, xp=np)
    return {"values": values, "level": level, "replicates": replicates.tolist(), "acceleration": float(np.ravel(acceleration)[0]),
            "places": [float(stats.norm.ppf(np.ravel(p)[0])) for p in (a, b)]}


def jackknife(strata, level):
    """A ratio of sums over strata of clusters (numerator, denominator): Student's half width by the delete-one jackknife, in which the
    rest of a stratum stands for all of it (Rust and Rao 1996), with Satterthwaite's degrees."""
    def ratio(weights):
        above, below = (sum(np.dot(w, np.array(s)[:, k]) for w, s in zip(weights, strata)) for k in (0, 1))
        return above / below
    variance, spread = 0, 0
    for h, stratum in enumerate(strata):
        n, values = len(stratum), []
        for i in range(n):
            weights = [np.ones(len(s)) for s in strata]
            weights[h] = np.full(n, n / (n - 1))
            weights[h][i] = 0
            values.append(ratio(weights))
        part = (n - 1) / n * np.sum((np.array(values) - np.mean(values)) ** 2)
        variance, spread = variance + part, spread + part ** 2 / (n - 1)
    degrees = variance ** 2 / spread
    return {"strata": strata, "level": level, "error": float(np.sqrt(variance)), "degrees": float(degrees),
            "half": float(stats.t.ppf(0.5 + level / 2, degrees) * np.sqrt(variance))}


def clusters(seed, n):
    random = np.random.default_rng(seed)
    below = random.integers(1, 6, n)
    return [[int(random.integers(-b, b + 1)), int(b)] for b in below]


counts = [(0, 10), (3, 10), (48, 48), (37, 120), (1, 2000)]
levels = [0.95, 0.99375]
families = [[0.01, 0.04, 0.03, 0.005, 0.5, 0.04], [1, 1e-12, 0.2, 0.2], [0.049]]
differences = [0.4, -1.2, 0.3, 2.1, -0.6, 0.9, 0.2, -0.1, 1.4, 0.7]
figures = {
    "proportions": [{"successes": k, "trials": n, "level": level,
                     "wilson": proportion_confint(k, n, 1 - level, "wilson"), "exact": proportion_confint(k, n, 1 - level, "beta")}
                    for k, n in counts for level in levels],
    "pairs": [discordant(*pair) for pair in [(0, 5), (3, 11), (7, 7), (1, 0), (25, 12), (400, 460)]],
    "differences": [{"gained": g, "lost": m, "pairs": n, "level": level, "interval": tango(g, m, n, level)}
                    for g, m, n in [(3, 11, 40), (25, 12, 200), (7, 7, 30)] for level in levels],
    "families": [{"p": p, "holm": multipletests(p, method="holm")[1].tolist(), "bh": multipletests(p, method="fdr_bh")[1].tolist()}
                 for p in families],
    "equivalence": [{"differences": differences, "margin": margin, "p": float(found[0]), "above": float(found[1][1]), "below": float(found[2][1])}
                    for margin in (0.5, 1.5) for found in [ttost_paired(np.array(differences), np.zeros(10), -margin, margin)]],
    "jackknife": [jackknife([clusters(1, 12), clusters(2, 17)], level) for level in (0.95, 0.99375)],
    "bca": [bca([3.1, 0.2, 5.5, 1.8, 2.2, 9.7, 0.4, 3.3, 2.9, 4.1, 0.9, 7.2], level) for level in (0.9, 0.95)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "figures.json"), "w") as file:
    json.dump(figures, file, default=float)
    file.write("\n")

"""Figures that lib/statistics/{distributions,variance-components,isotonic}.ts are compared with.

python -m venv V && V/bin/pip install numpy==2.* scipy statsmodels scikit-learn pandas
V/bin/python test/statistics/truth/make-components.py > test/statistics/truth/components.json

Mean squares: by statsmodels' anova_lm of the full factorial without the items' interactions. Components: their expectations.
Intervals: rest by scipy's chi2, differences by Ting et al. 1990, written here anew. Isotonic: scikit-learn.
"""

import json
from importlib.metadata import version

import numpy as np
import pandas as pd
from scipy.stats import chi2, f
from sklearn.isotonic import IsotonicRegression
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

rng = np.random.default_rng(20)


def mean_squares(cube):
    items, s, k = cube.shape
    rows = [(i, a, b, cube[i, a, b]) for i in range(items) for a in range(s) for b in range(k)]
    data = pd.DataFrame(rows, columns=["item", "s", "k", "y"])
    terms = ["C(item)"] + (["C(s)"] if s > 1 else []) + (["C(k)"] if k > 1 else [])
    if s > 1 and k > 1:
        terms.append("C(s):C(k)")
    table = anova_lm(ols("y ~ " + " + ".join(terms), data=data).fit(), typ=1)
    names = {"C(item)": "item", "C(s)": "s", "C(k)": "k", "C(s):C(k)": "sk", "Residual": "rest"}
    return {names[t]: (float(table.sum_sq[t] / table.df[t]), int(table.df[t])) for t in table.index}


def root(v):
    return float(np.sqrt(max(0.0, v)))


def ting(ms1, n1, ms2, n2, c, alpha=0.025):
    a, b = ms1 / c, ms2 / c
    G1, H1 = 1 - n1 / chi2.isf(alpha, n1), n1 / chi2.ppf(alpha, n1) - 1
    G2, H2 = 1 - n2 / chi2.isf(alpha, n2), n2 / chi2.ppf(alpha, n2) - 1
    F, E = f.isf(alpha, n1, n2), f.ppf(alpha, n1, n2)
    G12 = ((F - 1) ** 2 - G1**2 * F**2 - H2**2) / F
    H12 = ((1 - E) ** 2 - H1**2 * E**2 - G2**2) / E
    VL = G1**2 * a**2 + H2**2 * b**2 + G12 * a * b
    VU = H1**2 * a**2 + G2**2 * b**2 + H12 * a * b
    return a - b, root(a - b - np.sqrt(max(0, VL))), root(a - b + np.sqrt(max(0, VU)))


def components(cube):
    items, s, k = cube.shape
    ms = mean_squares(cube)
    low = ms.get("sk", ms["rest"])
    parts = [("item", ms["rest"], s * k), ("s", low, items * k), ("k", low, items * s), ("sk", ms["rest"], items)]
    found = []
    for name, lower, c in parts:
        if name in ms:
            v, lo, hi = ting(*ms[name], *lower, c)
            found.append({"name": name, "variance": v, "sd": root(v), "low": lo, "high": hi})
    v, n = ms["rest"]
    found.append({"name": "rest", "variance": v, "sd": root(v), "low": root(v * n / chi2.isf(0.025, n)), "high": root(v * n / chi2.ppf(0.025, n))})
    return {"meanSquares": {name: {"value": v, "df": n} for name, (v, n) in ms.items()}, "components": found}


def design(items, s, k, sds):
    si, ss, sk_, ssk, se = sds
    y = 60 + rng.normal(0, si, (items, 1, 1)) + rng.normal(0, ss, (1, s, 1)) + rng.normal(0, sk_, (1, 1, k))
    y = y + rng.normal(0, ssk, (1, s, k)) + rng.normal(0, se, (items, s, k))
    return np.round(y, 3)


cubes = {
    "three calibration and two decoding seeds": design(12, 3, 2, (20, 6, 3, 2, 8)),
    "calibration seeds only": design(15, 3, 1, (20, 4, 0, 0, 10)),
    "decoding seeds only": design(10, 1, 4, (15, 0, 2, 0, 9)),
    "no seed effect": design(8, 3, 3, (20, 0, 0, 0, 12)),
    "right or wrong": (rng.random((20, 3, 2)) < 0.7).astype(float) * 100,
}
curves = {
    "falling in the middle": ([0.1875, 0.25, 0.5, 1], [41, 62, 58, 60], [1, 1, 1, 1]),
    "weights": ([1, 2, 3, 4, 5], [5, 1, 4, 2, 6], [1, 3, 2, 5, 1]),
    "falling": ([1, 2, 3], [3, 2, 1], [1, 1, 1]),
    "rising": ([1, 2, 3], [1, 2, 3], [1, 1, 1]),
    "ties in x": ([0.5, 0.5, 0.25, 1, 0.25], [50, 60, 58, 54, 40], [2, 1, 1, 1, 1]),
    "random": ([float(v) for v in range(12)], [round(float(v), 3) for v in rng.normal(np.arange(12) / 3, 1)], [1.0] * 12),
}
isotonic = []
for name, (x, y, w) in curves.items():
    fit = IsotonicRegression().fit(x, y, sample_weight=w).predict(x)
    isotonic.append({"name": name, "x": x, "y": y, "weight": w, "fit": [float(v) for v in fit]})
chi = [(p, df, float(chi2.ppf(p, df))) for df in (1, 2, 5, 28, 141, 999, 1001, 5000, 100000) for p in (0.001, 0.025, 0.975, 0.999)]
fs = [(p, a, b, float(f.ppf(p, a, b))) for a, b in ((1, 2), (2, 4), (2, 141), (2, 9000), (9000, 2), (4, 28)) for p in (0.025, 0.95, 0.975)]
print(
    json.dumps(
        {
            "madeWith": {name: version(name) for name in ("numpy", "scipy", "statsmodels", "scikit-learn")},
            "chiSquare": chi,
            "f": fs,
            "designs": [{"name": n, "cube": c.tolist(), **components(c)} for n, c in cubes.items()],
            "isotonic": isotonic,
        },
        indent=None,
    ).replace('{"name"', '\n{"name"')
)

"""An independent program for the rule of the gate, in NumPy and SciPy: writes oracle.json.

    python3 oracle.py > oracle.json       (written with Python 3.11, NumPy 1.24, SciPy 1.10.1)

20 suites of 10 cells: p-values of each cell at its last look, Holm's rejections and verdicts, from values
that are given beside them. 60 tables of paired right and wrong images: the one-sided mid-p value by a sum
over the binomial distribution; Tango's bounds by maximising the likelihood numerically.
"""
import json
import numpy as np
from scipy import optimize, stats

rng = np.random.default_rng(18)
LOOKS, ALPHA, MARGIN, TOLERANCE = (5, 8, 12), 0.05, 1.0, 0.1


def estimates(b, h, pairs):
    """(drop, standard error, degrees of freedom) over all seeds and over pairs."""
    kb, kh = len(b), len(h)
    s2 = (b.var(ddof=1) * (kb - 1) + h.var(ddof=1) * (kh - 1)) / (kb + kh - 2)
    d, se, df = b.mean() - h.mean(), np.sqrt(s2 * (1 / kb + 1 / kh)), kb + kh - 2
    welch = stats.ttest_ind(b, h, equal_var=False)
    sw = d / welch.statistic
    if kh >= 5 and sw > se:
        vb, vh = b.var(ddof=1) / kb, h.var(ddof=1) / kh
        se, df = sw, (vb + vh) ** 2 / (vb**2 / (kb - 1) + vh**2 / (kh - 1))
    out = [(d, se, df)]
    if len(pairs) > 1:
        out.append((pairs.mean(), pairs.std(ddof=1) / np.sqrt(len(pairs)), len(pairs) - 1))
    return out


def p_values(b, h, pairs):
    es = estimates(b, h, pairs)
    n = len(es)
    return (min(1, n * min(stats.t.sf(d / se, df) for d, se, df in es)),
            min(1, n * min(stats.t.cdf((d - MARGIN) / se, df) for d, se, df in es)))


def holm(p, alpha):
    """Rejections, by the definition: reject the smallest as long as p <= alpha / (number not yet rejected)."""
    left, out = set(range(len(p))), np.zeros(len(p), bool)
    while left:
        i = min(left, key=lambda j: p[j])
        if p[i] > alpha / len(left):
            break
        out[i] = True
        left.remove(i)
    return out


def suite(i):
    sd, rho = rng.choice([0.2, 0.3, 0.5, 1.6]), rng.choice([0, 0.5, 0.98])
    cells = []
    for _ in range(10):
        kb = int(rng.integers(8, 21))
        start = int(rng.choice([1, 1, 1, 5, 40]))         # the head's first seed: pairs, some pairs, no pairs
        kh = int(rng.choice([12, 12, 12, 8, 7, 5]))
        common = np.sqrt(rho) * sd * rng.standard_normal(60)
        b = 70 + common[:kb] + np.sqrt(1 - rho) * sd * rng.standard_normal(kb)
        h = 70 + common[start - 1:start - 1 + kh] + rng.choice([1, 1, 2]) * np.sqrt(1 - rho) * sd * rng.standard_normal(kh)
        h -= rng.choice([0, 0, 0, 0.3, 0.7, 1, 1.5])
        cells.append(dict(first=start, base=np.round(b, 2).tolist(), head=np.round(h, 2).tolist()))
    verdict, P, Q, look = ["inconclusive"] * 10, np.ones(10), np.ones(10), [0] * 10
    for k in LOOKS:
        judged = []
        for j, c in enumerate(cells):
            if verdict[j] == "inconclusive" and len(c["head"]) >= k:
                b, h = np.array(c["base"]), np.array(c["head"][:k])
                pairs = np.array([b[s - 1] - h[s - c["first"]] for s in range(c["first"], c["first"] + k) if s <= len(b)])
                P[j], Q[j] = p_values(b, h, pairs)
                d = min(estimates(b, h, pairs), key=lambda e: e[1])[0]      # the more exact estimate
                c["drop"] = d
                look[j] = k
                judged.append(j)
        rejected = holm(P, ALPHA / len(LOOKS))
        for j in judged:
            if rejected[j] and cells[j]["drop"] > TOLERANCE:
                verdict[j] = "regressed"
            elif Q[j] <= ALPHA / len(LOOKS):
                verdict[j] = "pass"
    for j, c in enumerate(cells):
        c.update(p=P[j], p_margin=Q[j], verdict=verdict[j], look=look[j])
    return cells


def loglik(q, d, b, c, n):
    """Log-likelihood of lost, won and unchanged images where P(lost) = q + d and P(won) = q."""
    t = 0.0
    for k, p in ((b, q + d), (c, q), (n - b - c, 1 - 2 * q - d)):
        if k > 0:
            if p <= 0:
                return -np.inf
            t += k * np.log(p)
    return t


def score(d, b, c, n):
    lo, hi = max(0.0, -d), (1 - d) / 2
    x = optimize.minimize_scalar(lambda q: -loglik(q, d, b, c, n), bounds=(lo, hi), method="bounded", options=dict(xatol=1e-14))
    q = x.x
    # polish by the root of the derivative where it is inside
    f = lambda q: b / (q + d) + c / q - 2 * (n - b - c) / (1 - 2 * q - d)
    e = 1e-13
    try:
        q = optimize.brentq(f, lo + e, hi - e, xtol=1e-16, rtol=1e-15)
    except (ValueError, ZeroDivisionError):
        q = lo if c == 0 else q
    return (b - c - n * d) / np.sqrt(n * (2 * q + d * (1 - d)))


def table():
    n = int(rng.choice([50, 1000, 10000]))
    b, c = (int(x) for x in rng.integers(1, max(2, n // rng.choice([5, 10, 50])), 2))
    level = float(rng.choice([0.05, 0.0167, 0.002]))
    z, d = stats.norm.isf(level), (b - c) / n
    root = lambda lo, hi, target: optimize.brentq(lambda x: score(x, b, c, n) - target, lo, hi, xtol=1e-14)
    return dict(n=n, lost=b, won=c, level=level,
                p=float(stats.binom.sf(b, b + c, 0.5) + 0.5 * stats.binom.pmf(b, b + c, 0.5)),
                lower=root(-0.999, d, z), upper=root(d, 0.999, -z))


fisher = [dict(b=b, kb=kb, h=h, kh=kh, p=float(stats.fisher_exact([[h, kh - h], [b, kb - b]], alternative="greater")[1]))
          for b, kb, h, kh in ((1, 20, 1, 5), (1, 20, 3, 5), (2, 20, 5, 5), (4, 12, 4, 12), (1, 1, 1, 5))]
print(json.dumps(dict(suites=[suite(i) for i in range(20)], tables=[table() for _ in range(60)], fisher=fisher)))

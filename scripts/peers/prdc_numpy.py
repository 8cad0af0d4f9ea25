"""Precision, recall, density and coverage by their formulas in NumPy, as a peer of
`repbench quality --metrics prdc --halves 0`.

  prdc_numpy.py --real X.npy --gen Y.npy --dtype float32 [--k 5]

Squared distances are |x|^2 - 2 x.y + |y|^2 by one matrix product, as fast as NumPy's BLAS
is; radii come from a partition. Prints one JSON line: the values, and the seconds without
the reading of the files.
"""
import argparse, json, time
import numpy as np

p = argparse.ArgumentParser()
p.add_argument('--real', required=True)
p.add_argument('--gen', required=True)
p.add_argument('--dtype', choices=['float32', 'float64'], required=True)
p.add_argument('--k', type=int, default=5)
a = p.parse_args()
x, y = np.load(a.real).astype(a.dtype), np.load(a.gen).astype(a.dtype)


def distances(x, y):
    d = x @ y.T
    d *= -2
    d += (x * x).sum(1)[:, None]
    d += (y * y).sum(1)[None]
    np.maximum(d, 0, out=d)
    return np.sqrt(d, out=d)


def radii(x):
    d = distances(x, x)
    np.fill_diagonal(d, 0)
    return np.partition(d, a.k, axis=1)[:, a.k]


start = time.perf_counter()
rx, ry = radii(x), radii(y)
d = distances(x, y)
inside = d < rx[:, None]
out = {'precision': float(inside.any(0).mean()), 'recall': float((d < ry[None]).any(1).mean()),
       'density': float(inside.sum(0).mean() / a.k), 'coverage': float((d.min(1) < rx).mean())}
out['seconds'] = time.perf_counter() - start
print(json.dumps(out))

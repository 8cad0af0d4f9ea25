#!/usr/bin/python3
"""Fréchet distance of two sets of rows as pytorch-fid, clean-fid and dgm-eval compute it: numpy.cov and scipy.linalg.sqrtm.

  frechet_scipy.py --real REAL.npy --gen GEN.npy

Prints one JSON object: value, seconds (both covariances and the root, without reading the files; all threads of the BLAS),
seconds_covariance, seconds_root.
"""
import argparse
import json
import time

import numpy as np
from scipy import linalg

parser = argparse.ArgumentParser()
parser.add_argument('--real', required=True)
parser.add_argument('--gen', required=True)
a = parser.parse_args()
real, gen = np.load(a.real), np.load(a.gen)
start = time.time()
(m1, s1), (m2, s2) = [(x.mean(0, dtype='d'), np.cov(x, rowvar=False)) for x in (real, gen)]
middle = time.time()
root, _ = linalg.sqrtm(s1.dot(s2), disp=False)
value = ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real
end = time.time()
print(json.dumps({'value': float(value), 'seconds': end - start, 'seconds_covariance': middle - start, 'seconds_root': end - middle}))

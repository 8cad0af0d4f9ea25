#!/usr/bin/env python3
"""Measures FAISS's exact search (IndexFlatL2) and prints products a second, by the clock and by
processor time, in units of 1e9. Building the index is not counted.

Usage: neighbours_faiss.py bytes|floats N M D K
"""
import os
import sys
import time

import faiss
import numpy as np

kind, (n, m, d, k) = sys.argv[1], map(int, sys.argv[2:6])
faiss.omp_set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count()))
rng = np.random.RandomState(1)


def draw(rows):
    if kind == "floats":
        return rng.rand(rows, d).astype("f")
    patterns = np.random.RandomState(2).randint(0, 200, (50, d))
    return (patterns[rng.randint(0, 50, rows)] + rng.randint(0, 56, (rows, d))).astype("f")


index = faiss.IndexFlatL2(d)
for lo in range(0, n, 5000):
    index.add(draw(min(5000, n - lo)))
queries = draw(m)
clock, cpu = time.perf_counter(), time.process_time()
index.search(queries, k)
clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
products = n * m * d / 1e9
print("%.1f %.1f" % (products / clock, products / cpu))

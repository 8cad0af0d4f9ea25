"""The same work as "repbench data prepare" with Pillow, in several processes.

prepare_pillow.py TAR --size N --out DIR [--draft] [--workers W]

Reads a tar file in one process, decodes, resizes (bicubic, shorter side N, centre
crop) in W others, writes images.npy through a memory map, prints one JSON line.
"""
import argparse
import io
import json
import multiprocessing
import os
import resource
import tarfile
import time

import numpy as np
from PIL import Image


def prepare(task):
    data, n, draft = task
    im = Image.open(io.BytesIO(data))
    if draft:
        im.draft("RGB", (n, n))
    im = im.convert("RGB")
    w, h = im.size
    s = n / min(w, h)
    w, h = max(n, round(w * s)), max(n, round(h * s))
    x, y = (w - n) // 2, (h - n) // 2
    return np.asarray(im.resize((w, h), Image.BICUBIC).crop((x, y, x + n, y + n)))


def tasks(path, n, draft):
    with tarfile.open(path) as tar:
        for member in tar:
            if member.isfile():
                yield tar.extractfile(member).read(), n, draft


def main():
    p = argparse.ArgumentParser()
    p.add_argument("tar")
    p.add_argument("--size", type=int, required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--draft", action="store_true")
    p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    began = time.perf_counter()
    with tarfile.open(a.tar) as tar:
        count = sum(m.isfile() for m in tar)
    os.makedirs(a.out, exist_ok=True)
    out = np.lib.format.open_memmap(os.path.join(a.out, "images.npy"), "w+", np.uint8, (count, a.size, a.size, 3))
    with multiprocessing.Pool(a.workers) as pool:
        for i, pixels in enumerate(pool.imap(prepare, tasks(a.tar, a.size, a.draft), chunksize=8)):
            out[i] = pixels
    out.flush()
    seconds = time.perf_counter() - began
    kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + a.workers * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"images": count, "seconds": round(seconds, 3), "images_per_second": round(count / seconds, 1), "peak_rss_mb": kb // 1024}))


if __name__ == "__main__":
    main()

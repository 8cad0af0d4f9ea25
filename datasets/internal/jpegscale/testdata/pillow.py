"""Writes small JPEG files and pillow.txt: the pixels that Pillow makes of them.

Run: /usr/bin/python3 pillow.py FOLDER-OF-PHOTOGRAPHS   (or without: files only from noise)
The folder's photographs are not kept; only hashes of their pixels are.
"""
import glob
import hashlib
import os
import sys

import numpy as np
import PIL
from PIL import Image


def picture(w, h, seed):
    """Smooth colours with sharp edges and some noise."""
    r = np.random.RandomState(seed)
    y, x = np.mgrid[0:h, 0:w].astype(float)
    a = np.stack([127 + 127 * np.sin(x / (3 + k) + y / (7 - k) + seed) for k in range(3)], -1)
    a[(x + 2 * y) % 23 < 5] = r.randint(0, 256, 3)
    return np.clip(a + r.randint(-20, 21, a.shape), 0, 255).astype(np.uint8)


def hashes(path):
    out = []
    for scale in (1, 2, 4, 8):
        im = Image.open(path)
        w, h = im.size
        if scale > 1:
            im.draft(None, (w // scale, h // scale))
        a = np.asarray(im)
        assert a.shape[0] == -(-h // scale), (path, scale, a.shape)
        out.append(f"{a.shape[1]}x{a.shape[0]} " + hashlib.sha256(a.tobytes()).hexdigest())
    return " ".join(out)


lines = []
for w, h in [(16, 16), (61, 45), (34, 83), (10, 9), (129, 64)]:
    for sampling in (0, 1, 2, "grey"):
        for progressive in (False, True):
            if (w, h) in ((16, 16), (129, 64)) and progressive:
                continue
            im = Image.fromarray(picture(w, h, w + h))
            if sampling == "grey":
                im, kw = im.convert("L"), {}
            else:
                kw = {"subsampling": sampling}
            name = f"{w}x{h}_{sampling}_{'progressive' if progressive else 'baseline'}.jpg"
            im.save(name, quality=60 + w % 35, progressive=progressive, optimize=w == 34, **kw)
            lines.append(name + " " + hashes(name))
for f in sorted(glob.glob("extra_*.jpg")):
    lines.append(f + " " + hashes(f))
if len(sys.argv) > 1:
    with open("photographs.txt", "w") as out:
        print(f"# Pillow {PIL.__version__}: file, then size and sha256 of the pixels at 1, 1/2, 1/4, 1/8", file=out)
        for f in sorted(glob.glob(os.path.join(sys.argv[1], "*.JPEG"))):
            if Image.open(f).mode in ("RGB", "L"):
                print(os.path.basename(f), hashes(f), file=out)
with open("pillow.txt", "w") as out:
    print(f"# Pillow {PIL.__version__}: file, then size and sha256 of the pixels at 1, 1/2, 1/4, 1/8", file=out)
    print("\n".join(lines), file=out)

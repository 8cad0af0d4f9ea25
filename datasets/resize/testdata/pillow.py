"""Writes pillow.txt: what Pillow makes of images that resize_test.go draws too.

Run: /usr/bin/python3 pillow.py > pillow.txt
"""
import hashlib

import numpy as np
import PIL
from PIL import Image

FILTERS = {"bicubic": Image.BICUBIC, "box": Image.BOX, "bilinear": Image.BILINEAR, "lanczos": Image.LANCZOS}
SIZES = [(1, 1), (2, 3), (5, 4), (17, 40), (32, 32), (33, 32), (48, 31), (64, 65), (100, 75), (96, 301), (640, 333)]


def noise(n):
    """n bytes of the generator x -> 1664525 x + 1013904223, half of them 0 or 255."""
    x, out = 1, np.empty(n, np.uint8)
    for i in range(n):
        x = (1664525 * x + 1013904223) & 0xFFFFFFFF
        v = x >> 24
        out[i] = v if x >> 16 & 1 else 255 * (v >> 7)
    return out


if __name__ == "__main__":
    print(f"# Pillow {PIL.__version__}: width height channels n filter sha256")
    for w, h in SIZES:
        for c in (1, 3):
            a = noise(w * h * c).reshape((h, w, c) if c == 3 else (h, w))
            im = Image.fromarray(a)
            for n in (1, 7, 32):
                s = n / min(w, h)
                fw, fh = max(n, round(w * s)), max(n, round(h * s))
                for name, f in FILTERS.items():
                    r = np.asarray(im.resize((fw, fh), f))
                    y, x = (fh - n) // 2, (fw - n) // 2
                    crop = np.ascontiguousarray(r[y:y + n, x:x + n])
                    print(w, h, c, n, name, hashlib.sha256(crop.tobytes()).hexdigest())

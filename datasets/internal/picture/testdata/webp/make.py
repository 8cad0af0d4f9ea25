"""Writes WebP files and, as PNG, the pixels that Pillow 9.4 (libwebp) reads from them:
python3 make.py"""
import numpy as np
from PIL import Image

rng = np.random.default_rng(1)
for name, h, w, options in [
    ("lossy_odd", 19, 23, dict(quality=75)),
    ("lossy_even", 16, 34, dict(quality=90)),
    ("lossy_thin", 3, 1, dict(quality=80)),
    ("lossy_alpha", 12, 10, dict(quality=80)),
    ("lossless", 9, 14, dict(lossless=True)),
]:
    y, x = np.mgrid[:h, :w]
    channels = 4 if "alpha" in name else 3
    a = np.stack([x * 255 // max(w - 1, 1), y * 255 // (h - 1), (x * y * 7) % 256, 255 - x * 9 % 200][:channels], -1)
    a = np.clip(a + rng.integers(-20, 20, a.shape), 0, 255).astype(np.uint8)
    Image.fromarray(a).save(name + ".webp", **options)
    # Without the alpha channel, as convert("RGB") drops it.
    Image.fromarray(np.asarray(Image.open(name + ".webp"))[..., :3].copy()).save(name + ".png")

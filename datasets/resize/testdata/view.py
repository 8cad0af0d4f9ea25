"""Writes view.txt: what Pillow and torchvision make of images that view_test.go draws too.

Run: /usr/bin/python3 view.py > view.txt
Results with a value close to a half before rounding are left out where PyTorch makes them.
"""
import hashlib

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode as Mode
from torchvision.transforms import functional as F

from pillow import noise

SIZES = [(23, 31), (40, 17), (64, 64), (75, 100), (301, 96), (333, 250)]
# height and width of the crop, shorter side; 0: the whole image becomes height x width
VIEWS = [(16, 16, 16), (16, 16, 23), (14, 20, 24), (32, 32, 37), (56, 56, 64), (11, 19, 0), (64, 48, 0)]
MODES = {"bilinear": Mode.BILINEAR, "bicubic": Mode.BICUBIC, "nearest": Mode.NEAREST}


def resized(a, method, size):
    kind, name = method.split("-") if "-" in method else ("antialiased", method)
    im = Image.fromarray(a)
    if kind == "antialiased":
        return np.asarray(F.resize(im, size, MODES[name]))
    x = torch.from_numpy(a.copy().reshape(a.shape[0], a.shape[1], -1)).permute(2, 0, 1).contiguous()
    floats = F.resize(x.float(), size, MODES[name], antialias=False)
    if ((floats % 1 - 0.5).abs() < 1e-4).any():
        return None  # the order of a sum decides how a half is rounded
    return F.resize(x, size, MODES[name], antialias=False).permute(1, 2, 0).numpy()


def crop(a, offset, h, w):
    if offset == "half-even":
        im = torch.from_numpy(a.copy().reshape(a.shape[0], a.shape[1], -1)).permute(2, 0, 1)
        return F.center_crop(im, [h, w]).permute(1, 2, 0).numpy()
    top, left = (a.shape[0] - h) // 2, (a.shape[1] - w) // 2  # transformers.image_transforms.center_crop
    return a[top:top + h, left:left + w]


if __name__ == "__main__":
    print(f"# Pillow {PIL.__version__}, torch {torch.__version__}, torchvision {torchvision.__version__}: "
          "width height channels crop_h crop_w shorter method offset sha256")
    for w, h in SIZES:
        for c in (1, 3):
            a = noise(w * h * c).reshape((h, w, c) if c == 3 else (h, w))
            for ch, cw, shorter in VIEWS:
                for method in ("bilinear", "bicubic", "nearest", "plain-bilinear", "plain-bicubic"):
                    r = resized(a, method, shorter or (ch, cw))
                    if r is None:
                        continue
                    for offset in ("half-even", "down"):
                        out = np.ascontiguousarray(crop(r, offset, ch, cw))
                        print(w, h, c, ch, cw, shorter, method, offset, hashlib.sha256(out.tobytes()).hexdigest())

"""Makes resample_*.npy: an image of 13×20 and what PyTorch resamples it to.

    /usr/bin/python3 resample.py    (PyTorch 1.13.0 of Debian 12)
"""
import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(1)
image = torch.randint(0, 256, (13, 20, 3), dtype=torch.uint8)
np.save("resample_in.npy", image.numpy())
x = image.permute(2, 0, 1)[None].double()
for method in ("bilinear", "bicubic"):
    for height, width in ((5, 7), (32, 24)):
        y = F.interpolate(x, size=(height, width), mode=method, antialias=True, align_corners=False)
        np.save(f"resample_{method}_{height}x{width}.npy", y[0].permute(1, 2, 0).clamp(0, 255).float().numpy())

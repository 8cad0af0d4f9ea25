"""Writes small files in the form of SVHN's cropped digits with SciPy 1.10: python3 make.py
Pixel (y, x, c) of image n is (50 n + 3 y + 2 x + 40 c) mod 256, its label 1 + (9 + n) mod 10."""
import numpy as np
from scipy.io import savemat

y, x, c, n = np.mgrid[:32, :32, :3, :3]
X = ((50 * n + 3 * y + 2 * x + 40 * c) % 256).astype(np.uint8)
labels = (1 + (9 + np.arange(3)) % 10).reshape(3, 1)
u8 = labels.astype(np.uint8)
savemat("compressed.mat", {"X": X, "y": u8}, do_compression=True)
savemat("double_labels.mat", {"X": X, "y": labels.astype(np.float64)}, do_compression=True)
savemat("labels_first.mat", {"y": u8, "X": X}, do_compression=True)
savemat("others_first.mat", {"note": "hello", "S": {"a": 1, "b": np.ones(3)}, "X": X, "y": u8, "cell": np.array([1, "x"], object)},
        do_compression=True)
savemat("double_images.mat", {"X": X.astype(np.float64), "y": u8}, do_compression=True)
savemat("one.mat", {"X": X[..., 0], "y": u8[:1]}, do_compression=True)
savemat("plain.mat", {"X": X[..., :1], "y": u8[:1]}, do_compression=False)

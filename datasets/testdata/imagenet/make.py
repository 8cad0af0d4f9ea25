"""Writes meta.mat in the form of ImageNet's development kit (SciPy 1.10), and a CMYK and a grey JPEG
with the pixels that Pillow 9.4 makes of the former: python3 make.py"""
import numpy as np
from PIL import Image
from scipy.io import savemat

synsets = np.zeros((3, 1), dtype=[(k, object) for k in ("ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children", "wordnet_height", "num_train_images")])
for i, (wnid, words) in enumerate([("n01443537", "goldfish, Carassius auratus"), ("n01440764", "tench, Tinca tinca"), ("n00001740", "entity")]):
    synsets[i, 0] = (float(i + 1), wnid, words, "gloss of " + wnid, 0.0, np.zeros((1, 0)), 0.0, 1300.0)
savemat("meta.mat", {"synsets": synsets}, do_compression=True)

y, x = np.mgrid[:16, :24]
cmyk = np.stack([x * 10, y * 15, 255 - x * 10, (x + y) * 3], -1).astype(np.uint8)
Image.fromarray(cmyk, "CMYK").save("cmyk.jpg", quality=95)  # Adobe's marker, inverted, as Photoshop does
Image.open("cmyk.jpg").convert("RGB").save("cmyk.png")
Image.fromarray((x * 10).astype(np.uint8)).save("grey.jpg")

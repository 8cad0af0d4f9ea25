"""Writes features/internal/netfile/testdata/presets.txt: what the pipelines of the presets of onnx:
make of the photographs of ../shared/data/imagenet-sample, with Pillow and torchvision.

Run: /usr/bin/python3 scripts/presets.py ../shared/data/imagenet-sample > features/internal/netfile/testdata/presets.txt

Each line has the settings of onnx:, the size of the network's input, the SHA-256 of all images of 8
bits after resizing and cropping (RGB, row-major, in the order of the files' names), and the sum of
each channel after ToTensor and Normalize. timm's pipeline is its transforms_imagenet_eval:
Resize(floor(size / crop_pct)), CenterCrop(size).
"""
import glob
import hashlib
import math
import os
import sys

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode as Mode

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def crop(shorter, size, mode):
    """torchvision's evaluation, and that of CLIP, DINOv2, DINOv3 and MAE."""
    return [T.Resize(shorter, interpolation=mode), T.CenterCrop(size)]


def timm(ratio, size, mode):
    return crop(math.floor(size / ratio), size, mode)


def transformers(shorter, size, mode):
    """The image processors of Hugging Face's transformers: the offset of the crop is rounded down."""
    def middle(im):
        left, top = (im.width - size) // 2, (im.height - size) // 2
        return im.crop((left, top, left + size, top + size))
    return [T.Resize(shorter, interpolation=mode), middle]


CASES = [
    ("preset=imagenet", 224, crop(256, 224, Mode.BILINEAR), IMAGENET),
    ("preset=imagenet,shorter=232", 224, crop(232, 224, Mode.BILINEAR), IMAGENET),
    ("preset=clip", 224, crop(224, 224, Mode.BICUBIC), CLIP),
    ("preset=clip", 336, crop(336, 336, Mode.BICUBIC), CLIP),
    ("preset=dinov2", 224, crop(256, 224, Mode.BICUBIC), IMAGENET),
    ("preset=dinov3", 224, crop(256, 224, Mode.BICUBIC), IMAGENET),
    ("preset=mae", 224, crop(256, 224, Mode.BICUBIC), IMAGENET),
    ("preset=timm:resnet50.tv_in1k", 224, timm(0.875, 224, Mode.BILINEAR), IMAGENET),
    ("preset=timm:resnet50.a1_in1k", 224, timm(0.95, 224, Mode.BICUBIC), IMAGENET),
    ("preset=timm:resnet50.a1_in1k", 288, timm(1.0, 288, Mode.BICUBIC), IMAGENET),
    ("preset=timm:convnext_tiny.fb_in1k", 224, timm(0.875, 224, Mode.BICUBIC), IMAGENET),
    ("preset=timm:vit_base_patch16_224.augreg_in21k_ft_in1k", 224, timm(0.9, 224, Mode.BICUBIC), HALF),
    ("preset=timm:deit_small_patch16_224.fb_in1k", 224, timm(0.9, 224, Mode.BICUBIC), IMAGENET),
    ("preset=timm:vit_small_patch14_dinov2.lvd142m", 518, timm(1.0, 518, Mode.BICUBIC), IMAGENET),
    ("preset=timm:efficientnet_b0.ra_in1k", 224, timm(0.875, 224, Mode.BICUBIC), IMAGENET),
    ("crop-ratio=0.9,norm=imagenet", 256, timm(0.9, 256, Mode.BILINEAR), IMAGENET),
    ("crop=center,rules=transformers,shorter=225,resize=bicubic,mean=0.5,std=0.5", 224, transformers(225, 224, Mode.BICUBIC), HALF),
    ("crop=center,resize=nearest,shorter=100,mean=0.5,std=0.5", 96, crop(100, 96, Mode.NEAREST), HALF),
    ("round=8bit,resize=bicubic,mean=0.5,std=0.5", 64, [T.Resize((64, 64), interpolation=Mode.BICUBIC)], HALF),
]

print(f"# Pillow {PIL.__version__}, torch {torch.__version__}, torchvision {torchvision.__version__}: settings size sha256 sum sum sum")
images = [Image.open(f).convert("RGB") for f in sorted(glob.glob(os.path.join(sys.argv[1], "*.JPEG")))]
for settings, size, steps, (mean, std) in CASES:
    pixels, sums = hashlib.sha256(), np.zeros(3)
    eight, last = T.Compose(steps), T.Compose([T.ToTensor(), T.Normalize(mean, std)])
    for im in images:
        seen = eight(im)
        assert seen.size == (size, size)
        pixels.update(np.asarray(seen).tobytes())
        sums += last(seen).double().sum((1, 2)).numpy()
    print(settings, size, pixels.hexdigest(), *(f"{s:.6f}" for s in sums))

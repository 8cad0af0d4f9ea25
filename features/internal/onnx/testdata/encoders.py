"""Makes the encoders of this folder at small width, with random weights, and what PyTorch computes with them in float64.

    /usr/bin/python3 encoders.py        (PyTorch 1.13.0 of Debian 12, NumPy 1.24)

Each encoder_NAME.onnx stands beside encoder_NAME_in.npy, two images [N, C, H, W], and encoder_NAME_out.npy, its outputs
that images alone give, one after another, flattened, float64 (of the network with fake quantisation, which
PyTorch has for float32 only, its float32 outputs). The structures are those of the published models:
facebookresearch/dinov2 and dinov3, openai/CLIP, facebookresearch/mae, moco, ConvNeXt-V2, and timm (EfficientNet, NFNet, EVA,
MobileNetV4).
"""
import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def attend(q, k, v):
    return (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(-1) @ v


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.qkv, self.proj, self.heads = nn.Linear(d, 3 * d), nn.Linear(d, d), heads

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(attend(q, k, v).transpose(1, 2).reshape(n, t, d))


class SwiGLU(nn.Module):
    def __init__(self, d, hidden, norm=False):
        super().__init__()
        self.w12, self.w3, self.norm = nn.Linear(d, 2 * hidden), nn.Linear(hidden, d), nn.LayerNorm(hidden) if norm else nn.Identity()

    def forward(self, x):
        a, b = self.w12(x).chunk(2, dim=-1)
        return self.w3(self.norm(F.silu(a) * b))


class Mlp(nn.Module):
    def __init__(self, d, act=F.gelu):
        super().__init__()
        self.fc1, self.fc2, self.act = nn.Linear(d, 2 * d), nn.Linear(2 * d, d), act

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class LayerScale(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gamma = nn.Parameter(torch.rand(d) + 0.5)

    def forward(self, x):
        return x * self.gamma


class Block(nn.Module):
    def __init__(self, d, attn, mlp, scale=False):
        super().__init__()
        self.n1, self.n2, self.attn, self.mlp = nn.LayerNorm(d, eps=1e-6), nn.LayerNorm(d, eps=1e-6), attn, mlp
        self.s1, self.s2 = (LayerScale(d), LayerScale(d)) if scale else (nn.Identity(), nn.Identity())

    def forward(self, x):
        x = x + self.s1(self.attn(self.n1(x)))
        return x + self.s2(self.mlp(self.n2(x)))


class DinoV2(nn.Module):
    """Position embedding resized to the images, LayerScale, SwiGLU, register tokens."""

    def __init__(self, d=16, side=3):
        super().__init__()
        self.patch, self.side = nn.Conv2d(3, d, 4, 4), side
        self.cls, self.registers = nn.Parameter(torch.randn(1, 1, d)), nn.Parameter(torch.randn(1, 2, d))
        self.pos = nn.Parameter(torch.randn(1, 1 + side * side, d))
        self.blocks = nn.ModuleList([Block(d, Attention(d, 2), SwiGLU(d, 20), scale=True) for _ in range(2)])
        self.norm = nn.LayerNorm(d, eps=1e-6)

    def forward(self, x):
        n, _, h, w = x.shape
        h, w = h // 4, w // 4
        x = self.patch(x).flatten(2).transpose(1, 2)
        grid = self.pos[:, 1:].reshape(1, self.side, self.side, -1).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, scale_factor=(float(h + 0.1) / self.side, float(w + 0.1) / self.side), mode="bicubic")
        pos = torch.cat([self.pos[:, :1], grid.permute(0, 2, 3, 1).reshape(1, -1, grid.shape[1])], 1)
        x = torch.cat([self.cls.expand(n, -1, -1), x], 1) + pos
        x = torch.cat([x[:, :1], self.registers.expand(n, -1, -1), x[:, 1:]], 1)
        for b in self.blocks:
            x = b(x)
        x = self.norm(x)
        return x[:, 0], x[:, 3:]


class RopeAttention(nn.Module):
    """timm's EVA: separate biases of q and v, neighbours rotated, the class token left as it is; half: DINOv3's halves."""

    def __init__(self, d, heads, grid, half):
        super().__init__()
        self.qkv, self.proj, self.heads, self.half = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d), heads, half
        self.q_bias, self.v_bias = nn.Parameter(torch.randn(d) * 0.1), nn.Parameter(torch.randn(d) * 0.1)
        self.register_buffer("k_bias", torch.zeros(d))
        head = d // heads
        bands = 100 ** (-torch.arange(head // 4) / (head // 4))
        places = torch.stack(torch.meshgrid(torch.arange(grid[0]), torch.arange(grid[1]), indexing="ij"), -1).reshape(-1, 2)
        angles = (places[:, :, None] * bands).flatten(1)
        angles = torch.cat([angles, angles], 1) if half else angles.repeat_interleave(2, 1)
        self.register_buffer("sin", angles.sin())
        self.register_buffer("cos", angles.cos())

    def turn(self, x):
        if self.half:
            a, b = x.chunk(2, -1)
            return torch.cat([-b, a], -1)
        return torch.stack([-x[..., 1::2], x[..., ::2]], -1).reshape(x.shape)

    def rope(self, x):
        return torch.cat([x[:, :, :1], x[:, :, 1:] * self.cos + self.turn(x[:, :, 1:]) * self.sin], 2)

    def forward(self, x):
        n, t, d = x.shape
        qkv = F.linear(x, self.qkv.weight, torch.cat([self.q_bias, self.k_bias, self.v_bias]))
        q, k, v = qkv.reshape(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(attend(self.rope(q), self.rope(k), v).transpose(1, 2).reshape(n, t, d))


class Eva(nn.Module):
    def __init__(self, d=16, half=False):
        super().__init__()
        self.patch, self.cls, self.pos = nn.Conv2d(3, d, 4, 4), nn.Parameter(torch.randn(1, 1, d)), nn.Parameter(torch.randn(1, 13, d) * 0.3)
        self.blocks = nn.ModuleList([Block(d, RopeAttention(d, 2, (3, 4), half), SwiGLU(d, 20, norm=not half), scale=half) for _ in range(2)])
        self.norm = nn.LayerNorm(d)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.pos
        for b in self.blocks:
            x = b(x)
        return self.norm(x[:, 1:].mean(1))


class Mae(nn.Module):
    """Sine and cosine positions, no masking, all tokens and their mean."""

    def __init__(self, d=16):
        super().__init__()
        self.patch, self.cls = nn.Conv2d(3, d, 4, 4), nn.Parameter(torch.randn(1, 1, d))
        omega = 1 / 10000 ** (torch.arange(d // 2) / (d // 2))
        angles = torch.arange(12)[:, None] * omega
        self.register_buffer("pos", torch.cat([torch.zeros(1, d), torch.cat([angles.sin(), angles.cos()], 1)])[None])
        self.blocks = nn.ModuleList([Block(d, Attention(d, 4), Mlp(d)) for _ in range(2)])
        self.norm = nn.LayerNorm(d, eps=1e-6)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.pos[:, 1:]
        x = torch.cat([(self.cls + self.pos[:, :1]).expand(x.shape[0], -1, -1), x], 1)
        for b in self.blocks:
            x = b(x)
        return self.norm(x), self.norm(x[:, 1:].mean(1))


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


class Clip(nn.Module):
    """Both towers in one file; the similarity of images and texts comes first, as Hugging Face exports it."""

    def __init__(self, d=16, words=40, length=7):
        super().__init__()
        self.patch, self.cls, self.pos = nn.Conv2d(3, d, 4, 4, bias=False), nn.Parameter(torch.randn(d)), nn.Parameter(torch.randn(13, d) * 0.3)
        self.pre, self.post, self.image = nn.LayerNorm(d), nn.LayerNorm(d), nn.ModuleList([Block(d, Attention(d, 2), Mlp(d, quick_gelu)) for _ in range(2)])
        self.words, self.places, self.final = nn.Embedding(words, d), nn.Parameter(torch.randn(length, d) * 0.3), nn.LayerNorm(d)
        self.text = nn.ModuleList([Block(d, Attention(d, 2), Mlp(d, quick_gelu))])
        self.to_image, self.to_text, self.scale = nn.Parameter(torch.randn(d, 10)), nn.Parameter(torch.randn(d, 10)), nn.Parameter(torch.tensor(2.6))

    def tower(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls + torch.zeros(x.shape[0], 1, x.shape[-1], dtype=x.dtype), x], 1)
        x = self.pre(x + self.pos)
        for b in self.image:
            x = b(x)
        return self.post(x[:, 0]) @ self.to_image

    def forward(self, images, ids):
        a = self.tower(images)
        t = self.words(ids) + self.places
        for b in self.text:
            t = b(t)
        t = self.final(t)[torch.arange(t.shape[0]), ids.argmax(-1)] @ self.to_text
        u, v = a / a.norm(dim=1, keepdim=True), t / t.norm(dim=1, keepdim=True)
        return self.scale.exp() * u @ v.t(), v, u, a


class Bottleneck(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(a, b, 1, bias=False), nn.BatchNorm2d(b)
        self.c2, self.b2 = nn.Conv2d(b, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.c3, self.b3 = nn.Conv2d(b, 2 * b, 1, bias=False), nn.BatchNorm2d(2 * b)
        self.down = nn.Sequential(nn.Conv2d(a, 2 * b, 1, stride, bias=False), nn.BatchNorm2d(2 * b)) if stride > 1 or a != 2 * b else nn.Identity()

    def forward(self, x):
        y = F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))))
        return F.relu(self.b3(self.c3(y)) + self.down(x))


class ResNet(nn.Module):
    """MoCo's and SimCLR's backbone: no classifier."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.blocks, self.fc = nn.Sequential(Bottleneck(8, 8, 1), Bottleneck(16, 8, 1), Bottleneck(16, 12, 2)), nn.Identity()

    def forward(self, x):
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(self.blocks(self.stem(x)), 1), 1))


class SameConv(nn.Conv2d):
    """TensorFlow's SAME, as timm's tf_efficientnet pads."""

    def forward(self, x):
        total = [max((math.ceil(n / s) - 1) * s + k - n, 0) for n, s, k in zip((int(x.shape[-2]), int(x.shape[-1])), self.stride, self.kernel_size)]
        x = F.pad(x, [total[1] // 2, total[1] - total[1] // 2, total[0] // 2, total[0] - total[0] // 2])
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class SqueezeExcite(nn.Module):
    def __init__(self, c, reduced, act, gate):
        super().__init__()
        self.reduce, self.expand, self.act, self.gate = nn.Conv2d(c, reduced, 1), nn.Conv2d(reduced, c, 1), act, gate

    def forward(self, x):
        return x * self.gate(self.expand(self.act(self.reduce(x.mean((2, 3), keepdim=True)))))


class MBConv(nn.Module):
    def __init__(self, a, b, k, stride):
        super().__init__()
        m = 4 * a
        self.pw, self.n1 = nn.Conv2d(a, m, 1, bias=False), nn.BatchNorm2d(m, eps=1e-3)
        self.dw, self.n2 = SameConv(m, m, k, stride, groups=m, bias=False), nn.BatchNorm2d(m, eps=1e-3)
        self.se, self.pwl, self.n3 = SqueezeExcite(m, 2, F.silu, torch.sigmoid), nn.Conv2d(m, b, 1, bias=False), nn.BatchNorm2d(b, eps=1e-3)
        self.skip = stride == 1 and a == b

    def forward(self, x):
        y = F.silu(self.n2(self.dw(F.silu(self.n1(self.pw(x))))))
        y = self.n3(self.pwl(self.se(y)))
        return x + y if self.skip else y


class EfficientNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.n = SameConv(3, 6, 3, 2, bias=False), nn.BatchNorm2d(6, eps=1e-3)
        self.blocks = nn.Sequential(MBConv(6, 6, 3, 1), MBConv(6, 8, 5, 2), MBConv(8, 8, 3, 1))
        self.head, self.m = nn.Conv2d(8, 20, 1, bias=False), nn.BatchNorm2d(20, eps=1e-3)

    def forward(self, x):
        maps = self.blocks(F.silu(self.n(self.stem(x))))
        return F.silu(self.m(self.head(maps))).mean((2, 3)), maps


class ScaledStdConv(nn.Conv2d):
    """timm's: the weights are standardised by a batch norm of the weights, in training mode."""

    def __init__(self, a, b, k, stride=1, groups=1):
        super().__init__(a, b, k, stride, k // 2, groups=groups)
        self.gain, self.factor = nn.Parameter(torch.rand(b, 1, 1, 1) + 0.5), 1.7 * (a // groups * k * k) ** -0.5

    def forward(self, x):
        w = F.batch_norm(self.weight.reshape(1, self.out_channels, -1), None, None, weight=(self.gain * self.factor).view(-1), training=True, momentum=0.0, eps=1e-6)
        return F.conv2d(x, w.reshape_as(self.weight), self.bias, self.stride, self.padding, self.dilation, self.groups)


class NormFreeBlock(nn.Module):
    def __init__(self, a, b, stride, beta):
        super().__init__()
        self.c1, self.c2, self.c3 = ScaledStdConv(a, b, 1), ScaledStdConv(b, b, 3, stride, groups=2), ScaledStdConv(b, b, 1)
        self.down = nn.Sequential(nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False), ScaledStdConv(a, b, 1)) if stride > 1 or a != b else None
        self.se, self.gain, self.beta = SqueezeExcite(b, 2, F.relu, torch.sigmoid), nn.Parameter(torch.tensor(0.7)), beta

    def forward(self, x):
        y = F.gelu(x) * 1.7015043497085571 * self.beta
        short = self.down(y) if self.down is not None else x
        y = self.c3(F.gelu(self.c2(F.gelu(self.c1(y)) * 1.7015043497085571)) * 1.7015043497085571)
        return self.se(y) * 2 * self.gain * 0.2 + short


class NFNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(ScaledStdConv(3, 6, 3, 2), nn.SiLU(), ScaledStdConv(6, 8, 3))
        self.blocks = nn.Sequential(NormFreeBlock(8, 8, 1, 1.0), NormFreeBlock(8, 12, 2, 0.9))

    def forward(self, x):
        return F.adaptive_avg_pool2d(F.gelu(self.blocks(self.stem(x))), 1).flatten(1)


class GlobalResponseNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.randn(1, 1, 1, d) * 0.5), nn.Parameter(torch.randn(1, 1, 1, d) * 0.5)

    def forward(self, x):
        g = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
        return self.gamma * (x * (g / (g.mean(dim=-1, keepdim=True) + 1e-6))) + self.beta + x


class NextBlock(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.dw, self.norm, self.p1, self.grn, self.p2 = nn.Conv2d(d, d, 7, padding=3, groups=d), nn.LayerNorm(d, eps=1e-6), nn.Linear(d, 4 * d), GlobalResponseNorm(4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        y = self.norm(self.dw(x).permute(0, 2, 3, 1))
        return x + self.p2(self.grn(F.gelu(self.p1(y)))).permute(0, 3, 1, 2)


class FirstNorm(nn.LayerNorm):
    def forward(self, x):
        u = x.mean(1, keepdim=True)
        x = (x - u) / torch.sqrt((x - u).pow(2).mean(1, keepdim=True) + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class ConvNextV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 2, 2), FirstNorm(8, eps=1e-6))
        self.down = nn.Sequential(FirstNorm(8, eps=1e-6), nn.Conv2d(8, 12, 2, 2))
        self.one, self.two, self.norm = NextBlock(8), NextBlock(12), nn.LayerNorm(12, eps=1e-6)

    def forward(self, x):
        return self.norm(self.two(self.down(self.one(self.stem(x)))).mean([-2, -1]))


def conv_norm(a, b, k, stride=1, groups=1, act=True):
    return nn.Sequential(nn.Conv2d(a, b, k, stride, k // 2, groups=groups, bias=False), nn.BatchNorm2d(b), nn.ReLU() if act else nn.Identity())


class InvertedBottleneck(nn.Module):
    """Universal: with or without a depthwise convolution before, and between."""

    def __init__(self, a, b, start, middle, stride):
        super().__init__()
        m = 3 * a
        self.start = conv_norm(a, a, start, stride if not middle else 1, a, act=False) if start else nn.Identity()
        self.up, self.middle = conv_norm(a, m, 1), conv_norm(m, m, middle, stride, m) if middle else nn.Identity()
        self.down, self.gamma, self.skip = conv_norm(m, b, 1, act=False), nn.Parameter(torch.rand(b) + 0.5), stride == 1 and a == b

    def forward(self, x):
        y = self.down(self.middle(self.up(self.start(x)))) * self.gamma.view(1, -1, 1, 1)
        return x + y if self.skip else y


class MultiQuery(nn.Module):
    """Multi-query attention over maps, keys and values at half the resolution."""

    def __init__(self, d, heads=2, key=4):
        super().__init__()
        self.norm, self.heads, self.key = nn.BatchNorm2d(d), heads, key
        self.q, self.k, self.v = nn.Conv2d(d, heads * key, 1, bias=False), nn.Conv2d(d, key, 1, bias=False), nn.Conv2d(d, key, 1, bias=False)
        self.dk, self.dv, self.nk, self.nv = (nn.Conv2d(d, d, 3, 2, 1, groups=d, bias=False), nn.Conv2d(d, d, 3, 2, 1, groups=d, bias=False), nn.BatchNorm2d(d), nn.BatchNorm2d(d))
        self.out, self.gamma = nn.Conv2d(heads * key, d, 1, bias=False), nn.Parameter(torch.rand(d) + 0.5)

    def forward(self, x):
        y = self.norm(x)
        n, _, h, w = y.shape
        q = self.q(y).reshape(n, self.heads, self.key, h * w)
        k, v = self.k(self.nk(self.dk(y))).flatten(2), self.v(self.nv(self.dv(y))).flatten(2)
        a = torch.softmax(torch.einsum("bhkl,bkm->bhlm", q, k) * self.key ** -0.5, -1)
        o = torch.einsum("bhlm,bkm->bhkl", a, v).reshape(n, self.heads * self.key, h, w)
        return x + self.out(o) * self.gamma.view(1, -1, 1, 1)


class MobileNetV4(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(conv_norm(3, 8, 3, 2), InvertedBottleneck(8, 8, 3, 5, 1), InvertedBottleneck(8, 12, 5, 3, 2), InvertedBottleneck(12, 12, 0, 3, 1), InvertedBottleneck(12, 12, 3, 0, 1),
                                 InvertedBottleneck(12, 12, 0, 0, 1), MultiQuery(12), conv_norm(12, 24, 1))

    def forward(self, x):
        return self.net(x).mean((2, 3))


class Fake(nn.Module):
    """A network with fake quantisation: QuantizeLinear and DequantizeLinear around every convolution."""

    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 12, 3, padding=1)

    def forward(self, x):
        for c, step in ((self.c1, 0.0317), (self.c2, 0.0171)):
            x = torch.fake_quantize_per_tensor_affine(x, step, 128 if c is self.c1 else 0, 0, 255)
            scale = (c.weight.detach().abs().amax((1, 2, 3)) / 127).float()
            w = torch.fake_quantize_per_channel_affine(c.weight, scale, torch.zeros(len(scale), dtype=torch.int32), 0, -128, 127)
            x = F.relu(F.conv2d(x, w, c.bias, c.stride, c.padding))
        return x.mean((2, 3))


def settle(net):
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.running_mean.normal_(0, 0.3)
            m.running_var.uniform_(0.5, 2)
        if isinstance(m, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.normal_(m.weight, 1, 0.3)
            nn.init.normal_(m.bias, 0, 0.3)
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, 0, 1.5 / math.sqrt(m.in_features))
        if isinstance(m, nn.Conv2d):
            nn.init.normal_(m.weight, 0, 1.5 / math.sqrt(m.weight[0].numel()))
    return net.eval()


def save(name, net, shape, opset, others=(), outputs=None):
    """outputs: which of the outputs images alone give."""
    torch.manual_seed(len(name) + opset)
    net = settle(net)
    x = torch.randn(shape)
    x[1] = x[1] + torch.linspace(-2, 2, shape[-1]) + torch.tensor([1.5, -1, 0.5]).view(3, 1, 1)  # not just another image of the same noise
    with torch.no_grad():
        y = net(x, *others)
    names = [f"y{i}" for i in range(len(y) if isinstance(y, tuple) else 1)]
    axes = {n: {0: "n"} for n in names + ["images"]}
    inputs = ["images", "ids"][:1 + len(others)]
    if others:
        axes["ids"] = {0: "texts"}
    if name == "dinov2":
        axes["images"] = {0: "n", 2: "height", 3: "width"}
    file = f"encoder_{name}"
    torch.onnx.export(net, (x, *others), file + ".onnx", opset_version=opset, input_names=inputs, output_names=names, dynamic_axes=axes)
    with torch.no_grad():
        y = net.double()(x.double(), *others) if name != "fake" else net(x)
    y = y if isinstance(y, tuple) else (y,)
    y = [y[i] for i in outputs] if outputs else y
    np.save(file + "_in.npy", x.numpy())
    np.save(file + "_out.npy", np.concatenate([t.numpy().astype(np.float64).ravel() for t in y]))


torch.manual_seed(3)
small = (2, 3, 12, 16)
save("dinov2", DinoV2(), (2, 3, 16, 24), 14)
save("clip", Clip(), small, 14, others=(torch.tensor([[1, 5, 39, 0, 0, 0, 0], [1, 7, 9, 11, 39, 0, 0], [2, 39, 0, 0, 0, 0, 0]]),), outputs=[2, 3])
save("mae", Mae(), small, 17)
save("eva", Eva(), small, 16)
save("dinov3", Eva(half=True), small, 13)
save("resnet", ResNet(), (2, 3, 32, 32), 13)
save("efficientnet", EfficientNet(), (2, 3, 21, 18), 11)
save("nfnet", NFNet(), (2, 3, 17, 16), 15)
save("convnextv2", ConvNextV2(), (2, 3, 20, 16), 13)
save("mobilenetv4", MobileNetV4(), (2, 3, 24, 16), 12)
save("fake", Fake(), (2, 3, 12, 12), 13)

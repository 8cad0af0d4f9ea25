"""Makes the networks of this folder and what PyTorch computes with them.

    /usr/bin/python3 make.py        (PyTorch 1.13.0 of Debian 12, NumPy 1.24)

Each NAME.onnx stands beside NAME_in.npy, the images [N, C, H, W], and NAME_out.npy,
all its outputs one after another, flattened. convnet_pixels.npy holds the images
[N, H, W, C] as pixels, from which convnet_in.npy was made.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.c2, self.b2 = nn.Conv2d(b, b, 3, 1, 1, groups=b), nn.BatchNorm2d(b)
        self.c3, self.b3 = nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b)

    def forward(self, x):
        y = self.b2(self.c2(F.relu(self.b1(self.c1(x)))))
        return F.relu(y + self.b3(self.c3(x)))


class ConvNet(nn.Module):
    """Convolution, batch norm, ReLU, max pool, residual blocks, mean, linear."""

    def __init__(self):
        super().__init__()
        self.c, self.b = nn.Conv2d(3, 8, 5, 2, 2), nn.BatchNorm2d(8)
        self.one, self.two = Block(8, 8, 1), Block(8, 12, 2)
        self.fc = nn.Linear(12, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.b(self.c(x))), 3, 2, 1)
        maps = self.two(self.one(x))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(maps, 1), 1)), maps


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.qkv, self.out, self.heads = nn.Linear(d, 3 * d), nn.Linear(d, d), heads

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        a = (q @ k.transpose(-2, -1) / (q.shape[-1] ** 0.5)).softmax(-1)
        return self.out((a @ v).transpose(1, 2).reshape(n, t, d))


class Transformer(nn.Module):
    """Patches, a class token, positions, one block of attention and GELU."""

    def __init__(self, d=24):
        super().__init__()
        self.patch = nn.Conv2d(3, d, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, d))
        self.places = nn.Parameter(torch.randn(1, 17, d) * 0.2)
        self.n1, self.n2, self.n3 = nn.LayerNorm(d), nn.LayerNorm(d), nn.LayerNorm(d)
        self.attend = Attention(d, 3)
        self.up, self.down = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        x = x + self.attend(self.n1(x))
        x = self.n3(x + self.down(F.gelu(self.up(self.n2(x)))))
        return x[:, 0], x


class Activations(nn.Module):
    def __init__(self, old=False):
        super().__init__()
        self.old = old
        self.p = nn.PReLU(4)
        self.p.weight.data = torch.tensor([0.1, -0.2, 0.3, 1.5])

    def forward(self, x):
        y = x.abs() + 0.5
        old = (F.relu(x), F.leaky_relu(x, 0.2), self.p(x), torch.sigmoid(x), torch.tanh(x), x.clamp(-0.5, 0.7),
               x.clamp(min=-0.1), F.relu6(x * 4), F.elu(x, 0.7), F.selu(x), F.gelu(x), torch.erf(x), F.softplus(x), F.softsign(x), F.silu(x),
               x.exp(), y.log(), y.sqrt(), y.reciprocal(), x.floor(), x.ceil(), x.sin(), x.cos(), -x, x.sign(),
               torch.softmax(x, 1), torch.softmax(x, 3), torch.log_softmax(x, 2), y ** 2, y ** 0.5, y ** 1.7, y ** x, 2 ** x)
        if self.old:
            return old
        return old + (F.celu(x, 0.6), F.gelu(x, approximate="tanh"), F.hardswish(x * 3), F.hardsigmoid(x * 3), F.mish(x), x.round())


class Pools(nn.Module):
    """For images of 9×7."""

    def forward(self, x):
        return (F.max_pool2d(x, 3, 2, 1), F.max_pool2d(x, (2, 3), (2, 1)), F.max_pool2d(x, 3, 2, ceil_mode=True),
                F.max_pool2d(x, 2, 3, 1, ceil_mode=True), F.max_pool2d(x, 3, 1, dilation=2),
                F.avg_pool2d(x, 2), F.avg_pool2d(x, 3, 2, 1), F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
                F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), F.avg_pool2d(x, (4, 2), 3, ceil_mode=True),
                F.avg_pool2d(x, 2, 3, 1, ceil_mode=True, count_include_pad=False),
                F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1), F.max_pool1d(x.flatten(2), 4, 3), F.avg_pool1d(x.flatten(2), 4, 3, 2))


class Convolutions(nn.Module):
    """For images of 9×7 with 4 channels."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([
            nn.Conv2d(4, 6, 3), nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 0)), nn.Conv2d(4, 6, 3, dilation=2, padding=2),
            nn.Conv2d(4, 6, 3, 2, dilation=(3, 1), padding=3), nn.Conv2d(4, 8, 3, groups=2), nn.Conv2d(4, 8, 3, groups=4, padding=1),
            nn.Conv2d(4, 5, 1, bias=False)])
        self.line = nn.Conv1d(4, 3, 5, 2, 1)

    def forward(self, x):
        return tuple(c(x) for c in self.convs) + (self.line(x.flatten(2)),)


class Norms(nn.Module):
    """For images of 6×5 with 4 channels."""

    def __init__(self):
        super().__init__()
        self.batch, self.instance, self.group = nn.BatchNorm2d(4), nn.InstanceNorm2d(4, affine=True), nn.GroupNorm(2, 4)
        self.layer, self.rows = nn.LayerNorm([6, 5]), nn.BatchNorm1d(4)

    def forward(self, x):
        return (self.batch(x), self.instance(x), self.group(x), self.layer(x), self.rows(x.mean((2, 3))), F.normalize(x, dim=1), F.normalize(x.flatten(1)))


class Moves(nn.Module):
    """For images of 6×5 with 4 channels; w is the output of a convolution, whose channels lie last."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 1)
        self.register_buffer("places", torch.tensor([[3, 0], [1, 1]]))
        self.register_buffer("mask", torch.rand(6, 5) > 0.5)

    def forward(self, x):
        w = self.conv(x)
        n, c, h, wd = w.shape
        return (w.permute(0, 2, 3, 1), w.permute(3, 0, 1, 2), w.transpose(1, 2), w.reshape(n, c, -1), w.reshape(n, -1, 3), w.flatten(2),
                torch.cat([x, w], 1), torch.cat([w, w * 2], 3), *w.split(2, 1), *w.chunk(2, 3), w[:, 1:3], w[:, :, ::2, 1:-1], w[:, -1],
                w[:, :, 2, None], w[:, self.places], x[:, :, self.places], F.pad(w, (1, 2, 0, 3)), F.pad(x, (1, 0), value=-2.0),
                w.mean((2, 3)), w.mean((2, 3), keepdim=True), w.mean(1), w.mean(1, keepdim=True), w.sum((1, 3)), w.amax(2), w.amin((2, 3)),
                w.mean(), w.norm(2, 1), w.norm(1, 2), w.unsqueeze(2), w[:, :1].squeeze(1), torch.where(self.mask, w, x), w.masked_fill(self.mask, 0.25),
                w[:, :, :1, :1].expand(-1, -1, 3, 2), x[:1, :, :1, :1].expand(2, -1, 2, 2), w.repeat(1, 2, 1, 3), w + x, w * x[:, :, :1],
                x[0, 0, 0] + w, w - x[0, :, :1, :1], torch.max(w, x), torch.min(w, x), (w > x).float(), torch.zeros(n, h) + x[:, 0, :, 0],
                w.reshape(n, 2, c // 2, h, wd).transpose(1, 2).reshape(n, c, h, wd))


class Products(nn.Module):
    """For images of 6×5 with 4 channels."""

    def __init__(self):
        super().__init__()
        self.fc, self.fc2 = nn.Linear(5, 7), nn.Linear(30, 3, bias=False)
        self.m = nn.Parameter(torch.randn(4, 5, 6))

    def forward(self, x):
        return (self.fc(x), self.fc2(x.flatten(2)), self.fc(x[:, 0, 0]), x @ x.transpose(2, 3), x @ self.m, x[:, :1] @ self.m,
                torch.einsum("nchw,ndhw->ncd", x, x), x.flatten(1) @ x.flatten(1).t(), torch.addmm(x[0, 0, 0, :2], x[:, 0, 0], self.m[0, :, :2], beta=0.5, alpha=2.0))


class Positions(nn.Module):
    """Position embeddings for other images than those of the training, as DINOv2 resizes them; for images of any size."""

    def __init__(self, d=6, side=6):
        super().__init__()
        self.patch, self.side = nn.Conv2d(3, d, 8, 8), side
        self.token = nn.Parameter(torch.randn(1, 1, d))
        self.places = nn.Parameter(torch.randn(1, 1 + side * side, d))

    def resized(self, **how):
        grid = self.places[:, 1:].reshape(1, self.side, self.side, -1).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, mode="bicubic", align_corners=False, **how)
        return torch.cat([self.places[:, :1], grid.permute(0, 2, 3, 1).reshape(1, grid.shape[2] * grid.shape[3], -1)], 1)

    def forward(self, x):
        h, w = x.shape[2] // 8, x.shape[3] // 8
        t = self.patch(x).flatten(2).transpose(1, 2)
        t = torch.cat([self.token.expand(x.shape[0], -1, -1), t], 1)
        return (t + self.resized(scale_factor=(float(h + 0.1) / self.side, float(w + 0.1) / self.side)), t + self.resized(size=(h, w)),
                F.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=False), F.interpolate(x, size=(9, 50), mode="nearest"))


def settle(net):
    """Statistics and scales of normalisation that are not the initial ones."""
    for m in net.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.running_mean.normal_(0, 0.3)
            m.running_var.uniform_(0.5, 2)
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)):
            nn.init.normal_(m.weight, 1, 0.3)
            nn.init.normal_(m.bias, 0, 0.3)
    return net.eval()


def save(name, net, shape, opset, dynamic=False, inputs="images", pixels=False):
    net = settle(net)
    x = torch.randn(shape)
    if pixels:  # as torchvision's ToTensor and Normalize feed them
        u = torch.randint(0, 256, shape, dtype=torch.uint8)
        np.save(name + "_pixels.npy", u.permute(0, 2, 3, 1).contiguous().numpy())
        mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
        x = (u.float() / 255 - mean) / std
    with torch.no_grad():
        y = net(x)
    y = y if isinstance(y, tuple) else (y,)
    names = [f"y{i}" for i in range(len(y))]
    axes = {n: {0: "n"} for n in [inputs] + names} if dynamic else None
    if dynamic == "sizes":
        axes[inputs] = {0: "n", 2: "height", 3: "width"}
    # Without constant folding batch norms stay as they are.
    torch.onnx.export(net, x, name + ".onnx", opset_version=opset, input_names=[inputs], output_names=names, dynamic_axes=axes,
                      do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
    np.save(name + "_in.npy", x.numpy())
    np.save(name + "_out.npy", np.concatenate([t.numpy().astype(np.float32).ravel() for t in y]))


torch.manual_seed(1)
save("convnet", ConvNet(), (3, 3, 32, 32), 13, dynamic=True, pixels=True)
save("convnet_fixed", ConvNet(), (2, 3, 32, 32), 9)
save("transformer", Transformer(), (3, 3, 32, 32), 17, dynamic=True)
save("transformer_old", Transformer(), (2, 3, 32, 32), 11)
save("activations", Activations(), (2, 4, 3, 2), 14)
save("activations_old", Activations(old=True), (2, 4, 3, 2), 9)
save("pools", Pools(), (2, 2, 9, 7), 13)
save("convolutions", Convolutions(), (2, 4, 9, 7), 13)
save("norms", Norms(), (2, 4, 6, 5), 17)
save("norms_old", Norms(), (2, 4, 6, 5), 9)
save("moves", Moves(), (2, 4, 6, 5), 14)
save("moves_old", Moves(), (2, 4, 6, 5), 11)
save("products", Products(), (2, 4, 6, 5), 13)
torch.manual_seed(2)
save("positions", Positions(), (2, 3, 32, 40), 13, dynamic="sizes")
save("positions_old", Positions(), (2, 3, 32, 40), 11)

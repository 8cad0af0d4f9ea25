"""Makes operators.json, operators_more.json and quantised.json: nodes, their inputs, and what the definitions of ONNX's Operators.md give in float64.

    /usr/bin/python3 operators.py        (NumPy 1.24)

Nothing but NumPy computes here. Inputs named in "images" are fed as images too.
"""
import json
import math
import numpy as np

rng = np.random.default_rng(7)
cases = []


def array(x):
    x = np.asarray(x)
    kind = {"f": "float32", "i": "int64", "u": "uint8", "b": "bool"}[x.dtype.kind]
    if x.dtype in (np.int8, np.int32, np.int64, np.uint8):
        kind = str(x.dtype)
    data = x.ravel().tolist()
    if kind == "float32":
        data = [v if v == int(v) else float("%.7g" % v) for v in data]
    return {"type": kind, "dims": list(x.shape), "data": [int(v) if kind == "bool" else v for v in data]}


def case(name, op, inputs, outputs, opset=23, images=None, domain="", exact=False, **attrs):
    """outputs: arrays in float64 (or integers); images: which inputs may come from images, all float32 ones by default."""
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    if images is None:
        images = [i for i, x in enumerate(inputs) if x is not None and np.asarray(x).dtype.kind == "f"]
    cases.append({"name": name, "op": op, "opset": opset, "domain": domain, "exact": exact, "inputs": [None if x is None else array(x) for x in inputs],
                  "outputs": [None if y is None else dict(array(y), type="") for y in outputs], "images": images,
                  "attrs": {k: array(v) if isinstance(v, np.ndarray) else v for k, v in attrs.items()}})


def save(name):
    with open(name, "w") as out:
        out.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":"), sort_keys=True) for c in cases) + "\n]\n")
    print(name, len(cases), "cases")
    cases.clear()


def f(*dims):
    f.last = rng.standard_normal(dims).round(3)
    return f.last


def ints(*v):
    return np.array(v, dtype=np.int64)


# Attention, as loops over images, heads and places.
def attend(q, k, v, scale=None, mask=None, causal=False, cap=0.0):
    n, h, s, d = q.shape
    group = h // k.shape[1]
    scale = 1 / math.sqrt(d) if scale is None else scale
    y, raw, soft = np.zeros((n, h, s, v.shape[3])), np.zeros((n, h, s, k.shape[2])), np.zeros((n, h, s, k.shape[2]))
    for b in range(n):
        for head in range(h):
            for i in range(s):
                scores = np.array([scale * np.dot(q[b, head, i], k[b, head // group, j]) for j in range(k.shape[2])])
                raw[b, head, i] = scores
                if cap > 0:
                    scores = cap * np.tanh(scores / cap)
                if mask is not None:
                    m = np.broadcast_to(mask, (n, h, s, k.shape[2]))[b, head, i]
                    scores = np.where(m, scores, -np.inf) if m.dtype == bool else scores + m
                if causal:
                    scores[i + 1:] = -np.inf
                e = np.exp(scores - scores.max())
                soft[b, head, i] = e / e.sum()
                y[b, head, i] = soft[b, head, i] @ v[b, head // group]
    return y, raw, soft


def merged(x):
    n, h, s, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(n, s, h * d)


q, k, v = f(1, 4, 3, 2), f(1, 4, 4, 2), f(1, 4, 4, 3)
mask, hide = f(3, 4), rng.random((1, 4, 3, 4)) > 0.4
hide[..., 0] = True
case("Attention", "Attention", [q, k, v], [attend(q, k, v)[0], k, v])
case("Attention with a mask that is added", "Attention", [q, k, v, mask], attend(q, k, v, mask=mask)[0])
case("Attention with a mask that hides", "Attention", [q, k, v, hide], attend(q, k, v, mask=hide, scale=0.3)[0], scale=0.3)
case("Attention, causal", "Attention", [q, k, v], attend(q, k, v, causal=True)[0], is_causal=1)
case("Attention, causal and masked", "Attention", [q, k, v, mask], attend(q, k, v, causal=True, mask=mask)[0], is_causal=1)
case("Attention with a cap", "Attention", [q, k, v, hide], attend(q, k, v, cap=0.7, mask=hide)[0], softcap=0.7)
case("Attention, scores", "Attention", [q, k, v], [attend(q, k, v)[0], None, None, attend(q, k, v)[1]])
case("Attention, weights", "Attention", [q, k, v, mask], [None, None, None, attend(q, k, v, mask=mask)[2]], qk_matmul_output_mode=3)
short = np.concatenate([mask[:, :3], np.full((3, 1), -np.inf)], 1)
case("Attention, mask for too few keys", "Attention", [q, k, v, mask[:, :3]], attend(q, k, v, mask=short)[0])
case("Attention of three dimensions", "Attention", [merged(q), merged(k), merged(v)], merged(attend(q, k, v)[0]), q_num_heads=4, kv_num_heads=4)
k, v = f(1, 2, 4, 2), f(1, 2, 4, 3)
case("Attention with shared heads", "Attention", [q, k, v], attend(q, k, v)[0])
case("Attention with shared heads, of three dimensions", "Attention", [merged(q), merged(k), merged(v)],
     [merged(attend(q, k, v)[0]), k, v], q_num_heads=4, kv_num_heads=2)

x = f(2, 3, 4)
s = f(4)
case("RMSNormalization", "RMSNormalization", [x, s], x / np.sqrt((x ** 2).mean(-1, keepdims=True) + 1e-5) * s)
s = f(3, 4)
case("RMSNormalization over two axes", "RMSNormalization", [x, s], x / np.sqrt((x ** 2).mean((1, 2), keepdims=True) + 0.1) * s, axis=1, epsilon=0.1)
mean, var = x.mean((1, 2), keepdims=True), x.var((1, 2), keepdims=True)
case("LayerNormalization with its statistics", "LayerNormalization", [x, s], [(x - mean) / np.sqrt(var + 1e-5) * s, mean, 1 / np.sqrt(var + 1e-5)], axis=1, opset=17)


# RotaryEmbedding of [N, places, heads, d].
def rotate(x, cos, sin, n, interleaved):
    y = x.copy()
    for p in range(n // 2):
        i, j = (2 * p, 2 * p + 1) if interleaved else (p, p + n // 2)
        a, b, c, s = x[..., i], x[..., j], cos[:, :, None, p], sin[:, :, None, p]
        y[..., i], y[..., j] = c * a - s * b, s * a + c * b
    return y


x = f(2, 3, 4, 6)  # [N, heads, places, d]
angles = rng.random((2, 4, 3)) * 3
cos, sin = np.cos(angles).round(3), np.sin(angles).round(3)
t = x.transpose(0, 2, 1, 3)
case("RotaryEmbedding", "RotaryEmbedding", [x, cos, sin], rotate(t, cos, sin, 6, False).transpose(0, 2, 1, 3))
case("RotaryEmbedding, interleaved", "RotaryEmbedding", [x, cos, sin], rotate(t, cos, sin, 6, True).transpose(0, 2, 1, 3), interleaved=1)
case("RotaryEmbedding of three dimensions, in part", "RotaryEmbedding", [t.reshape(2, 4, 18), cos[..., :2], sin[..., :2]],
     rotate(t, cos, sin, 4, False).reshape(2, 4, 18), num_heads=3, rotary_embedding_dim=4)
table, ids = cos.reshape(8, 3), ints(7, 0, 1, 2, 3, 3, 5, 6).reshape(2, 4)
case("RotaryEmbedding by positions", "RotaryEmbedding", [x, table, sin.reshape(8, 3), ids], rotate(t, table[ids], sin.reshape(8, 3)[ids], 6, False).transpose(0, 2, 1, 3))

# Einsum.
for equation, dims in [("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]), ("...ij,...jk->...ik", [(2, 1, 3, 4), (5, 4, 2)]), ("bii->b", [(2, 3, 3)]),
                       ("ii->i", [(3, 3)]), ("ij->ji", [(2, 3)]), ("i,j", [(2,), (3,)]), ("i,i->", [(4,), (4,)]), ("bn,anm,bm->ba", [(2, 3), (5, 3, 4), (2, 4)]),
                       ("ij", [(2, 3)]), ("ba", [(2, 3)]), ("a...,a...->...", [(2, 3, 1), (2, 1, 4)]), ("...->...", [(2, 3)]), ("bhqd , bhkd -> bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
                       ("bhwc,hkc->bhwk", [(2, 3, 4, 5), (3, 6, 5)]), ("ij,k->i", [(2, 3), (4,)]), ("aab,bc->ac", [(2, 2, 3), (3, 4)]),
                       ("a,a,a,a->a", [(3,)] * 4), ("...", [(2, 3)]), ("i...,...j", [(2, 3), (3, 2)])]:
    arrays = [f(*d) for d in dims]
    case("Einsum " + equation, "Einsum", arrays, np.asarray(np.einsum(equation.replace(" ", ""), *arrays)), opset=12, equation=equation)

# Indices.
x = f(3, 4, 2)
at = ints(0, -1, 2, 1, 1, -3).reshape(1, 3, 2)
case("GatherElements", "GatherElements", [x, at], np.take_along_axis(x[:1], (at + 4) % 4, 1), opset=13, axis=1)
case("GatherElements along the last axis", "GatherElements", [x, np.zeros((3, 4, 5), np.int64) + ints(0, 1, -1, -2, 0)], np.take_along_axis(x, np.zeros((3, 4, 5), np.int64) + ints(0, 1, 1, 0, 0), 2), opset=11, axis=-1)
case("GatherND", "GatherND", [x, ints(0, 1, 2, -1).reshape(2, 2)], np.stack([x[0, 1], x[2, -1]]), opset=13)
case("GatherND of elements", "GatherND", [x, ints(0, 1, 1, 2, -1, 0).reshape(2, 1, 3)], np.array([[x[0, 1, 1]], [x[2, -1, 0]]]), opset=11)
case("GatherND in a batch", "GatherND", [x, ints(0, 3, -4).reshape(3, 1)], np.stack([x[0, 0], x[1, 3], x[2, 0]]), opset=12, batch_dims=1)
for mode, join in [("none", lambda a, b: b), ("add", lambda a, b: a + b), ("mul", lambda a, b: a * b), ("max", max), ("min", min)]:
    at, u, y = ints(0, -1, 2, 1, 1 if mode != "none" else 0, -1 if mode != "none" else -3).reshape(1, 3, 2), f(1, 3, 2), x.copy()
    if mode != "none":
        at[0, :, 0] = 1  # three updates of one place
    for i in np.ndindex(at.shape):
        y[i[0], at[i], i[2]] = join(y[i[0], at[i], i[2]], u[i])
    attrs = {} if mode == "none" else {"reduction": mode}
    case("ScatterElements " + mode, "ScatterElements", [x, at, u], y, opset=18, axis=1, **attrs)
    at, u, y = ints(0, 1, 2, -1, *((1, 0) if mode == "none" else (0, 1))).reshape(3, 2), f(3, 2), x.copy()
    for i in range(3):
        for j in range(2):
            y[at[i, 0], at[i, 1], j] = join(y[at[i, 0], at[i, 1], j], u[i, j])
    case("ScatterND " + mode, "ScatterND", [x, at, u], y, opset=18, **attrs)
y = x.copy()
y[2], u = f(4, 2), None
case("Scatter of old sets", "Scatter", [x, np.full((1, 4, 2), 2), y[2:]], y, opset=9)
case("Compress", "Compress", [x, np.array([True, False, True, True])], x[:, [0, 2, 3]], opset=11, axis=1)
case("Compress of all elements", "Compress", [x, np.array([False, True, True])], x.ravel()[[1, 2]], opset=11)
case("NonZero", "NonZero", [np.array([[1.5, 0, 0], [0, -2, 3]])], np.array([[0, 1, 1], [0, 1, 2]]), opset=13, images=[])
case("NonZero of truth values", "NonZero", [np.array([True, False, True])], np.array([[0, 2]]), opset=9)
hot = np.full((2, 4, 3), 0.5)
for i, row in enumerate([[0, 3, -1], [7, 1, -4]]):
    for j, p in enumerate(row):
        if -4 <= p < 4:
            hot[i, p, j] = 2
case("OneHot", "OneHot", [ints(0, 3, -1, 7, 1, -4).reshape(2, 3), ints(4), np.array([0.5, 2])], hot, opset=11, axis=1)
case("EyeLike", "EyeLike", [f(3, 4)], np.eye(3, 4, 1), opset=9, k=1)

# Order.
x = np.round(f(2, 5, 3) * 2) / 2  # with ties
order = np.argsort(-x, 1, kind="stable")[:, :3]
case("TopK", "TopK", [x, ints(3)], [np.take_along_axis(x, order, 1), order], opset=11, axis=1)
order = np.argsort(x, 2, kind="stable")[..., :2]
case("TopK, smallest", "TopK", [x, ints(2)], [np.take_along_axis(x, order, 2), order], opset=11, largest=0)
order = np.argsort(-x, 2, kind="stable")[..., :1]
case("TopK of old sets", "TopK", [x], [np.take_along_axis(x, order, 2), order], opset=9, k=1)
case("ArgMax", "ArgMax", [x], x.argmax(1)[:, None], opset=13, axis=1)
case("ArgMax, the last", "ArgMax", [x], 4 - x[:, ::-1].argmax(1), opset=13, axis=1, keepdims=0, select_last_index=1)
case("ArgMin", "ArgMin", [x], x.argmin(-1), opset=13, axis=-1, keepdims=0)
case("Hardmax", "Hardmax", [x], (np.arange(5)[:, None] == x.argmax(1)[:, None]) * 1.0, opset=13, axis=1)
case("Hardmax of old sets", "Hardmax", [x], (np.arange(15) == x.reshape(2, 15).argmax(1)[:, None]).reshape(2, 5, 3) * 1.0, opset=11, axis=1)
x = f(2, 5, 3)
for name, attrs, y in [("", {}, x.cumsum(1)), (", exclusive", {"exclusive": 1}, x.cumsum(1) - x), (", reverse", {"reverse": 1}, x[:, ::-1].cumsum(1)[:, ::-1]),
                       (", both", {"exclusive": 1, "reverse": 1}, x[:, ::-1].cumsum(1)[:, ::-1] - x)]:
    case("CumSum" + name, "CumSum", [x, ints(1).reshape(())], y, opset=14, **attrs)
n = rng.integers(-9, 9, (2, 3))
case("CumSum of integers", "CumSum", [n, ints(-1).reshape(())], n.cumsum(1), opset=11)
case("CumSum of integers, exclusive and reverse", "CumSum", [n, ints(0).reshape(())], n[::-1].cumsum(0)[::-1] - n, opset=11, exclusive=1, reverse=1)
case("Trilu, lower", "Trilu", [x], np.tril(x), opset=14, upper=0)
case("Trilu, upper", "Trilu", [x, ints(-1).reshape(())], np.triu(x, -1), opset=14)
case("Trilu of integers", "Trilu", [np.arange(6).reshape(2, 3), ints(1).reshape(())], np.triu(np.arange(6).reshape(2, 3), 1), opset=14)

# Space.
x = f(1, 2, 4, 5)
for mode in ("reflect", "edge", "wrap"):
    case("Pad " + mode, "Pad", [x, ints(0, 1, 2, 0, 0, 0, 3, 4)], np.pad(x, ((0, 0), (1, 0), (2, 3), (0, 4)), mode=mode), opset=19, mode=mode)
case("Pad, cut", "Pad", [x, ints(0, 0, -1, 2, 0, 0, 1, -3), np.array(0.5)], np.pad(x[:, :, 1:, :2], ((0, 0), (0, 0), (0, 1), (2, 0)), constant_values=0.5), opset=13, images=[0])
x = f(2, 8, 2, 3)
case("DepthToSpace", "DepthToSpace", [x], x.reshape(2, 2, 2, 2, 2, 3).transpose(0, 3, 4, 1, 5, 2).reshape(2, 2, 4, 6), opset=13, blocksize=2)
case("DepthToSpace CRD", "DepthToSpace", [x], x.reshape(2, 2, 2, 2, 2, 3).transpose(0, 1, 4, 2, 5, 3).reshape(2, 2, 4, 6), opset=11, blocksize=2, mode="CRD")
x = f(2, 2, 4, 6)
deep = np.zeros((2, 8, 2, 3))
for i in range(2):
    for j in range(2):
        deep[:, (2 * i + j) * 2:(2 * i + j) * 2 + 2] = x[:, :, i::2, j::2]
case("SpaceToDepth", "SpaceToDepth", [x], deep, opset=13, blocksize=2)
x = f(2, 7, 2, 3)
y = np.zeros_like(x)
for c in range(7):
    y[:, c] = x[:, c] / (2 + 0.3 / 4 * (x[:, max(0, c - 1):c + 3] ** 2).sum(1)) ** 0.6
case("LRN", "LRN", [x], y, opset=13, size=4, alpha=0.3, beta=0.6, bias=2.0)
x = f(2, 2, 5, 4)
for p in (1, 2, 3):
    y = np.zeros((2, 2, 2, 3))
    for i in range(2):
        for j in range(3):
            y[:, :, i, j] = (np.abs(x[:, :, 2 * i:2 * i + 3, j:j + 2]) ** p).sum((2, 3)) ** (1 / p)
    case("LpPool %d" % p, "LpPool", [x], y, opset=18, kernel_shape=[3, 2], strides=[2, 1], p=p)
    case("GlobalLpPool %d" % p, "GlobalLpPool", [x], (np.abs(x) ** p).sum((2, 3), keepdims=True) ** (1 / p), opset=2 + 11, p=p)
case("CenterCropPad", "CenterCropPad", [x, ints(2, 7)], np.pad(x[:, :, 1:3], ((0, 0), (0, 0), (0, 0), (1, 2))), opset=18, axes=[2, 3])

# Elements.
x = f(2, 3, 2)
u = (np.tanh(x) * 0.95).round(3)
for op, fn, arg in [("Tan", np.tan, u), ("Asin", np.arcsin, u), ("Acos", np.arccos, u), ("Atan", np.arctan, x), ("Sinh", np.sinh, x), ("Cosh", np.cosh, x), ("Asinh", np.arcsinh, x),
                    ("Acosh", np.arccosh, 1 + np.abs(u)), ("Atanh", np.arctanh, u), ("Sinh", np.sinh, u * 1e-4)]:
    arg = arg.round(3)
    case(op, op, [arg], fn(arg), opset=13)
a, b = (f(2, 3) * 5).round(1), (f(3) * 3).round(1)
a, b = a.round(3), np.where(np.abs(b) < 0.5, 1.5, b).round(3)
case("Mod of numbers", "Mod", [a, b], np.fmod(a, b), opset=13, fmod=1)
case("ThresholdedRelu", "ThresholdedRelu", [x], np.where(x > 0.3, x, 0), opset=13, alpha=0.3)
case("Shrink", "Shrink", [x], np.where(x < -0.4, x + 0.1, np.where(x > 0.4, x - 0.1, 0)), opset=13, lambd=0.4, bias=0.1)
x = f(2, 3, 2, 2)
case("MeanVarianceNormalization", "MeanVarianceNormalization", [x], (x - x.mean((0, 2, 3), keepdims=True)) / (x.std((0, 2, 3), keepdims=True) + 1e-9), opset=13)
case("Range of numbers", "Range", [np.array(1.5), np.array(-0.2), np.array(-0.5)], np.array([1.5, 1, 0.5, 0]), opset=11, images=[])
case("Xor", "Xor", [np.array([True, False, True]), np.array([True, True, False])], np.array([False, True, True]), opset=13)
case("BitwiseAnd", "BitwiseAnd", [ints(12, 10), ints(10, 7)], ints(8, 2), opset=18)

# Reductions.
x = np.abs(f(2, 3, 4)) + 0.1
x = x.round(3)
case("ReduceLogSum", "ReduceLogSum", [x], np.log(x.sum(1)), opset=13, axes=[1], keepdims=0)
case("ReduceLogSumExp", "ReduceLogSumExp", [x * 64, ints(-1)], np.log(np.exp(x * 64 - 99).sum(-1, keepdims=True)) + 99, opset=18)
case("ReduceL1", "ReduceL1", [-x, ints(0, 2)], x.sum((0, 2)), opset=18, keepdims=0)
case("ReduceL2", "ReduceL2", [x], np.sqrt((x ** 2).sum()).reshape(1, 1, 1), opset=18)


# Resize, the part of an array: one line after another.
def crop(line, n, start, end, mode, outside):
    out = np.zeros(n)
    for i in range(n):
        p = start * (len(line) - 1) + i * (end - start) * (len(line) - 1) / (n - 1) if n > 1 else 0.5 * (start + end) * (len(line) - 1)
        if p < 0 or p > len(line) - 1:
            out[i] = outside
        elif mode == "nearest":
            out[i] = line[math.ceil(p - 0.5)]
        elif mode == "linear":
            lo = min(math.floor(p), len(line) - 2)
            out[i] = line[lo] + (p - lo) * (line[lo + 1] - line[lo])
        else:
            lo, a, w = math.floor(p), -0.75, 0
            for j in range(lo - 1, lo + 3):
                d = abs(j - p)
                w = ((a + 2) * d - (a + 3)) * d * d + 1 if d <= 1 else ((d - 5) * d + 8) * d * a - 4 * a
                out[i] += w * line[min(max(j, 0), len(line) - 1)]
    return out


x = f(1, 2, 4, 5)
for mode in ("nearest", "linear", "cubic"):
    y = np.apply_along_axis(crop, 3, np.apply_along_axis(crop, 2, x, 3, 0.1, 0.8, mode, 0), 4, -0.2, 1.1, mode, np.nan)
    y = np.where(np.isnan(y), 9.0, y)
    case("Resize of a part, " + mode, "Resize", [x, np.array([0, 0, 0.1, -0.2, 1, 1, 0.8, 1.1]), None, ints(1, 2, 3, 4)], y, opset=13, images=[0], mode=mode,
         coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=9.0)
y = np.apply_along_axis(crop, 3, x, 3, 0.25, 0.75, "linear", 0)
case("Resize of a part by a factor", "Resize", [x, np.array([0.25, 0.75]), np.array([1.4])], y[..., :3], opset=18, images=[0], mode="linear", axes=[3],
     coordinate_transformation_mode="tf_crop_and_resize")



save("operators.json")


# Transposed convolutions: every value is spread over its window.
def spread(x, w, stride, dilation, groups):
    n, c, h, v = x.shape
    m = w.shape[1]
    y = np.zeros((n, m * groups, (h - 1) * stride[0] + (w.shape[2] - 1) * dilation + 1, (v - 1) * stride[1] + (w.shape[3] - 1) * dilation + 1))
    for b, i, r, q in np.ndindex(x.shape):
        g = i // (c // groups)
        for o, kr, kq in np.ndindex(w.shape[1:]):
            y[b, g * m + o, r * stride[0] + kr * dilation, q * stride[1] + kq * dilation] += x[b, i, r, q] * w[i, o, kr, kq]
    return y


x, w, bias = f(2, 4, 3, 4), f(4, 3, 3, 2), f(3)
case("ConvTranspose", "ConvTranspose", [x, w, bias], spread(x, w, (1, 1), 1, 1) + bias[:, None, None], opset=11)
case("ConvTranspose with strides and padding", "ConvTranspose", [x, w], np.pad(spread(x, w, (2, 3), 1, 1), ((0, 0), (0, 0), (0, 1), (0, 0)))[:, :, 1:-1, 1:], opset=11,
     strides=[2, 3], pads=[1, 1, 1, 0], output_padding=[1, 0], images=[0])
w = f(4, 2, 2, 2)
case("ConvTranspose in groups, dilated", "ConvTranspose", [x, w], spread(x, w, (2, 2), 2, 2), opset=11, strides=[2, 2], dilations=[2, 2], group=2, images=[0])
case("ConvTranspose to a shape", "ConvTranspose", [x, w], spread(x, w, (2, 2), 1, 1)[:, :, 1:, 1:], opset=11, strides=[2, 2], output_shape=[5, 7], images=[0])
case("ConvTranspose of the same size", "ConvTranspose", [x, f(4, 2, 3, 3)], spread(x, np.array(f.last), (2, 2), 1, 1)[:, :, :-1, :-1], opset=11, strides=[2, 2], auto_pad="SAME_UPPER", images=[0])
case("ConvTranspose padded beyond its kernel", "ConvTranspose", [x, w], spread(x, w, (2, 2), 1, 1)[:, :, 2:-2, 2:-2], opset=11, strides=[2, 2], pads=[2] * 4, images=[0])


# GridSample, place by place.
def sampled(x, grid, mode, border, corners):
    n, c, h, w = x.shape
    y = np.zeros((n, c) + grid.shape[1:3])

    def value(b, i, j):
        return x[b, :, i, j] if 0 <= i < h and 0 <= j < w else np.zeros(c)

    def place(p, size):
        p = (p + 1) / 2 * (size - 1) if corners else ((p + 1) * size - 1) / 2
        if border == "border":
            p = min(max(p, 0), size - 1)
        if border == "reflection":
            low, high = (0, size - 1) if corners else (-0.5, size - 0.5)
            while p < low or p > high:
                p = 2 * low - p if p < low else 2 * high - p
            p = min(max(p, 0), size - 1)
        return p

    for b, r, q in np.ndindex(grid.shape[:3]):
        px, py = place(grid[b, r, q, 0], w), place(grid[b, r, q, 1], h)
        if mode == "nearest":
            y[b, :, r, q] = value(b, int(np.rint(py)), int(np.rint(px)))
            continue
        i, j = math.floor(py), math.floor(px)
        for di in (0, 1):
            for dj in (0, 1):
                y[b, :, r, q] += value(b, i + di, j + dj) * (1 - abs(py - i - di)) * (1 - abs(px - j - dj))
    return y


x, grid = f(2, 3, 3, 4), (f(2, 2, 3, 2) * 0.9).round(3)
for mode in ("linear", "nearest"):
    for border in ("zeros", "border", "reflection"):
        for corners in (0, 1):
            case("GridSample %s %s %d" % (mode, border, corners), "GridSample", [x, grid], sampled(x, grid, mode, border, corners), opset=20, mode=mode, padding_mode=border, align_corners=corners)
case("GridSample of the first set", "GridSample", [x, grid], sampled(x, grid, "linear", "zeros", 0), opset=16, mode="bilinear")

# Operators of ONNX Runtime's optimiser.
x, b = f(2, 3, 4), f(4)
erf = np.vectorize(math.erf)
ms = dict(domain="com.microsoft", opset=13)
case("Gelu of ONNX Runtime", "Gelu", [x], x * (1 + erf(x / 2 ** 0.5)) / 2, **ms)
case("BiasGelu", "BiasGelu", [x, b], (x + b) * (1 + erf((x + b) / 2 ** 0.5)) / 2, **ms)
case("FastGelu", "FastGelu", [x, b], (x + b) / 2 * (1 + np.tanh((2 / np.pi) ** 0.5 * ((x + b) + 0.044715 * (x + b) ** 3))), **ms)
case("QuickGelu", "QuickGelu", [x], x / (1 + np.exp(-1.5 * x)), alpha=1.5, **ms)
y, s, t = f(2, 3, 4), f(4), f(4)
z = x + y + b
case("SkipLayerNormalization", "SkipLayerNormalization", [x, y, s, t, b], [(z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5) * s + t, None, None, z], epsilon=1e-5, **ms)
case("FusedMatMul", "FusedMatMul", [x, y], 0.5 * x @ y.transpose(0, 2, 1), transB=1, alpha=0.5, **ms)
x, w, z = f(1, 2, 3, 3), f(3, 2, 1, 1), f(1, 3, 3, 3)
case("FusedConv", "FusedConv", [x, w, f(3), z], np.maximum(np.einsum("nchw,oc->nohw", x, w[:, :, 0, 0]) + np.array(f.last)[:, None, None] + z, 0), activation="Relu", images=[0, 3], **ms)


save("operators_more.json")


# Quantised numbers; all results that are whole numbers must be the same.
def quantise(x, scale, zero, kind):
    limits = np.iinfo(kind)
    return np.clip(np.rint(x / scale) + np.asarray(zero, np.int64), limits.min, limits.max).astype(kind)


def u8(*dims):
    return rng.integers(0, 256, dims).astype(np.uint8)


def i8(*dims):
    return rng.integers(-128, 128, dims).astype(np.int8)


x = np.arange(-12, 13) / 4.0  # with ties
case("QuantizeLinear, ties to even", "QuantizeLinear", [x, np.array(0.5), np.array(3, np.uint8)], quantise(x, 0.5, 3, np.uint8), opset=13, images=[0], exact=True)
x = f(2, 3, 4) * 4
case("QuantizeLinear without a zero point", "QuantizeLinear", [x, np.array(0.0237)], quantise(x, 0.0237, 0, np.uint8), opset=10, images=[0], exact=True)
case("QuantizeLinear to int8", "QuantizeLinear", [x, np.array(0.0237), np.array(-7, np.int8)], quantise(x, 0.0237, -7, np.int8), opset=13, images=[0], exact=True)
case("QuantizeLinear to int8 without a zero point", "QuantizeLinear", [x, np.array(0.0237)], quantise(x, 0.0237, 0, np.int8), opset=21, images=[0], exact=True, output_dtype=3)
scale, zero = np.array([0.0237, 0.031, 0.0411]), np.array([0, 128, 7], np.uint8)
case("QuantizeLinear by channel", "QuantizeLinear", [x, scale, zero], quantise(x, scale[:, None], zero[:, None], np.uint8), opset=13, images=[0], exact=True)
q = u8(2, 3, 4)
case("DequantizeLinear", "DequantizeLinear", [q, np.array(0.0237), np.array(200, np.uint8)], (q.astype(int) - 200) * 0.0237, opset=10, images=[0])
case("DequantizeLinear by channel", "DequantizeLinear", [q, scale, zero], (q.astype(int) - zero.astype(int)[:, None]) * scale[:, None], opset=13, images=[0])
q, scale = i8(3, 4), np.array([0.1, 0.2, 0.3, 0.7])
case("DequantizeLinear along the last axis", "DequantizeLinear", [q, scale], q * scale, opset=13, images=[0], axis=-1)
q = rng.integers(-2 ** 20, 2 ** 20, (3,)).astype(np.int32)
case("DequantizeLinear of int32", "DequantizeLinear", [q, np.array(0.001)], q * 0.001, opset=13, images=[0])
q, scale, zero = i8(5, 3, 2), (np.abs(f(5, 2, 2)) + 0.1).round(3), rng.integers(-9, 9, (5, 2, 2)).astype(np.int8)
wide = lambda a: np.repeat(a, 2, 1)[:, :3].astype(float)
case("DequantizeLinear in blocks", "DequantizeLinear", [q, scale, zero], (q - wide(zero)) * wide(scale), opset=21, images=[], axis=1, block_size=2)
x = f(3, 4)
scale = (max(x.max(), 0) - min(x.min(), 0)) / 255
zero = np.clip(np.rint(-x.min() / scale), 0, 255)
case("DynamicQuantizeLinear", "DynamicQuantizeLinear", [x], [quantise(x, scale, zero, np.uint8), np.array(scale), np.array(int(zero), np.uint8)], opset=11)


def convolved(x, w, pad, stride):
    """Whole numbers, in loops."""
    x = np.pad(x.astype(np.int64), ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    h, v = (x.shape[2] - w.shape[2]) // stride + 1, (x.shape[3] - w.shape[3]) // stride + 1
    y = np.zeros((x.shape[0], w.shape[0], h, v), np.int64)
    for i in range(h):
        for j in range(v):
            part = x[:, :, i * stride:i * stride + w.shape[2], j * stride:j * stride + w.shape[3]]
            y[:, :, i, j] = np.einsum("nchw,ochw->no", part, w.astype(np.int64))
    return y


x, w = u8(2, 3, 5, 4), i8(4, 3, 3, 2)
xs, xz, ws, ys, yz = np.array(0.0237), np.array(117, np.uint8), np.array([0.011, 0.0083, 0.019, 0.0145]), np.array(0.31), np.array(130, np.uint8)
acc = convolved(x.astype(int) - 117, w, 1, 2)
zeros = np.zeros(4, np.int8)
case("QLinearConv", "QLinearConv", [x, xs, xz, w, ws, zeros, ys, yz], quantise(acc * (0.0237 * ws / 0.31)[:, None, None], 1, 130, np.uint8), opset=10, images=[0], exact=True, pads=[1] * 4, strides=[2, 2])
bias = rng.integers(-9000, 9000, (4,)).astype(np.int32)
case("QLinearConv with a bias, to int8", "QLinearConv", [x, xs, xz, w, np.array(0.011), np.array(3, np.int8), ys, np.array(-5, np.int8), bias],
     quantise((convolved(x.astype(int) - 117, w.astype(int) - 3, 1, 2) + bias[:, None, None]) * (0.0237 * 0.011 / 0.31), 1, -5, np.int8), opset=10, images=[0], exact=True, pads=[1] * 4, strides=[2, 2])
case("ConvInteger", "ConvInteger", [x, w, xz, np.array(3, np.int8)], convolved(x.astype(int) - 117, w.astype(int) - 3, 0, 1), opset=10, images=[0], exact=True)
case("ConvInteger without zero points", "ConvInteger", [x, w], convolved(x, w, 0, 1), opset=10, images=[0], exact=True)
# 900 products whose sum float32 does not hold; the expected number is the nearest float32 number.
big, many = np.full((1, 900, 1, 1), 255, np.uint8), np.where(np.arange(900) % 9 == 0, 127, -128).astype(np.int8).reshape(1, 900, 1, 1)
big[0, ::7] = 254
case("ConvInteger of long sums", "ConvInteger", [big, many], np.array(np.float32((big.astype(np.int64) * many).sum())).astype(float).reshape(1, 1, 1, 1), opset=10, images=[0], exact=True)
a, b = u8(2, 3, 5), i8(5, 4)
acc = (a.astype(np.int64) - 117) @ (b.astype(np.int64) - 4)
case("QLinearMatMul", "QLinearMatMul", [a, xs, xz, b, np.array(0.011), np.array(4, np.int8), ys, yz], quantise(acc * (0.0237 * 0.011 / 0.31), 1, 130, np.uint8), opset=10, images=[0], exact=True)
rows, columns = np.array([3, 250, 117], np.uint8), np.array([1, -2, 3, 0], np.int8)
case("MatMulInteger", "MatMulInteger", [a, b, rows, columns], (a.astype(np.int64) - rows.astype(np.int64)[:, None]) @ (b.astype(np.int64) - columns), opset=10, images=[0], exact=True)
case("MatMulInteger of two images", "MatMulInteger", [a, b, xz], (a.astype(np.int64) - 117) @ b.astype(np.int64), opset=10, images=[0, 1], exact=True)

# Operators of ONNX Runtime's quantisation tool: the operator of the standard between the two steps.
ms = dict(domain="com.microsoft", opset=13, exact=True)
b = i8(2, 3, 5)
A, B = (a.astype(int) - 117) * 0.0237, b * 0.0313
case("QLinearAdd", "QLinearAdd", [a, xs, xz, b, np.array(0.0313), np.array(0, np.int8), ys, yz], quantise(A + B, 0.31, 130, np.uint8), images=[0, 3], **ms)
case("QLinearMul", "QLinearMul", [a, xs, xz, b, np.array(0.0313), np.array(0, np.int8), ys, yz], quantise(A * B, 0.31, 130, np.uint8), images=[0, 3], **ms)
case("QLinearSigmoid", "QLinearSigmoid", [a, xs, xz, np.array(0.0039), np.array(0, np.uint8)], quantise(1 / (1 + np.exp(-A)), 0.0039, 0, np.uint8), images=[0], **ms)
case("QLinearLeakyRelu", "QLinearLeakyRelu", [a, xs, xz, ys, yz], quantise(np.where(A > 0, A, 0.2 * A), 0.31, 130, np.uint8), images=[0], alpha=0.2, **ms)
X = (x.astype(int) - 117) * 0.0237
case("QLinearGlobalAveragePool", "QLinearGlobalAveragePool", [x, xs, xz, np.array(0.0123), yz], quantise(X.mean((2, 3), keepdims=True), 0.0123, 130, np.uint8), images=[0], **ms)
Y = np.zeros((2, 3, 2, 2))
for i in range(2):
    for j in range(2):
        Y[:, :, i, j] = X[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2].mean((2, 3))
case("QLinearAveragePool", "QLinearAveragePool", [x, xs, xz, np.array(0.0123), yz], quantise(Y, 0.0123, 130, np.uint8), images=[0], kernel_shape=[2, 2], strides=[2, 2], **ms)
case("QLinearConcat", "QLinearConcat", [ys, yz, a, xs, xz, b, np.array(0.0313), np.array(0, np.int8)], quantise(np.concatenate([A, B], 1), 0.31, 130, np.uint8), images=[2, 5], axis=1, **ms)
g, h, bias = u8(2, 5), i8(3, 5), np.array([100, -2000, 3000], np.int32)
hs = np.array([0.011, 0.0083, 0.019])
G = ((g.astype(int) - 117) @ h.astype(int).T + bias) * 0.0237 * hs
case("QGemm", "QGemm", [g, xs, xz, h, hs, np.zeros(3, np.int8), bias, ys, yz], quantise(G, 0.31, 130, np.uint8), images=[0], transB=1, **ms)
case("QGemm to numbers", "QGemm", [g, xs, xz, h, hs, np.zeros(3, np.int8), bias], G, images=[0], transB=1, domain="com.microsoft", opset=13)
save("quantised.json")

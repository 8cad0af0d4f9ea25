"""Writes the pickles of frozen_test.go, one a line: a name and the bytes in hexadecimal.

python2.7 make.py        cPickle with protocols 0 to 2; NumPy's names stand for themselves,
                         so that it need not be installed
python3 make.py          pickle with protocols 0 to 5 (CPython 3.11, NumPy 1.24)
"""
import sys

PIXELS = b"\x00\x01\n'\\\xff\x80abcde"


def python2():
    import cPickle, types

    class ndarray(object):
        pass

    class dtype(object):
        pass

    def _reconstruct(*args):
        pass

    for name, known in {"numpy": [ndarray, dtype], "numpy.core": [], "numpy.core.multiarray": [_reconstruct]}.items():
        module = sys.modules[name] = types.ModuleType(name)
        for f in known:
            f.__module__ = name
            setattr(module, f.__name__, f)

    class Bytes(object):
        def __reduce__(self):
            return dtype, ("u1", 0, 1), (3, "|", None, None, None, -1, -1, 0)

    class Array(object):
        def __reduce__(self):
            return _reconstruct, (ndarray, (0,), "b"), (1, (2, 6), Bytes(), False, PIXELS)

    d = {"batch_label": "training batch 1 of 5", "labels": [6, 9], "data": Array(), "filenames": ["a.png", "b.png"]}
    for protocol in range(3):
        print("python2 protocol %d: %s" % (protocol, cPickle.dumps(d, protocol).encode("hex")))


def python3():
    import pickle
    import numpy as np

    pixels = np.frombuffer(PIXELS, np.uint8).reshape(2, 6).copy()
    d = {"batch_label": "training batch 1 of 5", "labels": [6, 9], "data": pixels, "filenames": ["a.png", "b.png"]}
    for protocol in range(6):
        print("python3 protocol %d: %s" % (protocol, pickle.dumps(d, protocol).hex()))
    others = {
        b"labels": np.array([1, -2], ">i4"),
        "scalars": [np.int64(70000), np.uint8(3)],
        "columns": np.asfortranarray(np.arange(6, dtype="u1").reshape(2, 3)),
        "integers": [-1, -40000, 2**40, 255, 256],
        "others": [True, None, (1,), "\xe9"],
    }
    for protocol in range(6):
        print("others protocol %d: %s" % (protocol, pickle.dumps(others, protocol).hex()))


python2() if sys.version_info[0] == 2 else python3()

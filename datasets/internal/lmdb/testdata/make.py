"""Writes LMDB files with python3-lmdb (LMDB 0.9.24): python3 make.py && gzip -9n *.mdb
Key i is "k%05d", its value the bytes of str(i) repeated: short ones lie in the leaf, long ones on pages of their own."""
import os
import shutil
import sys

import lmdb


def length(i):
    return (5000 if i % 17 == 0 else 3 + i % 40) if i % 5 else 0


def write(path, keys, **options):
    shutil.rmtree("tmp", ignore_errors=True)
    env = lmdb.open("tmp", map_size=1 << 26, **options)
    with env.begin(write=True) as txn:
        for i in keys:
            txn.put(b"k%05d" % i, (str(i).encode() * length(i))[: length(i)])
    env.close()
    shutil.move("tmp/data.mdb", path)
    shutil.rmtree("tmp")


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else "."
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    write(os.path.join(out, "tree.mdb"), reversed(range(n)))
    write(os.path.join(out, "one.mdb"), range(1))
    write(os.path.join(out, "empty.mdb"), range(0))
    # A later transaction that deletes: both head pages in use, free pages in between.
    shutil.rmtree("tmp", ignore_errors=True)
    env = lmdb.open("tmp", map_size=1 << 26, max_dbs=2)
    for part in (range(0, 60), range(60, 90)):
        with env.begin(write=True) as txn:
            for i in part:
                txn.put(b"k%05d" % i, (str(i).encode() * length(i))[: length(i)])
    with env.begin(write=True) as txn:
        for i in range(0, 90, 2):
            txn.delete(b"k%05d" % i)
    env.close()
    shutil.move("tmp/data.mdb", os.path.join(out, "deleted.mdb"))
    shutil.rmtree("tmp")
    env = lmdb.open("tmp", map_size=1 << 20, max_dbs=2)
    env.open_db(b"named")
    env.close()
    shutil.move("tmp/data.mdb", os.path.join(out, "named.mdb"))
    shutil.rmtree("tmp")

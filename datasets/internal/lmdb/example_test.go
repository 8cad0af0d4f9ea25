package lmdb_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"repbench/datasets/internal/lmdb"
)

// The entries of a database of one entry, whose value is empty.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "lmdb")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "data.mdb")
	unzipTo(path, "testdata/one.mdb.gz")

	db, err := lmdb.Open(path)
	if err != nil {
		panic(err)
	}
	err = db.Walk(func(key []byte, v lmdb.Value) error {
		fmt.Println(len(key) > 0, v.Off >= 0, v.Size)
		return nil
	})
	fmt.Println(err)
	// Output:
	// true true 0
	// <nil>
}

func unzipTo(path, packed string) {
	f, err := os.Open(packed)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		panic(err)
	}
}

package catalog

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// cifarArchive stands for the archive of CIFAR-10, whose content the catalog never reads.
func cifarArchive() []byte {
	body := make([]byte, 600)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range body {
		body[i] = byte(random.Uint32())
	}
	return datatest.Gzip(datatest.Tar(datatest.File{Name: "cifar-10-batches-bin/test_batch.bin", Body: body}))
}

// mnistFiles stand for the four files of MNIST.
func mnistFiles() []datatest.File {
	var out []datatest.File
	for _, name := range []string{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels-idx1-ubyte.gz"} {
		out = append(out, datatest.File{Name: name, Body: []byte(strings.Repeat(name+" ", 5))})
	}
	return out
}

// contentOf locates a set and returns the names and checksums of its files, one per line.
func contentOf(t testing.TB, name string, o Options) string {
	t.Helper()
	path, err := Locate(context.Background(), name, o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	err = filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		fmt.Fprintf(&b, "%s %x\n", filepath.Base(file), sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

package features

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets"
	"repbench/datasets/shapes"
)

// The exported factors of the built-in set draw its images again.
func TestFactorsAreExported(t *testing.T) {
	ds, err := datasets.Open(context.Background(), "shapes:train=20,test=10", datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	extract(t, open(t, "pixels", Options{}), ds, dir)
	for _, s := range ds.Splits {
		f, err := os.Open(filepath.Join(dir, s.Name+"_factors.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		n := 0
		for sc := bufio.NewScanner(f); sc.Scan(); n++ {
			var factors shapes.Factors
			if err := json.Unmarshal(sc.Bytes(), &factors); err != nil {
				t.Fatal(err)
			}
			image := make([]uint8, s.Images.Stride())
			shapes.Render(image, s.Images.H, factors)
			if !bytes.Equal(image, s.Images.At(n)) {
				t.Fatalf("image %d of %s differs when its factors are drawn", n, s.Name)
			}
		}
		if n != s.Images.N {
			t.Errorf("%d lines of factors for %d images of %s", n, s.Images.N, s.Name)
		}
	}
	other := t.TempDir()
	extract(t, open(t, "pixels", Options{}), noise(3, 2), other)
	if files, _ := filepath.Glob(filepath.Join(other, "*factors*")); len(files) > 0 {
		t.Errorf("factors of a set without any: %v", files)
	}
}

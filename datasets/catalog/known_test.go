package catalog

import (
	"path/filepath"
	"testing"

	"repbench/datasets/internal/datatest"
)

func TestList(t *testing.T) {
	dir := datatest.Unpack(t, datatest.File{Name: "mnist/train-images-idx3-ubyte.gz", Body: make([]byte, 100)}, datatest.File{Name: "mnist/sub/x", Body: make([]byte, 23)})
	known := map[string]SetInfo{}
	var order []string
	for _, k := range List(Options{CacheDir: dir}) {
		known[k.Name] = k
		order = append(order, k.Name)
		if k.Description == "" {
			t.Errorf("%s has no description", k.Name)
		}
	}
	if len(order) != 13 || order[0] != "shapes" || order[12] != "folder" {
		t.Fatalf("order %v", order)
	}
	if k := known["mnist"]; k.Present || len(k.Missing) != 3 || k.Path != filepath.Join(dir, "mnist") || k.Bytes != 123 || !k.Fetchable || k.URL == "" {
		t.Errorf("mnist: %+v", k)
	}
	if k := known["cifar10"]; k.Present || k.Path != "" || k.Bytes != 0 || !k.Fetchable {
		t.Errorf("cifar10: %+v", k)
	}
	if k := known["shapes"]; !k.Present || k.Fetchable || k.URL != "" {
		t.Errorf("shapes: %+v", k)
	}
	if k := known["imagenet"]; k.Present || k.Fetchable || k.URL == "" {
		t.Errorf("imagenet: %+v", k)
	}
}

package datasets

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// lsunFile is a frozen LMDB file, see testdata/lsun/make.py.
func lsunFile(t testing.TB, split string) []byte {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join("testdata", "lsun", split+".mdb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lsunFolder returns a folder with both parts of a category.
func lsunFolder(t testing.TB) string {
	return datatest.Unpack(t, datatest.File{Name: "bedroom_train_lmdb/data.mdb", Body: lsunFile(t, "train")},
		datatest.File{Name: "bedroom_val_lmdb/data.mdb", Body: lsunFile(t, "val")})
}

// TestLSUN reads LMDB folders and, in folders and archives, the images exported
// from them.
func TestLSUN(t *testing.T) {
	root := lsunFolder(t)
	d := mustOpen(t, "lsun:bedroom="+root, Options{})
	if d.Name != "lsun:bedroom" || d.Classes != nil || len(d.Splits) != 2 {
		t.Fatalf("%s, %v, %d splits", d.Name, d.Classes, len(d.Splits))
	}
	train, valid := d.Splits[0], d.Splits[1]
	if train.Name != Train || train.Images.N != 5 || valid.Name != Valid || valid.Images.N != 2 || train.Labels != nil || train.Images.H != 24 {
		t.Fatalf("%s %d, %s %d", train.Name, train.Images.N, valid.Name, valid.Images.N)
	}
	// The keys are the SHA-1 of "train 0" …; image i has the grey level 40·i, except image 0,
	// which is noise. The images are sorted by key.
	for i, want := range []struct {
		key  string
		grey uint8
	}{{"7165ce35", 120}, {"ac74aa95", 80}, {"afe1893e", 160}, {"c0fb4ba6", 0}, {"f2df4a0a", 40}} {
		if got := train.Images.At(i)[500]; !strings.HasPrefix(train.IDs[i], want.key) || want.grey > 0 && got != want.grey {
			t.Fatalf("image %d is %s with %d, want %s… with %d", i, train.IDs[i], got, want.key, want.grey)
		}
	}
	var exported []datatest.File
	p := mustPlan(t, "lsun:bedroom="+root)
	if err := p.Walk(context.Background(), func(it Item) error {
		data, err := it.Read(nil)
		dir := map[string]string{Train: "bedroom_train", Valid: "bedroom_val"}[it.Split]
		exported = append(exported, datatest.File{Name: dir + "/" + it.ID[:1] + "/" + it.ID[1:2] + "/" + it.ID, Body: data})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"exported":    datatest.Unpack(t, exported...),
		"tar":         datatest.Write(t, "x.tar", datatest.Tar(exported...)),
		"two folders": filepath.Join(root, "bedroom_train_lmdb") + "," + filepath.Join(root, "bedroom_val_lmdb"),
		"two files":   filepath.Join(root, "bedroom_train_lmdb", "data.mdb") + "," + filepath.Join(root, "bedroom_val_lmdb", "data.mdb"),
	}
	for name, path := range forms {
		t.Run(name, func(t *testing.T) {
			if e := mustOpen(t, "lsun:bedroom="+path, Options{}); e.Hash != d.Hash {
				t.Fatalf("the content differs: %d splits", len(e.Splits))
			}
		})
	}
}

func TestLSUNErrors(t *testing.T) {
	good := lsunFile(t, "train")
	cut := good[:len(good)-4096]
	tests := []struct {
		name, path string
		want       []string
	}{
		{"another category", lsunFolder(t), []string{"no JPEG, PNG or WebP images"}},
		{"no LMDB", datatest.Unpack(t, datatest.File{Name: "data.mdb", Body: bytes.Repeat([]byte("text"), 5000)}), []string{"data.mdb", "not an LMDB file"}},
		{"cut", datatest.Unpack(t, datatest.File{Name: "data.mdb", Body: cut}), []string{"data.mdb", "truncated"}},
		{"missing", filepath.Join(t.TempDir(), "data.mdb"), []string{"data are missing"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewPlan(context.Background(), "lsun:kitchen="+tt.path, Options{})
			datatest.WantError(t, err, append(tt.want, tt.path)...)
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewPlan(ctx, "lsun:bedroom="+lsunFolder(t), Options{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

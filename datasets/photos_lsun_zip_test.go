package datasets

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"

	"repbench/datasets/internal/datatest"
)

// storedZipOf packs entries into a zip file without compression.
func storedZipOf(t testing.TB, entries ...datatest.File) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		out, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(e.Body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLSUNZip opens the databases in the zip files in which they are distributed.
func TestLSUNZip(t *testing.T) {
	want := mustOpen(t, "lsun:bedroom="+lsunFolder(t), Options{})
	train := []datatest.File{{Name: "bedroom_train_lmdb/data.mdb", Body: lsunFile(t, "train")}, {Name: "bedroom_train_lmdb/lock.mdb", Body: []byte("x")}}
	valid := []datatest.File{{Name: "bedroom_val_lmdb/data.mdb", Body: lsunFile(t, "val")}}
	bare := datatest.File{Name: "data.mdb", Body: lsunFile(t, "val")}
	other := datatest.File{Name: "kitchen_train_lmdb/data.mdb", Body: []byte("not opened")}
	both := append(append([]datatest.File{}, train...), valid...)
	for form, path := range map[string]string{
		"compressed":        datatest.Write(t, "bedroom.zip", datatest.Zip(both...)),
		"stored":            datatest.Write(t, "bedroom.zip", storedZipOf(t, both...)),
		"beside another":    datatest.Write(t, "lsun.zip", datatest.Zip(append(both, other)...)),
		"two files":         datatest.Write(t, "a.zip", datatest.Zip(train...)) + "," + datatest.Write(t, "b.zip", storedZipOf(t, valid...)),
		"named by the file": datatest.Write(t, "a.zip", datatest.Zip(train...)) + "," + datatest.Write(t, "bedroom_val_lmdb.zip", storedZipOf(t, bare)),
		"folder of zip files": datatest.Unpack(t, datatest.File{Name: "bedroom_train_lmdb.zip", Body: storedZipOf(t, train...)},
			datatest.File{Name: "bedroom_val_lmdb.zip", Body: datatest.Zip(valid...)}, datatest.File{Name: "kitchen_val_lmdb.zip", Body: []byte("not opened")}),
		"folder and zip file": datatest.Unpack(t, datatest.File{Name: "bedroom_train_lmdb/data.mdb", Body: lsunFile(t, "train")},
			datatest.File{Name: "bedroom_val_lmdb.zip", Body: datatest.Zip(valid...)}),
	} {
		t.Run(form, func(t *testing.T) {
			got := mustOpen(t, "lsun:bedroom="+path, Options{Threads: 3})
			if got.Hash != want.Hash {
				t.Fatalf("the content differs: %d splits, %d images", len(got.Splits), got.Splits[0].Images.N)
			}
			n := 0
			if err := mustPlan(t, "lsun:bedroom="+path).Walk(context.Background(), func(it Item) error {
				data, err := it.Read(nil)
				if n++; len(data) == 0 || !it.Keeps {
					return errors.New("an image is empty, or can be read only at once")
				}
				return err
			}); err != nil || n != 7 {
				t.Fatalf("%d images: %v", n, err)
			}
		})
	}
}

func TestLSUNZipErrors(t *testing.T) {
	good := lsunFile(t, "train")
	damaged := storedZipOf(t, datatest.File{Name: "a/data.mdb", Body: append(bytes.Repeat([]byte("text"), 2000), good...)})
	cut := storedZipOf(t, datatest.File{Name: "a/data.mdb", Body: good[:len(good)-4096]})
	compressed := datatest.Zip(datatest.File{Name: "a/data.mdb", Body: good})
	tests := []struct {
		name, path string
		o          Options
		want       []string
	}{
		{"no LMDB", datatest.Write(t, "x.zip", damaged), Options{}, []string{"x.zip: a/data.mdb", "not an LMDB file"}},
		{"cut", datatest.Write(t, "x.zip", cut), Options{}, []string{"x.zip/a/data.mdb", "truncated"}},
		{"too large", datatest.Write(t, "x.zip", compressed), Options{MaxBytes: 5000}, []string{"a/data.mdb", "the database is compressed", "unpack the archive and give the folder"}},
		{"damaged", datatest.Write(t, "x.zip", append(bytes.Clone(compressed[:300]), append([]byte("xxxx"), compressed[304:]...)...)), Options{}, []string{"a/data.mdb", "damaged"}},
		{"in a tar", datatest.Write(t, "x.tar", datatest.Tar(datatest.File{Name: "a/data.mdb", Body: good})), Options{}, []string{"no JPEG, PNG or WebP images", "a/data.mdb is an LMDB database: open its folder"}},
		{"deeper", datatest.Unpack(t, datatest.File{Name: "lsun/bedroom_train_lmdb/data.mdb", Body: good}), Options{}, []string{"lsun/bedroom_train_lmdb/data.mdb is an LMDB database"}},
		{"other zip files", datatest.Unpack(t, datatest.File{Name: "kitchen_val_lmdb.zip", Body: compressed}), Options{}, []string{"kitchen_val_lmdb.zip is an archive inside: give the path of the archive"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(context.Background(), "lsun:bedroom="+tt.path, tt.o)
			datatest.WantError(t, err, append(tt.want, filepath.Base(tt.path))...)
		})
	}
}

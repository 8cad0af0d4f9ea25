package datasets

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
)

// storedZipOf packs entries into a zip file without compression.
func storedZipOf(t testing.TB, entries ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		out, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(e.body); err != nil {
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
	train := []packed{{name: "bedroom_train_lmdb/data.mdb", body: lsunFile(t, "train")}, {name: "bedroom_train_lmdb/lock.mdb", body: []byte("x")}}
	valid := []packed{{name: "bedroom_val_lmdb/data.mdb", body: lsunFile(t, "val")}}
	bare := packed{name: "data.mdb", body: lsunFile(t, "val")}
	other := packed{name: "kitchen_train_lmdb/data.mdb", body: []byte("not opened")}
	both := append(append([]packed{}, train...), valid...)
	for form, path := range map[string]string{
		"compressed":        writeTemp(t, "bedroom.zip", zipOf(both...)),
		"stored":            writeTemp(t, "bedroom.zip", storedZipOf(t, both...)),
		"beside another":    writeTemp(t, "lsun.zip", zipOf(append(both, other)...)),
		"two files":         writeTemp(t, "a.zip", zipOf(train...)) + "," + writeTemp(t, "b.zip", storedZipOf(t, valid...)),
		"named by the file": writeTemp(t, "a.zip", zipOf(train...)) + "," + writeTemp(t, "bedroom_val_lmdb.zip", storedZipOf(t, bare)),
		"folder of zip files": unpack(t, packed{name: "bedroom_train_lmdb.zip", body: storedZipOf(t, train...)},
			packed{name: "bedroom_val_lmdb.zip", body: zipOf(valid...)}, packed{name: "kitchen_val_lmdb.zip", body: []byte("not opened")}),
		"folder and zip file": unpack(t, packed{name: "bedroom_train_lmdb/data.mdb", body: lsunFile(t, "train")},
			packed{name: "bedroom_val_lmdb.zip", body: zipOf(valid...)}),
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
	damaged := storedZipOf(t, packed{name: "a/data.mdb", body: append(bytes.Repeat([]byte("text"), 2000), good...)})
	cut := storedZipOf(t, packed{name: "a/data.mdb", body: good[:len(good)-4096]})
	compressed := zipOf(packed{name: "a/data.mdb", body: good})
	tests := []struct {
		name, path string
		o          Options
		want       []string
	}{
		{"no LMDB", writeTemp(t, "x.zip", damaged), Options{}, []string{"x.zip: a/data.mdb", "no LMDB file"}},
		{"cut", writeTemp(t, "x.zip", cut), Options{}, []string{"x.zip/a/data.mdb", "truncated"}},
		{"too large", writeTemp(t, "x.zip", compressed), Options{MaxBytes: 5000}, []string{"a/data.mdb", "the database is compressed", "unpack the archive and give the folder"}},
		{"damaged", writeTemp(t, "x.zip", append(bytes.Clone(compressed[:300]), append([]byte("xxxx"), compressed[304:]...)...)), Options{}, []string{"a/data.mdb", "damaged"}},
		{"in a tar", writeTemp(t, "x.tar", tarOf(packed{name: "a/data.mdb", body: good})), Options{}, []string{"no JPEG, PNG or WebP images", "a/data.mdb is an LMDB database: open its folder"}},
		{"deeper", unpack(t, packed{name: "lsun/bedroom_train_lmdb/data.mdb", body: good}), Options{}, []string{"lsun/bedroom_train_lmdb/data.mdb is an LMDB database"}},
		{"other zip files", unpack(t, packed{name: "kitchen_val_lmdb.zip", body: compressed}), Options{}, []string{"kitchen_val_lmdb.zip is an archive inside: give the path of the archive"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(context.Background(), "lsun:bedroom="+tt.path, tt.o)
			wantError(t, err, append(tt.want, filepath.Base(tt.path))...)
		})
	}
}

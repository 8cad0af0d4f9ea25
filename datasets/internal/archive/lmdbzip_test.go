package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

// database returns a database that LMDB itself wrote, see package lmdb's testdata/make.py.
func database(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "lmdb", "testdata", name+".mdb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Gunzip(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// stored is an entry of a zip file and how it is packed.
type stored struct {
	name   string
	body   []byte
	method uint16
}

// zipOf writes a zip file and opens it.
func zipOf(t *testing.T, entries ...stored) Source {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		out, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
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
	src, err := Open(datatest.Write(t, "x.zip", b.Bytes()), false)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// listing returns the names and contents of all entries, read after the walk.
func listing(t *testing.T, src Source) string {
	t.Helper()
	var entries []Entry
	if err := src.Walk(context.Background(), func(e Entry) error {
		entries = append(entries, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, e := range entries {
		if !e.Keeps || e.Dir || e.Link {
			t.Fatalf("%+v is no file that can be read later", e)
		}
		body, err := e.Read(nil, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		_, size, err := e.Open()
		if err != nil || size != int64(len(body)) {
			t.Fatalf("%s claims %d bytes and has %d: %v", e.Name, size, len(body), err)
		}
		fmt.Fprintf(&s, "%s %s\n", e.Name, body)
	}
	return s.String()
}

// treeListing is what make.py wrote into the database named tree: of 300 entries, each fifth is
// empty, each seventeenth has 5,000 bytes and the others 3 to 42.
func treeListing() string {
	var s strings.Builder
	for i := range 300 {
		n := 3 + i%40
		if i%5 == 0 {
			n = 0
		} else if i%17 == 0 {
			n = 5000
		}
		fmt.Fprintf(&s, "k%05d.webp %s\n", i, strings.Repeat(fmt.Sprint(i), n)[:n])
	}
	return s.String()
}

// TestLMDBContents: the entries of a database are the same on disk, in a zip file without
// compression (read in place) and in one with it (read from memory).
func TestLMDBContents(t *testing.T) {
	want, data := treeListing(), database(t, "tree")
	onDisk, err := OpenLMDB(datatest.Write(t, LMDBFile, data))
	if err != nil {
		t.Fatal(err)
	}
	if got := listing(t, onDisk); got != want {
		t.Fatalf("on disk:\n%s", got)
	}
	for name, method := range map[string]uint16{"stored": zip.Store, "compressed": zip.Deflate} {
		src := zipOf(t, stored{"readme.txt", []byte("before it"), zip.Store}, stored{"church_train_lmdb/data.mdb", data, method})
		dbs, err := ZippedLMDB(src, "church_", 1<<30)
		if err != nil || len(dbs) != 1 {
			t.Fatalf("%s: %d databases, %v", name, len(dbs), err)
		}
		if got := listing(t, dbs[0]); got != want {
			t.Errorf("%s:\n%s", name, got)
		}
		if inMemory := dbs[0].(lmdbSource).data != nil; inMemory != (method == zip.Deflate) {
			t.Errorf("%s: in memory %v", name, inMemory)
		}
		if got, want := dbs[0].Path(), src.Path()+"/church_train_lmdb/data.mdb"; got != want {
			t.Errorf("%s: path %s, want %s", name, got, want)
		}
	}
}

// TestZippedLMDBChoice: the databases of the category if there are any, else all.
func TestZippedLMDBChoice(t *testing.T) {
	one, empty := database(t, "one"), database(t, "empty")
	src := zipOf(t, stored{"set/tower_val_lmdb/data.mdb", empty, zip.Store}, stored{"set/church_train_lmdb/data.mdb", one, zip.Deflate},
		stored{"set/church_train_lmdb/lock.mdb", []byte("lock"), zip.Store}, stored{"church/other.mdb", one, zip.Store},
		stored{"set/church_val_lmdb/data.mdb", empty, zip.Deflate}, stored{"set/zoo_lmdb/data.mdb", []byte("no database"), zip.Store},
		stored{"__MACOSX/set/church_val_lmdb/data.mdb", []byte("of macOS"), zip.Store})
	dbs, err := ZippedLMDB(src, "church_", 1<<30)
	if err != nil || len(dbs) != 2 {
		t.Fatalf("%d databases, %v", len(dbs), err)
	}
	for i, want := range []string{"set/church_train_lmdb/data.mdb", "set/church_val_lmdb/data.mdb"} {
		if got := dbs[i].Path(); got != src.Path()+"/"+want {
			t.Errorf("database %d is %s, want %s", i, got, want)
		}
	}
	plain := zipOf(t, stored{"data.mdb", one, zip.Store}, stored{"b/data.mdb", empty, zip.Store})
	if dbs, err := ZippedLMDB(plain, "church_", 1<<30); err != nil || len(dbs) != 2 {
		t.Errorf("without a folder of the category: %d databases, %v", len(dbs), err)
	}
	for _, other := range []Source{folder(t.TempDir()), zipOf(t, stored{"1.png", datatest.Dot(1), zip.Store})} {
		if dbs, err := ZippedLMDB(other, "", 1<<30); err != nil || len(dbs) != 0 {
			t.Errorf("%T without databases: %v, %v", other, dbs, err)
		}
	}
}

// TestZippedLMDBErrors: errors name the zip file, the database in it and the next step.
func TestZippedLMDBErrors(t *testing.T) {
	one := database(t, "one")
	big := make([]byte, 3_000_000)
	for _, tt := range []struct {
		name  string
		src   Source
		limit int64
		want  []string
	}{
		{"compressed and too large", zipOf(t, stored{"a/data.mdb", big, zip.Deflate}), 2_000_000,
			[]string{"a/data.mdb", "has 3 MB unpacked, more than the 2 MB", "unpack the archive and give the folder"}},
		{"compressed and no database", zipOf(t, stored{"a/data.mdb", []byte("a text"), zip.Deflate}), 1 << 30, []string{"a/data.mdb"}},
		{"stored and cut", zipOf(t, stored{"a/data.mdb", one[:len(one)/2], zip.Store}), 1 << 30, []string{"a/data.mdb"}},
		{"a name that leads out", zipOf(t, stored{"../data.mdb", one, zip.Store}), 1 << 30, []string{"../data.mdb", "leads out of the archive"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbs, err := ZippedLMDB(tt.src, "", tt.limit)
			if err == nil { // damage behind the first pages is found by the walk
				err = dbs[0].Walk(context.Background(), func(e Entry) error { return nil })
			}
			datatest.WantError(t, err, append(tt.want, tt.src.Path())...)
			var bad *content.Error
			if !errors.As(err, &bad) {
				t.Errorf("%T is no content.Error", err)
			}
		})
	}
	// Exactly the limit is read.
	if dbs, err := ZippedLMDB(zipOf(t, stored{"a/data.mdb", one, zip.Deflate}), "", int64(len(one))); err != nil || len(dbs) != 1 {
		t.Errorf("a database of the size of the limit: %v", err)
	}
	if _, err := ZippedLMDB(zipOf(t, stored{"a/data.mdb", one, zip.Deflate}), "", int64(len(one))-1); err == nil {
		t.Error("a database of one byte more than the limit is read")
	}
}

func TestOpenLMDBErrors(t *testing.T) {
	absent := filepath.Join(t.TempDir(), LMDBFile)
	if _, err := OpenLMDB(absent); !errors.Is(err, content.ErrMissing) {
		t.Errorf("an absent file: %v", err)
	}
	text := datatest.Write(t, LMDBFile, bytes.Repeat([]byte("text "), 4000))
	_, err := OpenLMDB(text)
	datatest.WantError(t, err, text)
	if errors.Is(err, content.ErrMissing) {
		t.Errorf("a text passes for a missing file: %v", err)
	}
}

// TestLMDBWalkEnds: the walk ends at ErrStop without an error, hands on the visitor's errors as
// they are, and ends when it is cancelled.
func TestLMDBWalkEnds(t *testing.T) {
	src, err := OpenLMDB(datatest.Write(t, LMDBFile, database(t, "tree")))
	if err != nil {
		t.Fatal(err)
	}
	own := errors.New("the visitor's")
	for name, tt := range map[string]struct{ give, want error }{"stop": {ErrStop, nil}, "own": {own, own}} {
		n := 0
		err := src.Walk(context.Background(), func(Entry) error {
			if n++; n == 3 {
				return tt.give
			}
			return nil
		})
		if n != 3 || err != tt.want {
			t.Errorf("%s: %d entries, %v", name, n, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err = src.Walk(ctx, func(Entry) error { n++; cancel(); return nil })
	if n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %d entries, %v", n, err)
	}
}

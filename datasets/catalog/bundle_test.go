package catalog

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

// tinyMNIST describes the small files of mnistFiles as the official ones. They are on no
// server; filled puts them into the cache folder.
func tinyMNIST(t testing.TB, filled bool) Options {
	t.Helper()
	o := Options{CacheDir: t.TempDir(), Offline: true}
	var remote []remoteFile
	for _, f := range mnistFiles() {
		sum := sha256.Sum256(f.Body)
		remote = append(remote, remoteFile{Name: f.Name, URL: "http://127.0.0.1:1/" + f.Name, Size: int64(len(f.Body)), SHA256: hex.EncodeToString(sum[:])})
		if filled {
			path := filepath.Join(o.CacheDir, "mnist", f.Name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Body, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.remote = map[string][]remoteFile{NameMNIST: remote}
	return o
}

func TestBundleRoundTrip(t *testing.T) {
	from, to := tinyMNIST(t, true), tinyMNIST(t, false)
	dir := t.TempDir()
	file, again := filepath.Join(dir, "a.tar"), filepath.Join(dir, "b.tar")
	for _, f := range []string{file, again} {
		if err := Bundle(context.Background(), "mnist", f, from); err != nil {
			t.Fatal(err)
		}
	}
	a, _ := os.ReadFile(file)
	if b, _ := os.ReadFile(again); !bytes.Equal(a, b) || len(a) == 0 {
		t.Error("two bundles of the same files differ")
	}
	for range 2 { // the second time the files exist
		name, path, err := Unbundle(context.Background(), file, to)
		if err != nil || name != "mnist" || path != filepath.Join(to.CacheDir, "mnist") {
			t.Fatal(name, path, err)
		}
	}
	if contentOf(t, "mnist", from) != contentOf(t, "mnist", to) {
		t.Error("another set came out")
	}
	wantOnly(t, filepath.Join(to.CacheDir, "mnist"), "t10k-images.idx3-ubyte", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte")
	// Any program can check a bundle: its first entry has the checksums.
	r := tar.NewReader(bytes.NewReader(a))
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	var m bundleManifest
	if err := json.NewDecoder(r).Decode(&m); err != nil || m.Set != "mnist" || len(m.Files) != 4 || m.Files[0].SHA256 != from.remote["mnist"][0].SHA256 {
		t.Errorf("manifest %+v, %v", m, err)
	}
}

func TestFetchFrom(t *testing.T) {
	from := tinyMNIST(t, true)
	bundle := filepath.Join(t.TempDir(), "mnist.tar")
	if err := Bundle(context.Background(), "mnist", bundle, from); err != nil {
		t.Fatal(err)
	}
	want := contentOf(t, "mnist", from)
	for name, place := range map[string]string{"bundle": bundle, "folder": filepath.Join(from.CacheDir, "mnist")} {
		to := tinyMNIST(t, false)
		if _, err := FetchFrom(context.Background(), "mnist", place, to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if contentOf(t, "mnist", to) != want {
			t.Errorf("%s: another set came out", name)
		}
	}
	data := cifarArchive()
	o := remoteOf(t, data, http.NotFound)
	path, err := FetchFrom(context.Background(), "cifar10", datatest.Write(t, "cifar-10-binary.tar.gz", data), o)
	if err != nil || path != filepath.Join(o.CacheDir, "cifar-10-binary.tar.gz") {
		t.Fatal(path, err)
	}
	contentOf(t, "cifar10", o)

	to := tinyMNIST(t, false)
	for _, tt := range []struct{ name, set, from, want string }{
		{"nothing there", "mnist", filepath.Join(t.TempDir(), "x"), "no such file"},
		{"a folder without them", "mnist", t.TempDir(), "no such file"},
		{"bundle of another set", "cifar10", bundle, `a bundle of "mnist"`},
		{"no bundle", "mnist", datatest.Write(t, "x.tar", data), "it is not a bundle"},
		{"no such set", "nonsense", bundle, "there is no set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := FetchFrom(context.Background(), tt.set, tt.from, to)
			datatest.WantError(t, err, tt.want)
		})
	}
	if list, _ := filepath.Glob(filepath.Join(to.CacheDir, "*", "*")); len(list) > 0 {
		t.Errorf("files came from nowhere: %v", list)
	}
}

func TestBundleRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.tar")
	damaged := tinyMNIST(t, true)
	victim := filepath.Join(damaged.CacheDir, "mnist", damaged.remote["mnist"][2].Name)
	b, _ := os.ReadFile(victim)
	b[len(b)-1] ^= 1
	if err := os.WriteFile(victim, b, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, set, want string
		o               Options
	}{
		{"absent", "mnist", "put it at", tinyMNIST(t, false)},
		{"damaged", "mnist", victim, damaged},
		{"licence", "imagenet", "not downloaded automatically", tinyMNIST(t, false)},
		{"built in", "shapes", "nothing is downloaded", tinyMNIST(t, false)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			datatest.WantError(t, Bundle(context.Background(), tt.set, out, tt.o), tt.want)
			wantOnly(t, filepath.Dir(out))
		})
	}
	// A file that becomes damaged after it was verified is found while it is packed.
	trusting, files := tinyMNIST(t, true), filepath.Join("mnist", damaged.remote["mnist"][2].Name)
	if err := os.WriteFile(filepath.Join(trusting.CacheDir, files), b, 0o644); err != nil {
		t.Fatal(err)
	}
	c, o, err := fetchable("mnist", trusting)
	if err != nil {
		t.Fatal(err)
	}
	var content *content.Error
	if err := c.pack(context.Background(), tar.NewWriter(&bytes.Buffer{}), o); !errors.As(err, &content) {
		t.Errorf("got %v", err)
	}
}

// forged returns a bundle of tinyMNIST whose entries were changed by edit.
func forged(t testing.TB, edit func(files []datatest.File) []datatest.File) []byte {
	t.Helper()
	c, _ := catalogOf(NameMNIST)
	m, err := json.Marshal(c.manifest(tinyMNIST(t, false).remote[NameMNIST]))
	if err != nil {
		t.Fatal(err)
	}
	entries := []datatest.File{{Name: manifestName, Body: m}}
	for _, f := range mnistFiles() {
		entries = append(entries, datatest.File{Name: "mnist/" + f.Name, Body: f.Body})
	}
	return datatest.Tar(edit(entries)...)
}

func TestForgedBundles(t *testing.T) {
	whole := forged(t, func(e []datatest.File) []datatest.File { return e })
	add := func(p datatest.File) func([]datatest.File) []datatest.File {
		return func(e []datatest.File) []datatest.File { return append(append(e[:2:2], p), e[2:]...) }
	}
	change := func(i int, p datatest.File) func([]datatest.File) []datatest.File {
		return func(e []datatest.File) []datatest.File {
			if p.Name == "" {
				p.Name = e[i].Name
			}
			e[i] = p
			return e
		}
	}
	flipped := func(e []datatest.File) []datatest.File {
		e[3].Body = append([]byte{e[3].Body[0] ^ 1}, e[3].Body[1:]...)
		return e
	}
	for _, tt := range []struct {
		name, want string
		bundle     []byte
	}{
		{"empty", "it is not a bundle", nil},
		{"no tar", "it is not a bundle", bytes.Repeat([]byte("x"), 2000)},
		{"no manifest", "it is not a bundle", forged(t, func(e []datatest.File) []datatest.File { return e[1:] })},
		{"manifest is no JSON", "it is not a bundle", forged(t, change(0, datatest.File{Body: []byte("{")}))},
		{"manifest too large", "it is not a bundle", forged(t, change(0, datatest.File{Body: make([]byte, maxManifest+1)}))},
		{"of the future", "reads", forged(t, change(0, datatest.File{Body: []byte(`{"format": "repbench data bundle 2"}`)}))},
		{"of no set", "there is no set", forged(t, change(0, datatest.File{Body: []byte(`{"format": "repbench data bundle 1", "set": "../x"}`)}))},
		{"leads out", "nothing else is taken", forged(t, add(datatest.File{Name: "../../evil", Body: []byte("x")}))},
		{"absolute", "nothing else is taken", forged(t, add(datatest.File{Name: "/tmp/evil", Body: []byte("x")}))},
		{"of another name", "nothing else is taken", forged(t, add(datatest.File{Name: "mnist/evil", Body: []byte("x")}))},
		{"a link in place of a file", "nothing else is taken", forged(t, change(2, datatest.File{Link: "/etc/passwd"}))},
		{"a folder in place of a file", "nothing else is taken", forged(t, change(2, datatest.File{}))},
		{"twice", "nothing else is taken", forged(t, func(e []datatest.File) []datatest.File { return append(e[:2:2], e[1:]...) })},
		{"one too many at the end", "nothing else is taken", forged(t, func(e []datatest.File) []datatest.File { return append(e, datatest.File{Name: "x", Body: []byte("x")}) })},
		{"one is missing", "it lacks mnist/train-labels", forged(t, func(e []datatest.File) []datatest.File { return append(e[:2:2], e[3:]...) })},
		{"one is shorter", "bytes where the official file has", forged(t, change(3, datatest.File{Body: []byte("x")}))},
		{"one is longer", "more than the", forged(t, change(3, datatest.File{Body: make([]byte, 10000)}))},
		{"one is another", "checksum", forged(t, flipped)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkUnbundle(t, tt.bundle, tt.want)
		})
	}
	for n := 0; n < len(whole)-3*512; n += 389 { // the last file's padding and the end mark are not needed
		checkUnbundle(t, whole[:n], "")
	}
}

// checkUnbundle expects an error, and no wrong file in the cache folder or next to it.
func checkUnbundle(t *testing.T, bundle []byte, want string) {
	t.Helper()
	o := tinyMNIST(t, false)
	root := o.CacheDir
	o.CacheDir = filepath.Join(root, "a", "cache")
	_, _, err := Unbundle(context.Background(), datatest.Write(t, "x.tar", bundle), o)
	datatest.WantError(t, err, want, "x.tar")
	if bad := strayFiles(o, root); len(bad) > 0 {
		t.Errorf("after %v there are %v", err, bad)
	}
}

// strayFiles lists the files below root that are not official files of tinyMNIST.
func strayFiles(o Options, root string) (bad []string) {
	right := map[string]string{filepath.Join(o.CacheDir, verifiedFile): ""}
	for _, f := range o.remote[NameMNIST] {
		right[filepath.Join(o.CacheDir, "mnist", f.Name)] = f.SHA256
	}
	_ = filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		b, _ := os.ReadFile(path)
		sum, known := right[path]
		if !known || sum != "" && sum != fmt.Sprintf("%x", sha256.Sum256(b)) {
			bad = append(bad, path)
		}
		return nil
	})
	return bad
}

func TestUnbundleKeepsABadFile(t *testing.T) {
	o := tinyMNIST(t, true)
	path := filepath.Join(o.CacheDir, "mnist", o.remote["mnist"][1].Name)
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	file := datatest.Write(t, "x.tar", forged(t, func(e []datatest.File) []datatest.File { return e }))
	_, _, err := Unbundle(context.Background(), file, o)
	datatest.WantError(t, err, path, "delete it")
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Error("it was replaced")
	}
}

func FuzzUnbundle(f *testing.F) {
	whole := forged(f, func(e []datatest.File) []datatest.File { return e })
	f.Add(whole)
	f.Add(whole[:700])
	f.Add(forged(f, func(e []datatest.File) []datatest.File {
		return append(e, datatest.File{Name: "../x", Body: []byte("x")})
	}))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		o := tinyMNIST(t, false)
		root := o.CacheDir
		o.CacheDir = filepath.Join(root, "cache")
		_, _, err := Unbundle(context.Background(), datatest.Write(t, "x.tar", bundle), o)
		if bad := strayFiles(o, root); len(bad) > 0 {
			t.Fatalf("%v; there are %s", err, strings.Join(bad, " "))
		}
		if err == nil {
			contentOf(t, "mnist", o)
		}
	})
}

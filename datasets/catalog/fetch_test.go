package catalog

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

// remoteOf serves data by handler and describes it as the file of cifar10.
func remoteOf(t *testing.T, data []byte, handler http.HandlerFunc) Options {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	sum := sha256.Sum256(data)
	return Options{
		CacheDir: t.TempDir(),
		Download: DownloadOptions{Wait: time.Millisecond, Attempts: 2},
		remote: map[string][]remoteFile{NameCIFAR10: {{
			Name: "cifar-10-binary.tar.gz", URL: server.URL + "/cifar-10-binary.tar.gz",
			Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]),
		}}},
	}
}

func serve(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }
}

// wantOnly checks that the cache holds only the given files.
func wantOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the cache holds %q, want %q", got, names)
	}
}

func TestLocateDownloadsOnce(t *testing.T) {
	data := cifarArchive()
	var requests atomic.Int32
	o := remoteOf(t, data, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		serve(data)(w, r)
	})
	first := contentOf(t, "cifar10", o)
	o.Offline = true
	second := contentOf(t, "cifar10", o)
	if requests.Load() != 1 || first != second || first != fmt.Sprintf("cifar-10-binary.tar.gz %x\n", sha256.Sum256(data)) {
		t.Fatalf("%d requests, content %s and %s", requests.Load(), first, second)
	}
	path, err := Fetch(context.Background(), "cifar10", o)
	if err != nil || path != filepath.Join(o.CacheDir, "cifar-10-binary.tar.gz") {
		t.Fatalf("%s %v", path, err)
	}
}

func TestFetchRefuses(t *testing.T) {
	data := cifarArchive()
	wrong := append([]byte{data[0] ^ 1}, data[1:]...)
	part := []string{"cifar-10-binary.tar.gz.part", "cifar-10-binary.tar.gz.part.json"}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
		kept    []string
	}{
		{"truncated, announced in full", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(data)))
			w.Write(data[:len(data)/2])
		}, "truncated", part},
		{"truncated, length not announced", func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(data[:len(data)/2])
		}, fmt.Sprintf("%d of %d bytes came", len(data)/2, len(data)), part},
		{"shorter, as announced", serve(data[:100]), "announces 100 bytes", nil},
		{"longer, as announced", serve(append(data[:len(data):len(data)], 1)), "announces", nil},
		{"wrong bytes", serve(wrong), "checksum", nil},
		{"busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, "503", nil},
		{"gone", http.NotFound, "404", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := remoteOf(t, data, tt.handler)
			_, err := Locate(context.Background(), "cifar10", o)
			datatest.WantError(t, err, tt.want, "cifar-10-binary.tar.gz", "put it at "+o.CacheDir)
			if !errors.Is(err, content.ErrMissing) {
				t.Errorf("%v does not wrap ErrMissing", err)
			}
			wantOnly(t, o.CacheDir, tt.kept...)
		})
	}
}

func TestMirrorsComeFirst(t *testing.T) {
	data := cifarArchive()
	var asked []string
	o := remoteOf(t, data, func(w http.ResponseWriter, r *http.Request) {
		if asked = append(asked, r.URL.Path); r.URL.Path != "/cifar-10-binary.tar.gz" {
			http.NotFound(w, r)
			return
		}
		serve(data)(w, r)
	})
	base := strings.TrimSuffix(o.remote[NameCIFAR10][0].URL, "/cifar-10-binary.tar.gz")
	o.Download.Mirrors = []string{base + "/one", base + "/two/"}
	o.remote[NameCIFAR10][0].Mirrors = []string{base + "/three"}
	if _, err := Fetch(context.Background(), "cifar10", o); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(asked, " "); got != "/one/cifar-10-binary.tar.gz /two/cifar-10-binary.tar.gz /cifar-10-binary.tar.gz" {
		t.Errorf("asked for %s", got)
	}
	for _, m := range []string{"ftp://x/", "here", "http://", "http://x y/"} {
		if _, err := Fetch(context.Background(), "cifar10", Options{Download: DownloadOptions{Mirrors: []string{m}}}); !errors.Is(err, ErrSpec) {
			t.Errorf("mirror %q: %v", m, err)
		}
	}
	if _, err := Fetch(context.Background(), "cifar10", Options{Download: DownloadOptions{Stall: -1}}); err == nil {
		t.Error("a negative time was accepted")
	}
}

func TestFetchWithoutNetwork(t *testing.T) {
	o := remoteOf(t, []byte("x"), serve(nil))
	o.remote[NameCIFAR10][0].URL = "http://127.0.0.1:1/cifar-10-binary.tar.gz" // nothing listens there
	_, err := Locate(context.Background(), "cifar10", o)
	datatest.WantError(t, err, "data are missing", "get http://127.0.0.1:1/cifar-10-binary.tar.gz", "put it at "+o.CacheDir)
	o.Offline = true
	_, err = Locate(context.Background(), "cifar10", o)
	datatest.WantError(t, err, "switched off", "put it at "+o.CacheDir)
	wantOnly(t, o.CacheDir)
}

// The error of a machine without a network names every absent file.
func TestOfflineNamesAllFiles(t *testing.T) {
	o := Options{CacheDir: filepath.Join(t.TempDir(), "cache"), Offline: true}
	_, err := Fetch(context.Background(), "mnist", o)
	c, _ := catalogOf("mnist")
	for _, f := range c.remote {
		datatest.WantError(t, err, f.URL, strconv.FormatInt(f.Size, 10), f.SHA256, "put it at "+filepath.Join(o.CacheDir, "mnist", f.Name))
	}
	if _, err := os.Stat(o.CacheDir); err == nil {
		t.Error("a folder was made for nothing")
	}
}

func TestFetchIsCancelled(t *testing.T) {
	data := make([]byte, 1<<20)
	ctx, cancel := context.WithCancel(context.Background())
	released := make(chan struct{})
	o := remoteOf(t, data, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data[:1000])
		w.(http.Flusher).Flush()
		cancel()
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Second):
			t.Error("the client does not hang up")
		}
		close(released)
	})
	if _, err := Fetch(ctx, "cifar10", o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	<-released
}

// A verified set is opened without reading its file for the checksum, but not after any change
// of the file.
func TestVerifiedFileIsTrusted(t *testing.T) {
	data := cifarArchive()
	o := remoteOf(t, data, serve(data))
	path, err := Fetch(context.Background(), "cifar10", o)
	if err != nil {
		t.Fatal(err)
	}
	c, o, err := fetchable("cifar10", o)
	if err != nil {
		t.Fatal(err)
	}
	sum := c.files(o)[0].file(nil).Sum()
	if o.verified().trusts(path, sum) {
		t.Error("a file that was just written is trusted; a change within the clock's grain would go unseen")
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	contentOf(t, "cifar10", o) // verifies again, as the time differs
	if !o.verified().trusts(path, sum) || o.verified().trusts(path, "SHA-256 0") {
		t.Error("a verified file is not trusted, or for another checksum")
	}
	damaged := append([]byte{data[0] ^ 1}, data[1:]...)
	if err := os.WriteFile(path, damaged, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Locate(context.Background(), "cifar10", o)
	datatest.WantError(t, err, path, "checksum", "delete it")
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	// With its time and size restored the file is trusted, but Fetch notices the change.
	if _, err = Fetch(context.Background(), "cifar10", o); err == nil {
		t.Error("Fetch does not read the file")
	}
}

func TestCachedFileIsChecked(t *testing.T) {
	data := cifarArchive()
	o := remoteOf(t, data, serve(data))
	path := filepath.Join(o.CacheDir, "cifar-10-binary.tar.gz")
	for _, tt := range []struct {
		name, want string
		content    []byte
	}{
		{"short", "it has 9 bytes", data[:9]},
		{"other", "checksum", append([]byte{0}, data[1:]...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(path, tt.content, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Locate(context.Background(), "cifar10", o)
			datatest.WantError(t, err, path, tt.want, "delete it", "cifar10=PATH")
		})
	}
}

func TestFetchManyFiles(t *testing.T) {
	files := mnistFiles()
	files[1].Name, files[2].Name = "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	var remote []remoteFile
	for _, f := range files {
		mux.HandleFunc("/"+f.Name, serve(f.Body))
		sum := md5.Sum(f.Body) // only MD5 is known
		remote = append(remote, remoteFile{Name: f.Name, URL: server.URL + "/" + f.Name, Size: int64(len(f.Body)), MD5: hex.EncodeToString(sum[:])})
	}
	o := Options{CacheDir: t.TempDir(), remote: map[string][]remoteFile{NameMNIST: remote}}
	if n := strings.Count(contentOf(t, "mnist", o), "\n"); n != len(files) {
		t.Fatalf("%d files", n)
	}
	// One file is lost: only this file is fetched again.
	if err := os.Remove(filepath.Join(o.CacheDir, "mnist", files[3].Name)); err != nil {
		t.Fatal(err)
	}
	if path, err := Fetch(context.Background(), "mnist", o); err != nil || path != filepath.Join(o.CacheDir, "mnist") {
		t.Fatal(path, err)
	}
}

func TestFetchOfOtherSets(t *testing.T) {
	o := Options{CacheDir: t.TempDir()}
	for _, tt := range []struct {
		name, want string
		is         error
	}{
		{"imagenet", "ILSVRC2012_img_train.tar", content.ErrMissing},
		{"lsun:tower", "tower_train_lmdb.zip", content.ErrMissing},
		{"shapes", "nothing is downloaded", ErrSpec},
		{"folder", "nothing is downloaded", ErrSpec},
		{"nonsense", "there is no set", ErrSpec},
	} {
		_, err := Fetch(context.Background(), tt.name, o)
		datatest.WantError(t, err, tt.want)
		if !errors.Is(err, tt.is) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	_, err := Locate(context.Background(), "lsun:bedroom", o)
	datatest.WantError(t, err, "put them, packed or not, into one folder", "lsun:bedroom=PATH", o.CacheDir)
	if _, err := Fetch(context.Background(), "mnist", Options{Download: DownloadOptions{Attempts: -1}}); err == nil {
		t.Error("bad options accepted")
	}
}

// TestCatalogSums finds typing errors in the table.
func TestCatalogSums(t *testing.T) {
	for _, c := range catalog() {
		for _, f := range c.remote {
			sha, err1 := hex.DecodeString(f.SHA256)
			m, err2 := hex.DecodeString(f.MD5)
			if err1 != nil || err2 != nil || len(sha)+len(m) == 0 || f.Size < 1 || filepath.Base(f.Name) != f.Name ||
				len(sha) != 0 && len(sha) != sha256.Size || len(m) != 0 && len(m) != md5.Size {
				t.Errorf("%s: %s", c.name, f.Name)
			}
		}
	}
}

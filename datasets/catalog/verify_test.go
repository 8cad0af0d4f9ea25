package catalog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// states lists the results of Verify, as "file=state …".
func states(t *testing.T, o Options, names ...string) string {
	t.Helper()
	checks, err := Verify(context.Background(), names, o)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range checks {
		all = append(all, filepath.Base(c.Path)+"="+string(c.State))
		if (c.State == Good) == c.Verified.IsZero() || c.State == Bad && c.Reason == "" {
			t.Errorf("%+v", c)
		}
	}
	return strings.Join(all, " ")
}

func write(t *testing.T, data string, elem ...string) string {
	t.Helper()
	path := filepath.Join(elem...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(data), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerify(t *testing.T) {
	const all = "train-images-idx3-ubyte.gz=good train-labels-idx1-ubyte=good t10k-images.idx3-ubyte=good t10k-labels-idx1-ubyte.gz=good"
	o := tinyMNIST(t, true)
	if got := states(t, o); got != all {
		t.Errorf("got %s", got)
	}
	if k := knownOf(t, o, "mnist"); k.Verified.IsZero() || time.Since(k.Verified) > time.Minute || !k.Present {
		t.Errorf("the list says %+v", k)
	}
	write(t, "x", o.CacheDir, "tiny-imagenet-200", "x.png")
	write(t, "wrong", o.CacheDir, "mnist", "train-labels-idx1-ubyte")
	damaged := filepath.Join(o.CacheDir, "mnist", "t10k-images.idx3-ubyte")
	b, _ := os.ReadFile(damaged)
	write(t, string(b[:5])+"!"+string(b[6:]), damaged)
	if err := os.Rename(filepath.Join(o.CacheDir, "mnist", "t10k-labels-idx1-ubyte.gz"), filepath.Join(o.CacheDir, "mnist", "t10k-labels-idx1-ubyte.gz.part")); err != nil {
		t.Fatal(err)
	}
	want := "train-images-idx3-ubyte.gz=good train-labels-idx1-ubyte=bad t10k-images.idx3-ubyte=bad t10k-labels-idx1-ubyte.gz=unfinished"
	if got := states(t, o); got != want+" tiny-imagenet-200=unknown" {
		t.Errorf("got %s", got)
	}
	if got := states(t, o, "mnist"); got != want {
		t.Errorf("got %s", got)
	}
	k := knownOf(t, o, "mnist")
	if !k.Verified.IsZero() || k.Present || len(k.Missing) != 1 || k.PartBytes == 0 {
		t.Errorf("the list says %+v", k)
	}
	if got := states(t, o, "cifar10"); got != "cifar-10-binary.tar.gz=absent" {
		t.Errorf("got %s", got)
	}
	write(t, "x", o.CacheDir, "imagenet", "ILSVRC2012_img_val.tar") // its size and MD5 are known, though it is not downloaded
	if got := states(t, o, "imagenet"); got != "ILSVRC2012_img_val.tar=bad" {
		t.Errorf("got %s", got)
	}
	if got := states(t, Options{CacheDir: t.TempDir()}, "imagenet"); got != "imagenet=absent" {
		t.Errorf("got %s", got)
	}
	if got := states(t, Options{CacheDir: t.TempDir()}); got != "" {
		t.Errorf("an empty folder holds %s", got)
	}
	for _, name := range []string{"shapes", "nonsense"} {
		if _, err := Verify(context.Background(), []string{name}, o); !errors.Is(err, ErrSpec) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Verify(ctx, nil, o); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func knownOf(t *testing.T, o Options, name string) SetInfo {
	t.Helper()
	for _, k := range List(o) {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no %s", name)
	return SetInfo{}
}

// The records of verifications may be damaged or not writable; files are then read.
func TestVerificationMemoryIsNotNeeded(t *testing.T) {
	o := tinyMNIST(t, true)
	write(t, `{"mnist": 3`, o.CacheDir, verifiedFile)
	contentOf(t, "mnist", o)
	if !strings.Contains(read(t, o.CacheDir, verifiedFile), "train-images") {
		t.Error("it was not written again")
	}
	if err := os.Remove(filepath.Join(o.CacheDir, "mnist", "train-images-idx3-ubyte.gz")); err != nil {
		t.Fatal(err)
	}
	states(t, o, "mnist")
	if strings.Contains(read(t, o.CacheDir, verifiedFile), "train-images") {
		t.Error("a file that is gone is remembered")
	}
	if err := os.Remove(filepath.Join(o.CacheDir, verifiedFile)); err != nil {
		t.Fatal(err)
	}
	write(t, "x", o.CacheDir, verifiedFile, "in the way")
	if got := states(t, o, "mnist"); strings.Count(got, "good") != 3 {
		t.Errorf("got %s", got)
	}
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestInventory(t *testing.T) {
	o := tinyMNIST(t, true)
	files := int64(0)
	for _, f := range o.remote["mnist"] {
		files += f.Size
	}
	write(t, "{}", o.CacheDir, "prepared", "imagenet", "32", "manifest.json")
	write(t, "12345678", o.CacheDir, "prepared", "imagenet", "32", "train_images.npy")
	write(t, "1234", o.CacheDir, "prepared", "imagenet", "32", "test_images.npy")
	write(t, "{}", o.CacheDir, "other", "manifest.json") // some other program's
	inv := TakeInventory(o)
	if inv.Cache != o.CacheDir || inv.Bytes != files+16 || len(inv.Sets) != len(catalog()) {
		t.Errorf("%+v", inv)
	}
	want := filepath.Join(o.CacheDir, "prepared", "imagenet", "32")
	if p := inv.Prepared; len(p) != 1 || p[0].Path != want || p[0].Bytes != 14 || strings.Join(p[0].Splits, " ") != "train test" {
		t.Errorf("prepared %+v", inv.Prepared)
	}
}

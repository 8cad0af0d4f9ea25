package datasets

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

func TestUnpackedFolderInCache(t *testing.T) {
	o := Options{Options: catalog.Options{CacheDir: datatest.Unpack(t, cifarFiles(1)...), Offline: true}}
	if d := mustOpen(t, "cifar10", o); d.Source != filepath.Join(o.CacheDir, "cifar-10-batches-bin") {
		t.Fatal(d.Source)
	}
}

func TestNoCacheFolder(t *testing.T) {
	for _, v := range []string{catalog.CacheEnv, "HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(v, "")
	}
	_, err := Open(context.Background(), "cifar10", Options{})
	datatest.WantError(t, err, "no cache folder", catalog.CacheEnv)
	if _, err := catalog.Fetch(context.Background(), "cifar10", catalog.Options{}); !errors.Is(err, content.ErrMissing) {
		t.Error(err)
	}
	mustOpen(t, "folder:"+datatest.Unpack(t, datatest.Dots("1.png")...), Options{}) // needs none
}

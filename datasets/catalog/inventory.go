package catalog

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"repbench/datasets/internal/archive"
)

// preparedDepth bounds how deep in the cache folder prepared sets are looked for.
const preparedDepth = 4

// Inventory is what the cache folder holds, beside the sets that are known.
type Inventory struct {
	// Cache is the cache folder and Bytes the size of all that is in it.
	Cache string `json:"cache"`
	Bytes int64  `json:"cache_bytes"`
	// Sets is what List returns.
	Sets []SetInfo `json:"sets"`
	// Prepared are the folders of resized images in the cache folder, by path.
	Prepared []Prepared `json:"prepared"`
}

// Prepared is a folder with a manifest.json and arrays of images.
type Prepared struct {
	Path   string   `json:"path"`
	Splits []string `json:"splits"`
	Bytes  int64    `json:"bytes"`
}

// TakeInventory looks through the cache folder; it reads no file. Of o only
// CacheDir and Progress are used.
func TakeInventory(o Options) Inventory {
	inv := Inventory{Sets: List(o), Prepared: []Prepared{}}
	o, _ = Options{CacheDir: o.CacheDir, Progress: o.Progress}.Resolve()
	if inv.Cache = o.CacheDir; inv.Cache == "" {
		return inv
	}
	task := o.Progress.Start("look through "+inv.Cache, 0, "files")
	defer task.Done()
	_ = filepath.WalkDir(inv.Cache, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be seen is not counted
		}
		if e.IsDir() {
			inv.addPrepared(path)
			return nil
		}
		task.Add(1)
		if info, err := e.Info(); err == nil {
			inv.Bytes += info.Size()
		}
		return nil
	})
	return inv
}

// addPrepared adds the folder if it is a prepared set, not too deep and not hidden.
func (inv *Inventory) addPrepared(dir string) {
	rel, err := filepath.Rel(inv.Cache, dir)
	if err != nil || rel == "." || archive.Hidden(filepath.ToSlash(rel)) || strings.Count(rel, string(filepath.Separator)) >= preparedDepth {
		return
	}
	if splits := preparedSplits(dir); len(splits) > 0 {
		inv.Prepared = append(inv.Prepared, Prepared{Path: dir, Splits: splits, Bytes: diskSize(dir)})
	}
}

// preparedSplits are the splits that the folder has images of; none where it is not
// a prepared one.
func preparedSplits(dir string) []string {
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err != nil {
		return nil
	}
	var splits []string
	for _, s := range []string{"train", "valid", "test", "extra"} {
		if _, err := os.Stat(filepath.Join(dir, s+"_images.npy")); err == nil {
			splits = append(splits, s)
		}
	}
	return splits
}

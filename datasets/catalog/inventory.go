package catalog

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"repbench/datasets/internal/archive"
)

// preparedDepth is the depth in the cache folder down to which prepared sets are searched.
const preparedDepth = 4

// Inventory describes the known sets and the content of the cache folder.
type Inventory struct {
	// Cache is the path of the cache folder.
	Cache string `json:"cache"`
	// Bytes is the size of everything in the cache folder.
	Bytes int64 `json:"cache_bytes"`
	// Sets is the result of List.
	Sets []SetInfo `json:"sets"`
	// Prepared are the folders of prepared sets in the cache folder, sorted by path.
	Prepared []Prepared `json:"prepared"`
}

// Prepared is a folder with a manifest.json and arrays of images.
type Prepared struct {
	Path   string   `json:"path"`   // of the folder
	Splits []string `json:"splits"` // names of its splits
	Bytes  int64    `json:"bytes"`  // size of its files
}

// TakeInventory looks through the cache folder without reading files. It uses only CacheDir and
// Progress of o.
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
			return nil // what cannot be read is not counted
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

// preparedSplits returns the splits of which the folder has images; none if it is not a
// prepared set.
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

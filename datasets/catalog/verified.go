package catalog

import (
	"os"
	"path/filepath"
	"time"

	"repbench/internal/jsonfile"
)

// verifiedFile, in the cache folder, records which files were verified and when.
const verifiedFile = "verified.json"

// settled is the least time between a file's last change and its verification for the record to
// be trusted: a later change within this time could have the same time stamp.
const settled = 2 * time.Second

// verification is the record of a file whose checksum was right.
type verification struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Sum      string    `json:"sum"`
	At       time.Time `json:"verified"`
}

// verifications are the records of a cache folder. They only save time: if they cannot be read
// or written, files are verified again.
type verifications struct {
	dir   string
	files map[string]verification // by path within dir, separated by slashes
}

// verified reads the records.
func (o Options) verified() verifications {
	v := verifications{dir: o.CacheDir}
	if err := jsonfile.Read(filepath.Join(v.dir, verifiedFile), &v.files); err != nil || v.files == nil {
		v.files = map[string]verification{}
	}
	return v
}

// find returns the record of the file at path, if the file has not changed since.
func (v verifications) find(path, sum string) (verification, bool) {
	e, ok := v.files[v.key(path)]
	if !ok || e.Sum != sum {
		return e, false
	}
	info, err := os.Stat(path)
	return e, err == nil && info.Size() == e.Size && info.ModTime().Equal(e.Modified)
}

// trusts reports whether the file at path need not be read again.
func (v verifications) trusts(path, sum string) bool {
	e, ok := v.find(path, sum)
	return ok && e.At.Sub(e.Modified) > settled
}

// note records that the file at path is right. If two processes do so at once, one record may
// be lost.
func (v verifications) note(path, sum string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	v.files[v.key(path)] = verification{Size: info.Size(), Modified: info.ModTime(), Sum: sum, At: time.Now().UTC()}
	v.save()
}

// forget removes the record of a file that is wrong.
func (v verifications) forget(path string) {
	if _, ok := v.files[v.key(path)]; ok {
		delete(v.files, v.key(path))
		v.save()
	}
}

// save writes the records without absent files.
func (v verifications) save() {
	for name := range v.files {
		if _, err := os.Lstat(filepath.Join(v.dir, filepath.FromSlash(name))); err != nil {
			delete(v.files, name)
		}
	}
	_ = jsonfile.Write(filepath.Join(v.dir, verifiedFile), v.files)
}

func (v verifications) key(path string) string {
	rel, err := filepath.Rel(v.dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}

package catalog

import (
	"os"
	"path/filepath"
	"time"

	"repbench/internal/jsonfile"
)

// verifiedFile, in the cache folder, says which files were verified and when.
const verifiedFile = "verified.json"

// settled is how much older than its verification a file's last change must be to
// be believed: within it, another change could bear the same time.
const settled = 2 * time.Second

// verification is what is remembered of a file whose checksum was right.
type verification struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Sum      string    `json:"sum"`
	At       time.Time `json:"verified"`
}

// verifications is the memory of a cache folder. It saves time and is not needed:
// where it cannot be read or written, files are verified again.
type verifications struct {
	dir   string
	files map[string]verification // by slash-separated path within dir
}

// verified reads what is remembered.
func (o Options) verified() verifications {
	v := verifications{dir: o.CacheDir}
	if err := jsonfile.Read(filepath.Join(v.dir, verifiedFile), &v.files); err != nil || v.files == nil {
		v.files = map[string]verification{}
	}
	return v
}

// find returns what is remembered of the file at path, if it is as it was then.
func (v verifications) find(path, sum string) (verification, bool) {
	e, ok := v.files[v.key(path)]
	if !ok || e.Sum != sum {
		return e, false
	}
	info, err := os.Stat(path)
	return e, err == nil && info.Size() == e.Size && info.ModTime().Equal(e.Modified)
}

// trusts says that the file at path need not be read to know that it is right.
func (v verifications) trusts(path, sum string) bool {
	e, ok := v.find(path, sum)
	return ok && e.At.Sub(e.Modified) > settled
}

// note remembers that the file at path was right just now. Two processes that do
// so at once may lose one note.
func (v verifications) note(path, sum string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	v.files[v.key(path)] = verification{Size: info.Size(), Modified: info.ModTime(), Sum: sum, At: time.Now().UTC()}
	v.save()
}

// forget drops what is remembered of a file that is wrong.
func (v verifications) forget(path string) {
	if _, ok := v.files[v.key(path)]; ok {
		delete(v.files, v.key(path))
		v.save()
	}
}

// save writes the memory without the files that are no longer there.
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

package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// loadPictures reads the pictures that a record names, relative to the folder of its file, by
// their hashes. A picture that is not there, is too large or has another content now is left out,
// which its section says.
func (in *Input) loadPictures(dir string, r record.Record) {
	for _, p := range results.VisOf(r).Pictures {
		path := filepath.FromSlash(p.Path)
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		b := readSmall(path, results.MaxFigureBytes)
		if sum := sha256.Sum256(b); b != nil && hex.EncodeToString(sum[:]) == p.SHA256 {
			if in.pictures == nil {
				in.pictures = map[string][]byte{}
			}
			in.pictures[p.SHA256] = b
		}
	}
}

// readSmall reads an ordinary file of at most limit bytes; nil where there is none.
func readSmall(path string, limit int64) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil
	}
	return b
}

package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/lmdb"
)

// LMDBFile is the name of the file with the data of an LMDB folder.
const LMDBFile = "data.mdb"

// OpenLMDB opens the file of a database.
func OpenLMDB(file string) (Source, error) {
	db, err := lmdb.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, content.Missing(err)
	}
	if err != nil {
		return nil, content.BadRead(file, "", err)
	}
	return lmdbSource{db: db, file: file, at: span{file: file}}, nil
}

// lmdbSource is an LMDB file whose values are images.
type lmdbSource struct {
	db   *lmdb.DB
	file string // for errors and the split
	at   span   // where the file begins on disk
	data []byte // its content, if it is not stored plainly on disk; else nil
}

func (s lmdbSource) Path() string { return s.file }

func (s lmdbSource) Walk(ctx context.Context, visit func(Entry) error) error {
	var ours error // an error of visit, which is returned without the file name
	err := s.db.Walk(func(key []byte, v lmdb.Value) error {
		if ours = ctx.Err(); ours == nil {
			ours = visit(s.entry(keyName(key), v))
		}
		return ours
	})
	switch {
	case errors.Is(ours, ErrStop):
		return nil
	case ours != nil:
		return ours
	case err != nil:
		return content.BadRead(s.file, "", err)
	}
	return nil
}

// entry returns the file whose content is a value.
func (s lmdbSource) entry(name string, v lmdb.Value) Entry {
	if s.data != nil {
		value := s.data[v.Off:][:v.Size]
		return Entry{Name: name, Keeps: true, Open: func() (io.ReadCloser, int64, error) {
			return io.NopCloser(bytes.NewReader(value)), v.Size, nil
		}}
	}
	at := &span{s.at.file, s.at.off + v.Off, v.Size}
	return Entry{Name: name, Open: at.open, Keeps: true, at: at}
}

// keyName returns the name of the image with the given key: the key itself if it consists of
// letters and digits, as LSUN's keys do, else its bytes in hexadecimal. The suffix is .webp, as
// LSUN's images are WebP; their content decides how they are decoded.
func keyName(key []byte) string {
	name := string(key)
	for _, c := range key {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			name = "0x" + hex.EncodeToString(key)
			break
		}
	}
	return name + ".webp"
}

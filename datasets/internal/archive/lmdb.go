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
	data []byte // its content, where it is not on disk as it is; else nil
}

func (s lmdbSource) Path() string { return s.file }

func (s lmdbSource) Walk(ctx context.Context, visit func(Entry) error) error {
	var ours error // of visit, which needs no words about the file
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

// entry is the file whose content is a value.
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

// keyName is the name of the image of a key: the key itself, which LSUN's are all
// letters and digits of, or else its bytes in hexadecimal. LSUN's images are WebP,
// and called so; what they are is told by their content.
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

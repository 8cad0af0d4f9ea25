package archive

import (
	"archive/zip"
	"fmt"
	"path"
	"strings"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/lmdb"
)

// maxUnpackedLMDB limits the size of a compressed database. It is unpacked into memory, because
// a database is read in any order and a compressed file only from its start.
const maxUnpackedLMDB = 1 << 30

// ZippedLMDB opens the databases in a zip file: those in folders whose names begin with prefix,
// or all databases if there is no such folder. A database stored without compression is read in
// place; others are unpacked into at most maxBytes of memory. For sources other than zip files
// the result is empty.
func ZippedLMDB(src Source, prefix string, maxBytes int64) ([]Source, error) {
	z, ok := src.(zipArchive)
	if !ok {
		return nil, nil
	}
	var all, ours []Source
	for _, f := range z.files {
		e, err := zipEntry(f)
		if err != nil {
			return nil, content.Bad(z.file, f.Name, "%v", err)
		}
		if path.Base(e.Name) != LMDBFile || e.Dir || e.Link {
			continue
		}
		mine := strings.HasPrefix(path.Base(path.Dir(e.Name)), prefix)
		if !mine && len(ours) > 0 {
			continue
		}
		db, err := openZippedLMDB(z.file, f, e, maxBytes)
		if err != nil {
			return nil, content.BadRead(z.file, e.Name, err)
		}
		if all = append(all, db); mine {
			ours = append(ours, db)
		}
	}
	if len(ours) > 0 {
		return ours, nil
	}
	return all, nil
}

// openZippedLMDB opens one database.
func openZippedLMDB(file string, f *zip.File, e Entry, maxBytes int64) (Source, error) {
	if f.UncompressedSize64 > 1<<62 {
		return nil, fmt.Errorf("it claims %d bytes", f.UncompressedSize64)
	}
	s := lmdbSource{file: path.Join(file, e.Name)}
	if f.Method == zip.Store && f.Flags&zipEncrypted == 0 {
		off, err := f.DataOffset()
		if err != nil {
			return nil, err
		}
		s.at = span{file: file, off: off}
		s.db, err = lmdb.OpenPart(file, off, int64(f.UncompressedSize64))
		return s, err
	}
	limit := min(maxBytes, maxUnpackedLMDB)
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("the database is compressed and has %d MB unpacked, more than the %d MB that are unpacked into memory; unpack the archive and give the folder",
			f.UncompressedSize64/1e6, limit/1e6)
	}
	var err error
	if s.data, err = e.Read(nil, limit); err != nil {
		return nil, err
	}
	s.db, err = lmdb.OpenBytes(s.data)
	return s, err
}

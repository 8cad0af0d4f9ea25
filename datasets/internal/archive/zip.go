package archive

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"repbench/datasets/internal/content"
)

// zipEncrypted is the flag of encrypted zip entries.
const zipEncrypted = 1

// zipArchive is a zip file, walked in the order of its directory. Its file stays open while the
// source or one of its entries is in use.
type zipArchive struct {
	file  string
	files []*zip.File
}

// openZip reads the directory at the end of a zip file; a truncated file has none.
func openZip(path string) (Source, error) {
	r, err := zip.OpenReader(path)
	switch {
	case errors.Is(err, zip.ErrFormat):
		return nil, &content.Error{File: path, Reason: "it starts like a zip file but has no directory at its end: it is truncated; copy or download it again", Err: err}
	case err != nil && !errors.Is(err, zip.ErrInsecurePath): // cleanName describes those errors
		return nil, content.BadRead(path, "", err)
	}
	return zipArchive{path, r.File}, nil
}

func (z zipArchive) Path() string { return z.file }

func (z zipArchive) Walk(ctx context.Context, visit func(Entry) error) error {
	for _, f := range z.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := zipEntry(f)
		if err != nil {
			return content.Bad(z.file, f.Name, "%v", err)
		}
		if e.Name == "" {
			continue
		}
		if err := visit(e); err != nil {
			if errors.Is(err, ErrStop) {
				return nil
			}
			return err
		}
	}
	return nil
}

// zipEntry converts a file of the directory to an entry; the name is empty for files that are
// skipped.
func zipEntry(f *zip.File) (Entry, error) {
	stored, doubt := zipName(f)
	name, isDir, err := cleanName(stored, fromWindows(f))
	if err != nil || name == "" || Hidden(name) {
		return Entry{}, err
	}
	mode := f.Mode()
	e := Entry{Name: name, Stored: f.Name, Doubt: doubt, Keeps: true, Dir: isDir || mode.IsDir()}
	e.Link = !e.Dir && mode&fs.ModeType != 0
	e.Special = e.Link && mode&fs.ModeSymlink == 0
	e.Open = func() (io.ReadCloser, int64, error) {
		if f.Flags&zipEncrypted != 0 {
			return nil, 0, errors.New("it is encrypted; unpack the archive and give the folder")
		}
		if f.UncompressedSize64 > 1<<62 {
			return nil, 0, fmt.Errorf("it claims %d bytes", f.UncompressedSize64)
		}
		in, err := f.Open()
		if errors.Is(err, zip.ErrAlgorithm) {
			return nil, 0, fmt.Errorf("it is compressed by method %d, which is not read; unpack the archive and give the folder", f.Method)
		}
		return in, int64(f.UncompressedSize64), err
	}
	return e, nil
}

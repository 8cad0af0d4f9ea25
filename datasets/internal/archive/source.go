package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/datasets/internal/content"
	"repbench/internal/filekind"
)

// ErrStop ends a walk early without an error.
var ErrStop = errors.New("stop")

// Source is a folder or an archive, read in place: nothing is unpacked to disk.
type Source interface {
	// Path names the source in errors.
	Path() string
	// Walk calls visit for each file and folder, always in the same order. visit may return
	// ErrStop.
	Walk(ctx context.Context, visit func(Entry) error) error
}

// Entry is a file or a folder in a source.
type Entry struct {
	// Name is separated by slashes, clean and relative, without "..".
	Name string
	// Stored is the name as it is in the archive; empty in other sources.
	Stored string
	// Doubt is the reason why Name may differ from the original name; empty without doubt.
	Doubt string
	// Dir reports that the entry is a folder.
	Dir bool
	// Link reports a link or a special file, whose content is not part of the entry; together
	// with Dir, a link to a folder.
	Link bool
	// Special reports that an entry with Link is a pipe, a device or a socket and not a link.
	Special bool
	// Broken describes the target of a link in a folder that cannot be reached, and the remedy;
	// empty for all other entries.
	Broken string
	// Open returns the content and its size.
	Open func() (io.ReadCloser, int64, error)
	// Keeps reports that Open and Read may be called after visit has returned, and from another
	// goroutine.
	Keeps bool
	// at is the place of the content in a file on disk, if it is stored plainly; else nil.
	at *span
}

// Read appends the content to buf; a file of more than limit bytes is an error.
func (e Entry) Read(buf []byte, limit int64) ([]byte, error) {
	in, size, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if size > limit {
		return nil, fmt.Errorf("it is larger than %d MB", limit/1e6)
	}
	return ReadLimited(buf, in, limit)
}

// span is a part of a file.
type span struct {
	file      string
	off, size int64
}

// open opens the file for reading this part only.
func (s span) open() (io.ReadCloser, int64, error) {
	f, err := os.Open(s.file)
	if err != nil {
		return nil, 0, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, s.off, s.size), f}, s.size, nil
}

// Open opens the folder, zip, tar or tar.gz file at path. If followLinks is true, links to
// folders are followed in a folder.
func Open(path string, followLinks bool) (Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, content.Missing(err)
	}
	if info.IsDir() {
		if followLinks {
			return linkedFolder{folder: folder(path), uid: os.Geteuid()}, nil
		}
		return folder(path), nil
	}
	if !info.Mode().IsRegular() {
		return nil, content.Bad(path, "", "it is neither a folder nor a regular file")
	}
	if info.Size() == 0 {
		return nil, content.Bad(path, "", "the file is empty")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := bufio.NewReader(f).Peek(4)
	if err != nil && err != io.EOF {
		return nil, content.BadRead(path, "", err)
	}
	if bytes.HasPrefix(head, []byte("PK")) {
		return openZip(path)
	}
	if kind := foreignArchive(head); kind != "" {
		return nil, content.Bad(path, "", "it is %s file, which is not read; unpack it and give the folder", kind)
	}
	if k := filekind.Of(f, info.Size()); content.StandsIn(k) {
		return nil, content.Bad(path, "", "%s; a data set is a folder, tar, tar.gz or zip file", content.InPlace(k))
	}
	return tarArchive{file: path, gz: IsGzip(head)}, nil
}

// IsGzip reports whether a file with these first bytes is compressed by gzip.
func IsGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) }

// foreignArchive returns the name, with its article, of a common archive format that is not read, or "".
func foreignArchive(head []byte) string {
	for magic, kind := range map[string]string{"BZh": "a bzip2", "\xfd7zX": "an xz", "\x28\xb5\x2f\xfd": "a zstd", "7z\xbc\xaf": "a 7z"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return kind
		}
	}
	return ""
}

// folder is a source on disk. Within each folder it is walked in the byte order of the paths.
// Links to files are followed; linkedFolder also follows links to folders.
type folder string

func (d folder) Path() string { return string(d) }

func (d folder) Walk(ctx context.Context, visit func(Entry) error) error {
	root, err := filepath.EvalSymlinks(string(d)) // WalkDir would not enter a link
	if err != nil {
		return err
	}
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || path == root {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if Hidden(e.Name()) {
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		return visit(folderEntry(path, filepath.ToSlash(rel), e))
	})
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

func folderEntry(path, name string, e fs.DirEntry) Entry {
	out := Entry{Name: name, Dir: e.IsDir(), Keeps: true}
	out.Link = !out.Dir && !e.Type().IsRegular()
	out.Special = out.Link && e.Type()&fs.ModeSymlink == 0
	if e.Type()&fs.ModeSymlink != 0 {
		info, err := os.Stat(path)
		if err == nil {
			out.Dir, out.Link = info.IsDir(), !info.Mode().IsRegular()
		} else {
			out.Broken = "it is a link" + leadsTo(path) + ", " + unreachable
		}
	}
	out.Open = func() (io.ReadCloser, int64, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, 0, err
		}
		info, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, 0, err
		}
		return f, info.Size(), nil
	}
	return out
}

// Head returns the first n bytes of the content, or the whole content if it is shorter; of an
// entry without Keeps, which is in a stream, the first n bytes that are not read yet.
func (e Entry) Head(n int64) ([]byte, error) {
	in, _, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, n))
}

// ReadLimited appends all of r to buf.
func ReadLimited(buf []byte, r io.Reader, limit int64) ([]byte, error) {
	start := len(buf)
	b := bytes.NewBuffer(buf)
	if _, err := b.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()-start) > limit {
		return nil, fmt.Errorf("it is larger than %d MB", limit/1e6)
	}
	return b.Bytes(), nil
}

package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"repbench/datasets/internal/content"
)

// tarBlock is the unit of a tar file; two blocks of zeros end it.
const tarBlock = 512

// tarArchive is a tar or tar.gz file, walked in the order of its entries. The walk over an
// uncompressed file seeks past the contents instead of reading them.
type tarArchive struct {
	file string
	gz   bool
}

func (t tarArchive) Path() string { return t.file }

func (t tarArchive) Walk(ctx context.Context, visit func(Entry) error) error {
	f, err := os.Open(t.file)
	if err != nil {
		return err
	}
	defer f.Close()
	if t.gz {
		err = WalkTar(ctx, t.file, bufio.NewReaderSize(f, 1<<20), true, visit)
	} else {
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil {
			err = walkTarAt(ctx, t.file, span{t.file, 0, info.Size()}, visit)
		}
	}
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

// walkTarAt visits the entries of a tar file that is a part of a file on disk. The entries can
// be read at any time.
func walkTarAt(ctx context.Context, name string, at span, visit func(Entry) error) error {
	f, err := os.Open(at.file)
	if err != nil {
		return err
	}
	defer f.Close()
	in := &seekTail{zeroTail{r: io.NewSectionReader(f, at.off, at.size)}}
	entryOf := func(tr *tar.Reader, h *tar.Header) (Entry, error) {
		e, err := tarEntry(tr, h)
		if err != nil || sparse(h) {
			return e, err
		}
		pos, err := in.Seek(0, io.SeekCurrent) // package tar has read no further than necessary
		if err != nil {
			return e, err
		}
		e.at = &span{at.file, at.off + pos, h.Size}
		e.Open, e.Keeps = e.at.open, true
		return e, nil
	}
	return tarStream{file: name, r: in, tail: &in.zeroTail, entryOf: entryOf}.walk(ctx, visit)
}

// sparse reports that the content is not stored plainly.
func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// WalkTar visits the entries of a tar stream.
func WalkTar(ctx context.Context, file string, r io.Reader, gz bool, visit func(Entry) error) error {
	if gz {
		z, err := Gunzip(r)
		if err != nil {
			return content.BadRead(file, "", err)
		}
		r = z
	}
	tail := &zeroTail{r: r}
	return tarStream{file: file, r: tail, tail: tail, entryOf: tarEntry}.walk(ctx, visit)
}

// tarStream is a tar file that is read from its start.
type tarStream struct {
	file    string // for errors
	r       io.Reader
	tail    *zeroTail // all bytes of r pass through it
	entryOf func(*tar.Reader, *tar.Header) (Entry, error)
}

// walk visits the entries and then checks the end mark and gzip's checksum. Without the end
// mark, a file cut between two entries would pass for a whole one; package tar does not read as
// far as the checksum.
func (s tarStream) walk(ctx context.Context, visit func(Entry) error) error {
	tr := tar.NewReader(s.r)
	n, last := 0, "the start"
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return TarError(s.file, n, last, err)
		}
		n, last = n+1, fmt.Sprintf("%q", h.Name)
		e, err := s.entryOf(tr, h)
		if err != nil {
			return content.Bad(s.file, h.Name, "%v", err)
		}
		if e.Name == "" {
			continue
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	if s.tail.zeros < tarBlock {
		return content.Bad(s.file, "", "the archive is truncated after %s (it has no end mark); copy or download it again", last)
	}
	if _, err := io.Copy(io.Discard, s.tail); err != nil {
		return content.BadRead(s.file, "after "+last, err)
	}
	return nil
}

// TarError returns the error of a walk over a tar file that failed with err after n entries,
// the last of which is named last.
func TarError(file string, n int, last string, err error) error {
	if n == 0 && (errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return &content.Error{File: file, Reason: "it is not a folder, tar, tar.gz or zip file, or it is truncated", Err: err}
	}
	if errors.Is(err, tar.ErrHeader) {
		return &content.Error{File: file, Record: "after " + last, Reason: "the archive is damaged; copy or download it again", Err: err}
	}
	return content.BadRead(file, "after "+last, err)
}

// tarEntry converts a header to an entry; the name is empty for headers that are skipped.
func tarEntry(tr *tar.Reader, h *tar.Header) (Entry, error) {
	name, isDir, err := cleanName(h.Name, false)
	if err != nil {
		return Entry{}, err
	}
	if Hidden(name) {
		return Entry{}, nil
	}
	e := Entry{Name: name, Stored: h.Name, Open: func() (io.ReadCloser, int64, error) {
		return io.NopCloser(tr), h.Size, nil
	}}
	switch h.Typeflag {
	case tar.TypeReg:
		e.Dir = isDir && h.Size == 0
	case tar.TypeDir:
		e.Dir = true
	case tar.TypeXGlobalHeader:
		e.Name = ""
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		e.Link, e.Special = true, true
	default:
		e.Link = true
	}
	return e, nil
}

// zeroTail counts the zero bytes at the end of the bytes read so far.
type zeroTail struct {
	r     io.Reader
	zeros int64
}

func (z *zeroTail) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	rest := bytes.TrimRight(p[:n], "\x00")
	if len(rest) > 0 {
		z.zeros = 0
	}
	z.zeros += int64(n - len(rest))
	return n, err
}

// seekTail is a zeroTail over a reader that can seek forward, so that package tar does not read
// what it skips.
type seekTail struct{ zeroTail }

// Seek moves to another place.
func (s *seekTail) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekCurrent || offset != 0 {
		s.zeros = 0
	}
	return s.r.(io.Seeker).Seek(offset, whence)
}

// Nested is a source in which each tar file is treated as a folder with its content, as in the
// archive of ImageNet's training images.
type Nested struct{ Source }

// Walk visits the entries of the source, and the entries of its tar files below their names.
func (n Nested) Walk(ctx context.Context, visit func(Entry) error) error {
	return n.Source.Walk(ctx, func(e Entry) error {
		if e.Dir || e.Link || path.Ext(e.Name) != ".tar" {
			return visit(e)
		}
		name, prefix := path.Join(n.Path(), e.Name), strings.TrimSuffix(e.Name, ".tar")+"/"
		inner := func(e Entry) error {
			e.Name = prefix + e.Name
			return visit(e)
		}
		if e.at != nil {
			return walkTarAt(ctx, name, *e.at, inner)
		}
		in, size, err := e.Open()
		if err != nil {
			return content.BadRead(n.Path(), e.Name, err)
		}
		defer in.Close()
		if f, ok := in.(*os.File); ok { // a file in a folder
			return walkTarAt(ctx, name, span{f.Name(), 0, size}, inner)
		}
		return WalkTar(ctx, name, in, false, inner)
	})
}

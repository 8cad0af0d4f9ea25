package datasets

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// tarBlock is the unit of a tar file; two blocks of zeros end it.
const tarBlock = 512

// tarball is a tar or tar.gz file, walked in the order in which it was packed.
type tarball struct {
	file string
	gz   bool
}

func (t tarball) path() string { return t.file }

func (t tarball) walk(ctx context.Context, visit func(entry) error) error {
	f, err := os.Open(t.file)
	if err != nil {
		return err
	}
	defer f.Close()
	err = walkTar(ctx, t.file, bufio.NewReaderSize(f, 1<<20), t.gz, visit)
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// walkTar visits the entries of a tar stream and then checks its end: the end
// mark, without which a file cut between two entries would pass for a whole one,
// and gzip's checksum, which lies behind what package tar reads.
func walkTar(ctx context.Context, file string, r io.Reader, gz bool, visit func(entry) error) error {
	if gz {
		z, err := gzip.NewReader(r)
		if err != nil {
			return badRead(file, "", err)
		}
		r = z
	}
	tail := &zeroTail{r: r}
	tr := tar.NewReader(tail)
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
			return tarError(file, n, last, err)
		}
		n, last = n+1, fmt.Sprintf("%q", h.Name)
		e, err := tarEntry(tr, h)
		if err != nil {
			return bad(file, h.Name, "%v", err)
		}
		if e.name == "" {
			continue
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	if tail.zeros < tarBlock {
		return bad(file, "", "the archive is truncated after %s (it has no end mark); copy or download it again", last)
	}
	if _, err := io.Copy(io.Discard, tail); err != nil {
		return badRead(file, "after "+last, err)
	}
	return nil
}

func tarError(file string, n int, last string, err error) error {
	if n == 0 && (errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return &ContentError{File: file, Reason: "it is no folder, tar or tar.gz file, or it is truncated", Err: err}
	}
	if errors.Is(err, tar.ErrHeader) {
		return &ContentError{File: file, Record: "after " + last, Reason: "the archive is damaged; copy or download it again", Err: err}
	}
	return badRead(file, "after "+last, err)
}

// tarEntry turns a header into an entry; the name is empty for what is skipped.
func tarEntry(tr *tar.Reader, h *tar.Header) (entry, error) {
	name, err := cleanName(h.Name)
	if err != nil {
		return entry{}, err
	}
	if hidden(name) {
		return entry{}, nil
	}
	e := entry{name: name, size: h.Size, read: func(buf []byte, limit int64) ([]byte, error) {
		if h.Size > limit {
			return nil, fmt.Errorf("it is larger than %d MB", limit/1e6)
		}
		return readLimited(buf, tr, limit)
	}}
	switch h.Typeflag {
	case tar.TypeReg:
	case tar.TypeDir:
		e.dir = true
	case tar.TypeXGlobalHeader:
		e.name = ""
	default:
		e.link = true
	}
	return e, nil
}

// cleanName refuses names that lead out of the archive's own folder. Nothing is
// unpacked, so they could do no harm here; but no honest archive has them.
func cleanName(name string) (string, error) {
	if strings.HasPrefix(name, "/") || !filepath.IsLocal(filepath.FromSlash(path.Clean(name))) {
		return "", errors.New("the name leads out of the archive; such an archive is not read")
	}
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return "", errors.New("the name has \"..\" in it; such an archive is not read")
		}
	}
	if name = path.Clean(name); name == "." {
		return "", nil
	}
	return name, nil
}

// hidden says that a name, or a folder in it, starts with a dot or is the folder
// that macOS adds to archives.
func hidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}

// zeroTail counts the zero bytes at the end of what was read so far.
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

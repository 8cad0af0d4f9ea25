package archive

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip" // faster than the standard library's, with its errors
)

// errAfterGzip reports bytes behind the last part of a gzip file, which are no part themselves.
var errAfterGzip = errors.New("other bytes follow the end of the gzip data; copy or download the file again, or cut them off")

// Gunzip returns a reader of the content of a gzip file, which may have several parts.
func Gunzip(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gunzip{in, z}, nil
}

// gunzip reads one part after another, so that what is no part can be told from a cut one.
type gunzip struct {
	in *bufio.Reader
	z  *gzip.Reader
}

func (g *gunzip) Read(p []byte) (int, error) {
	n, err := g.z.Read(p)
	if err != io.EOF || n > 0 {
		if err == io.EOF {
			err = nil
		}
		return n, err
	}
	head, err := g.in.Peek(2)
	if len(head) == 0 {
		return 0, err
	}
	if !IsGzip(head) {
		return 0, errAfterGzip
	}
	if err := g.z.Reset(g.in); err != nil {
		return 0, err
	}
	g.z.Multistream(false)
	return 0, nil
}

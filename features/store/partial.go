package store

import (
	"errors"
	"fmt"
	"io"
	"os"

	"repbench/internal/atomicfile"
	"repbench/internal/npy"
)

// PartialMatrix is a matrix file that is written row by row under a temporary name and
// can be continued after the process died. It knows its final size beforehand.
type PartialMatrix struct {
	f        *os.File
	path     string
	dtype    npy.DType
	rowBytes int64
	header   int64
	// Rows is the number of rows written.
	Rows int
	buf  []byte
}

func partPath(path string) string { return path + partSuffix }

// HasRows reports whether the temporary file of path holds the first done
// rows of its matrix.
func HasRows(path string, dtype npy.DType, n, d, done int) bool {
	info, err := os.Stat(partPath(path))
	size := int64(len(npy.EncodeHeader(dtype, []int{n, d}))) + int64(done)*int64(d*dtype.Size())
	return err == nil && info.Size() >= size
}

// OpenPartial opens the matrix [n, d] at path after the first `done` rows, which
// an earlier process wrote and synced; 0 starts anew.
func OpenPartial(path string, dtype npy.DType, n, d, done int) (*PartialMatrix, error) {
	header := npy.EncodeHeader(dtype, []int{n, d})
	g := &PartialMatrix{path: path, dtype: dtype, rowBytes: int64(d * dtype.Size()), header: int64(len(header)), Rows: done}
	flags := os.O_RDWR | os.O_CREATE
	if done == 0 {
		flags |= os.O_TRUNC
	}
	var err error
	if g.f, err = os.OpenFile(partPath(path), flags, 0o644); err != nil {
		return nil, err
	}
	if err := g.position(header); err != nil {
		return nil, errors.Join(fmt.Errorf("continue %s: %w", partPath(path), err), g.f.Close())
	}
	return g, nil
}

// position writes the header of a new file, or cuts a continued one after the
// rows that are known to be whole.
func (g *PartialMatrix) position(header []byte) error {
	end := g.header + int64(g.Rows)*g.rowBytes
	if g.Rows == 0 {
		if _, err := g.f.WriteAt(header, 0); err != nil {
			return err
		}
	}
	if err := g.f.Truncate(end); err != nil {
		return err
	}
	_, err := g.f.Seek(end, io.SeekStart)
	return err
}

// Write appends whole rows. A value that is not finite is an error naming its
// row, and so is one beyond float16 where that is the type on disk.
func (g *PartialMatrix) Write(rows []float32) error {
	d := int(g.rowBytes) / g.dtype.Size()
	var at int
	var err error
	if g.buf, at, err = npy.AppendFloats(g.buf[:0], g.dtype, rows); err != nil {
		return fmt.Errorf("%s: row %d, column %d: %w", g.path, g.Rows+at/d, at%d, err)
	}
	if _, err := g.f.Write(g.buf); err != nil {
		return fmt.Errorf("write %s: %w", partPath(g.path), err)
	}
	g.Rows += len(rows) / d
	return nil
}

// Sync makes the rows written so far safe.
func (g *PartialMatrix) Sync() error { return g.f.Sync() }

// Commit gives the complete file its name.
func (g *PartialMatrix) Commit() error {
	if err := g.f.Sync(); err != nil {
		return err
	}
	if err := g.f.Close(); err != nil {
		return err
	}
	return atomicfile.Rename(partPath(g.path), g.path)
}

// Close closes the file; one without its final name can be continued.
func (g *PartialMatrix) Close() { g.f.Close() }

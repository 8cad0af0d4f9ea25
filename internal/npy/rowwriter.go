package npy

import (
	"bufio"
	"fmt"
	"math"

	"repbench/internal/atomicfile"
)

// RowWriter writes a matrix (or a stack of higher-dimensional rows) whose number
// of rows is known only at the end, without holding it in memory. The file
// appears at Commit; Close without Commit leaves nothing. It is for one goroutine.
type RowWriter struct {
	file  *atomicfile.File
	buf   *bufio.Writer
	path  string
	dtype DType
	row   []int // shape of one row
	width int   // elements of one row
	rows  int
	half  []uint16 // scratch for the conversion to float16
}

// rowBuffer is the size in bytes of the write buffer: rows of a few kilobytes
// then cost one system call in hundreds.
const rowBuffer = 1 << 20

// NewRowWriter starts a file of shape (rows, rowShape…). An empty rowShape makes
// a vector.
func NewRowWriter(path string, dtype DType, rowShape []int) (*RowWriter, error) {
	if dtype.Size() == 0 {
		return nil, fmt.Errorf("%s: %v is no element type", path, dtype)
	}
	if err := checkShape(rowShape, dtype.Size()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	w := &RowWriter{path: path, dtype: dtype, row: append([]int(nil), rowShape...)}
	if w.width = (Header{Shape: rowShape}).Elements(); w.width == 0 {
		return nil, fmt.Errorf("%s: rows of shape %v have no elements", path, rowShape)
	}
	f, err := atomicfile.Create(path)
	if err != nil {
		return nil, err
	}
	w.file, w.buf = f, bufio.NewWriterSize(f, rowBuffer)
	if _, err := w.buf.Write(w.header()); err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// header is the file's header for the rows so far; its length stays the same.
func (w *RowWriter) header() []byte {
	return formatHeader(w.dtype, append([]int{w.rows}, w.row...))
}

// Rows is the number of rows written.
func (w *RowWriter) Rows() int { return w.rows }

// WriteFloat32 appends whole rows to a Float32 file, or to a Float16 file, where
// each value is rounded to nearest even. A finite value beyond the range of
// float16 (±65,504) is an error, because it would become infinite.
func (w *RowWriter) WriteFloat32(rows []float32) error {
	if w.dtype == Float32 {
		return writeRows(w, Float32, rows)
	}
	if err := w.check(Float16, len(rows)); err != nil {
		return err
	}
	if cap(w.half) < len(rows) {
		w.half = make([]uint16, len(rows))
	}
	half := w.half[:len(rows)]
	for i, f := range rows {
		half[i] = Float32ToFloat16(f)
		if half[i]&0x7fff == 0x7c00 && !math.IsInf(float64(f), 0) {
			return fmt.Errorf("%s: row %d, column %d: %g does not fit float16; write float32", w.path, w.rows+i/w.width, i%w.width, f)
		}
	}
	return writeRows(w, Float16, half)
}

// WriteInt32 appends whole rows to an Int32 file.
func (w *RowWriter) WriteInt32(rows []int32) error { return writeRows(w, Int32, rows) }

// WriteUint8 appends whole rows to a Uint8 file.
func (w *RowWriter) WriteUint8(rows []uint8) error { return writeRows(w, Uint8, rows) }

// check compares a block with the element type and the row length of the file.
func (w *RowWriter) check(d DType, n int) error {
	if d != w.dtype {
		return fmt.Errorf("%s: rows of %s for a file of %s", w.path, d, w.dtype)
	}
	if n%w.width != 0 {
		return fmt.Errorf("%s: %d elements are no whole number of rows of %d", w.path, n, w.width)
	}
	return nil
}

func writeRows[T Elem](w *RowWriter, d DType, rows []T) error {
	if err := w.check(d, len(rows)); err != nil {
		return err
	}
	if err := writeElems(w.buf, rows); err != nil {
		return err
	}
	w.rows += len(rows) / w.width
	return nil
}

// Commit writes the final row count and makes the file appear under its name.
func (w *RowWriter) Commit() error {
	if err := w.buf.Flush(); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(w.header(), 0); err != nil {
		return err
	}
	return w.file.Commit()
}

// Close discards the file unless Commit was called before.
func (w *RowWriter) Close() error { return w.file.Close() }

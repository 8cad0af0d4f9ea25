package npy

import (
	"fmt"
	"io"

	"repbench/internal/atomicfile"
)

// Write writes one array to path, atomically. len(data) must be the product of shape; an empty
// shape is a scalar with one element.
func Write[T Elem](path string, shape []int, data []T) error {
	if err := checkArray(shape, data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := atomicfile.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := encode(f, shape, data); err != nil {
		return err
	}
	return f.Commit()
}

// Encode writes one array to w, with the same bytes as Write.
func Encode[T Elem](w io.Writer, shape []int, data []T) error {
	if err := checkArray(shape, data); err != nil {
		return err
	}
	return encode(w, shape, data)
}

func checkArray[T Elem](shape []int, data []T) error {
	if err := checkShape(shape, dtypeOf[T]().Size()); err != nil {
		return fmt.Errorf("the array is wrong: %w", err)
	}
	if want := (Header{Shape: shape}).Elements(); len(data) != want {
		return fmt.Errorf("%d elements for shape %v, which has %d", len(data), shape, want)
	}
	return nil
}

func encode[T Elem](w io.Writer, shape []int, data []T) error {
	if _, err := w.Write(formatHeader(dtypeOf[T](), shape)); err != nil {
		return err
	}
	return writeElems(w, data)
}

// writeElems writes elements in little-endian order.
func writeElems[T Elem](w io.Writer, data []T) error {
	b := asBytes(data)
	if bigEndian {
		b = append([]byte(nil), b...)
		swapBytes(b, dtypeOf[T]().Size())
	}
	_, err := w.Write(b)
	return err
}

package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"repbench/internal/filekind"
)

// readStep is the number of bytes that are read at once.
const readStep = 16 << 20

// ReadHeader reads the header of a file and checks that the file has the size that the header
// implies.
func ReadHeader(path string) (Header, error) {
	f, h, err := open(path)
	if err != nil {
		return Header{}, err
	}
	return h, f.Close()
}

// open opens a file, reads its header and checks its size; the read position is
// at the data.
func open(path string) (*os.File, Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, Header{}, err
	}
	h, err := openHeader(f)
	if err != nil {
		f.Close()
		return nil, Header{}, fmt.Errorf("%s: %w", path, err)
	}
	return f, h, nil
}

func openHeader(f *os.File) (Header, error) {
	info, err := f.Stat()
	if err != nil {
		return Header{}, err
	}
	if !info.Mode().IsRegular() {
		return Header{}, errors.New("it is not a regular file; an array is read from a .npy file on disk")
	}
	h, err := readHeader(f)
	if err != nil {
		return Header{}, instead(f, info.Size(), err)
	}
	return h, checkSize(h, info.Size())
}

// instead returns a better error than err for a file that is not a .npy file, if its kind is
// known.
func instead(f io.ReaderAt, size int64, err error) error {
	k := filekind.Of(f, size)
	if k.Kind == filekind.Unknown || k.Kind == filekind.NumPy {
		return err
	}
	next := k.Next
	switch k.Kind {
	case filekind.NumPyZip:
		next = "save the array that you mean by itself: np.save(\"x.npy\", np.load(FILE)[NAME]); np.load(FILE).files lists the names"
	case filekind.PyTorch:
		next = "save the tensor as an array: np.save(\"x.npy\", torch.load(FILE).numpy())"
	case filekind.Pickle:
		next = "save the array that is in it: np.save(\"x.npy\", np.load(FILE, allow_pickle=True))"
	case filekind.MATLAB:
		next = "save the array that you mean by itself: np.save(\"x.npy\", scipy.io.loadmat(FILE)[NAME])"
	case filekind.Text:
		next = "save the numbers as an array: np.save(\"x.npy\", np.loadtxt(FILE, delimiter=\",\"))"
	}
	if next == "" {
		next = "write the array with numpy.save"
	}
	return fmt.Errorf("it is %s, not a NumPy .npy file; %s", k.What, next)
}

// checkSize compares a file's size with the size that its header implies.
func checkSize(h Header, size int64) error {
	have := size - h.Offset
	switch {
	case have < h.bytes():
		return fmt.Errorf("it is truncated: %d of %d data bytes for %s %v; copy or make it again", have, h.bytes(), h.DType, h.Shape)
	case have > h.bytes():
		return fmt.Errorf("it has %d bytes after the %d of %s %v: not one array, or damaged; make it again", have-h.bytes(), h.bytes(), h.DType, h.Shape)
	}
	return nil
}

// Read returns the shape and the elements, row-major, of a whole file. Another element type
// gives an error that names both types.
func Read[T Elem](path string) (shape []int, data []T, err error) {
	f, h, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if err := checkType[T](h); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	data = make([]T, h.Elements())
	if err := readAll(f, h.Offset, asBytes(data), nil); err != nil {
		return nil, nil, fmt.Errorf("%s: reading the data: %w", path, err)
	}
	swapOnBigEndian(data)
	return h.Shape, data, nil
}

// readers is the number of goroutines that read one file: a single one copies from the system's
// cache at a fraction of the memory's bandwidth.
const readers = 4

// readAll fills dst from offset on, in pieces of readStep. If read is not nil, it receives the
// size of each piece.
func readAll(f io.ReaderAt, offset int64, dst []byte, read func(bytes int)) error {
	var group errgroup.Group
	group.SetLimit(readers)
	for lo := 0; lo < len(dst); lo += readStep {
		part := dst[lo:min(lo+readStep, len(dst))]
		group.Go(func() error {
			n, err := f.ReadAt(part, offset+int64(lo))
			if n < len(part) {
				return err
			}
			if read != nil {
				read(n)
			}
			return nil // io.EOF together with the last byte is not an error
		})
	}
	return group.Wait()
}

// checkType compares the element type of a file with T.
func checkType[T Elem](h Header) error {
	if want := dtypeOf[T](); h.DType != want {
		return fmt.Errorf("it holds %s where %s is wanted; save it again with a.astype('%s')", h.DType, want, dtypes[want].code)
	}
	return nil
}

// asBytes views data as its bytes in memory.
func asBytes[T Elem](data []T) []byte {
	if len(data) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&data[0])), len(data)*int(unsafe.Sizeof(data[0])))
}

// bigEndian reports whether the machine stores the most significant byte first.
var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// swapOnBigEndian turns little-endian elements into the machine's order and back.
func swapOnBigEndian[T Elem](data []T) {
	if bigEndian {
		swapBytes(asBytes(data), dtypeOf[T]().Size())
	}
}

// swapBytes reverses the bytes of each element of the given size.
func swapBytes(b []byte, size int) {
	for lo := 0; lo+size <= len(b); lo += size {
		for i, j := lo, lo+size-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}

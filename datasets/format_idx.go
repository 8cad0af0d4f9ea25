package datasets

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"repbench/datasets/internal/archive"
)

// maxIDX limits the data of one idx file; EMNIST's largest has 550 MB.
const maxIDX = 1 << 30

// idxUint8 is the code of unsigned bytes in the third byte of an idx file.
const idxUint8 = 0x08

// parseIDX reads an idx file of unsigned bytes, gzipped or not, with the given number of
// dimensions: two zero bytes, the type code, the number of dimensions, each dimension as a
// big-endian 32-bit integer, and the data, row-major. Memory grows with the received data, not
// with the sizes that the dimensions claim.
func parseIDX(r io.Reader, ndim int) (dims []int, data []byte, err error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err != nil {
		return nil, nil, unexpected(err)
	}
	r = b
	if archive.IsGzip(head) {
		if r, err = archive.Gunzip(b); err != nil {
			return nil, nil, err
		}
	}
	dims, size, err := parseIDXHeader(r, ndim)
	if err != nil {
		return nil, nil, err
	}
	data, err = io.ReadAll(io.LimitReader(r, size+1))
	switch {
	case err != nil:
		return nil, nil, err
	case int64(len(data)) < size:
		return nil, nil, fmt.Errorf("%d of %d bytes for %v: %w", len(data), size, dims, io.ErrUnexpectedEOF)
	case int64(len(data)) > size:
		return nil, nil, fmt.Errorf("there are bytes after the %d of %v: it is damaged or not an idx file", size, dims)
	}
	return dims, data, nil
}

func parseIDXHeader(r io.Reader, ndim int) (dims []int, size int64, err error) {
	var magic [4]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, 0, unexpected(err)
	}
	if magic[0] != 0 || magic[1] != 0 {
		return nil, 0, errors.New("it is not an idx file: it begins with other bytes")
	}
	if magic[2] != idxUint8 || int(magic[3]) != ndim {
		return nil, 0, fmt.Errorf("it is an idx file of type %#02x with %d dimensions; expected unsigned bytes (%#02x) with %d",
			magic[2], magic[3], idxUint8, ndim)
	}
	size = 1
	for range ndim {
		var d uint32
		if err := binary.Read(r, binary.BigEndian, &d); err != nil {
			return nil, 0, unexpected(err)
		}
		if d == 0 {
			return nil, 0, errors.New("it has a dimension of zero: there are no data in it")
		}
		dims = append(dims, int(d))
		if size *= int64(d); size > maxIDX { // both factors are below 2^32
			return nil, 0, fmt.Errorf("its dimensions %v claim more than %d MB, the most that is read: it is damaged or no idx file", dims, maxIDX/1_000_000)
		}
	}
	return dims, size, nil
}

// unexpected converts an end of file where more must follow to io.ErrUnexpectedEOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

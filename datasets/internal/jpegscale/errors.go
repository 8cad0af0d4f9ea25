package jpegscale

import (
	"errors"
	"fmt"
)

// ErrUnsupported is wrapped by errors about files of an unsupported kind, which may be
// undamaged.
var ErrUnsupported = errors.New("this kind of JPEG is not supported")

// errTruncated reports that the file ended early.
var errTruncated = errors.New("the JPEG data are truncated")

// errCode reports that bits in a scan are not a valid code.
var errCode = errors.New("the JPEG data are damaged: there is no such Huffman code")

func damaged(format string, args ...any) error {
	return fmt.Errorf("the JPEG data are damaged: "+format, args...)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}

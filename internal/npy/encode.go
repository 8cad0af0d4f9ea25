package npy

// EncodeHeader is the header of a file of that shape, in this package's fixed
// length for the number of dimensions, for writers that lay out the data
// themselves.
func EncodeHeader(d DType, shape []int) []byte { return formatHeader(d, shape) }

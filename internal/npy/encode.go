package npy

// EncodeHeader returns the header of a file with the given shape, for writers that write the
// data themselves. Its length depends only on the number of dimensions.
func EncodeHeader(d DType, shape []int) []byte { return formatHeader(d, shape) }

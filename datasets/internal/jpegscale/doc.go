// Package jpegscale decodes JPEG files at full size or directly at a half, a quarter or an
// eighth of it, which is several times faster than decoding at full size.
//
// Pixels equal those of libjpeg-turbo with its defaults, as Pillow uses it: the "slow"
// integer inverse DCT and its reduced forms of 4×4, 2×2 and 1×1 samples per block, chroma interpolated by the triangle filter, the same fixed-point colour
// conversion, and chroma decoded at a larger scale in place of interpolation where
// that gives the size of luma (test TestDecodeEqualsPillow). The algorithms come
// from jidctint.c, jidctred.c, jdmaster.c, jdsample.c and jdcolor.c.
//
// The package reads baseline, extended and progressive files with Huffman codes, 8 bits
// per sample, and one or three components. All others (CMYK, arithmetic codes, 12 bits,
// lossless, a height at the end) give ErrUnsupported; package image/jpeg may read them. No input makes the package panic, and memory is bounded by the
// dimensions, which are checked before anything is allocated.
package jpegscale

// Package jpegscale decodes JPEG files at full size or directly at a half, a
// quarter or an eighth of it, which is several times faster where a small picture
// is wanted.
//
// Pixels are those of libjpeg-turbo with its defaults, as Pillow uses it: the
// "slow" integer inverse DCT and its reduced forms of 4×4, 2×2 and 1×1 samples a
// block, chroma interpolated by the triangle filter, the same fixed-point colour
// conversion, and chroma decoded at a larger scale in place of interpolation where
// that gives the size of luma (test TestDecodeEqualsPillow). The algorithms are
// those of jidctint.c, jidctred.c, jdmaster.c, jdsample.c and jdcolor.c.
//
// Read are baseline, extended and progressive files with Huffman codes, 8 bits a
// sample, one or three components. All else (CMYK, arithmetic codes, 12 bits,
// lossless, a height that comes at the end) is ErrUnsupported; package image/jpeg
// may know more. No input makes the package panic, and memory is bounded by the
// dimensions, which are checked before anything is allocated.
package jpegscale

// Package resize makes small square pictures out of large ones, with the same pixels as
// Pillow's Image.resize.
//
// Images are uint8, row-major H×W×C, C = 1 or 3. The shorter side becomes n, the
// longer side keeps the proportion (Fit says how it is rounded), and the n×n pixels
// in the middle are kept:
//
//	var s resize.Scaler
//	err := s.Square(dst, resize.Image{Pix: pix, W: 500, H: 375, C: 3}, 32, resize.Bicubic)
//
// Resampling is separable and antialiased: when an image shrinks by a factor f, the
// filter is f times as wide, so that every pixel counts. Weights are fixed-point numbers
// of 22 bits. The rows are resampled first and rounded to 8 bits, then the columns. This
// is Pillow's arithmetic, and results are equal to Pillow's, not only close (test
// TestSquareEqualsPillow). Rows and columns that the middle does not need are not
// computed.
package resize

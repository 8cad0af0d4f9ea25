// Package sheet draws contact sheets: many images of one size, row by row, on one
// picture, written as PNG.
//
// Images are uint8, row-major N×H×W×C with C = 1 (grey) or 3 (RGB), as
// repbench/datasets has them; a generator's output, float32 in [-1, 1] in the
// same order, is turned into that form by FromFloat:
//
//	im, err := sheet.FromFloat(generated, 64, 32, 32, 3)
//	img, err := sheet.Draw(im, sheet.Options{})
//	err = sheet.WritePNG("samples.png", img)
//
// Nothing here draws from a random source or reads the clock: the same images
// give the same bytes.
package sheet

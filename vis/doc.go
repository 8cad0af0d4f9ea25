// Package vis draws what a network makes of its images. So far it holds the
// contact sheet: many images of one size, row by row, on one picture.
//
// Images are uint8, row-major N×H×W×C with C = 1 (grey) or 3 (RGB), as
// repbench/datasets has them; a generator's output, float32 in [-1, 1] in the
// same order, is turned into that form by FromFloat:
//
//	im, err := vis.FromFloat(generated, 64, 32, 32, 3)
//	sheet, err := vis.Sheet(im, vis.SheetOptions{})
//	err = vis.WritePNG("samples.png", sheet)
//
// Nothing here draws from a random source or reads the clock: the same images
// give the same bytes.
package vis

// Package sheet draws contact sheets: many images of one size, row by row, on one
// picture, written as PNG.
//
// Images are uint8, row-major N×H×W×C with C = 1 (grey) or 3 (RGB), as
// in package datasets. FromFloat converts a generator's output, float32 in [-1, 1] in
// the same order:
//
//	im, err := sheet.FromFloat(generated, 64, 32, 32, 3)
//	img, err := sheet.Draw(im, sheet.Options{})
//	err = sheet.WritePNG("samples.png", img)
//
// No function here uses random numbers or the clock: the same images give the same bytes.
package sheet

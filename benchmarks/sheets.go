package benchmarks

import (
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
	"repbench/vis/sheet"
)

// WriteSheet writes generated images as one contact sheet.
func WriteSheet(path string, im dcgan.Images) error {
	pixels, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		return err
	}
	img, err := sheet.Draw(pixels, sheet.Options{})
	if err != nil {
		return err
	}
	return sheet.WritePNG(path, img)
}

// WriteDigits writes samples as one contact sheet, with a row for each of the classes if rows says how
// many there are.
func WriteDigits(path string, s mnistcond.Samples, rows int) error {
	pixels, err := sheet.FromUnit(s.Data, s.N, mnistcond.Side, mnistcond.Side, 1)
	if err != nil {
		return err
	}
	columns := 0
	if rows > 0 {
		columns = (s.N + rows - 1) / rows
	}
	img, err := sheet.Draw(pixels, sheet.Options{Columns: columns})
	if err != nil {
		return err
	}
	return sheet.WritePNG(path, img)
}

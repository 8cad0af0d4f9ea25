package benchmarks

import (
	"fmt"
	"strconv"

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

// digitColumns is the number of images in a row of a sheet without rows of classes.
const digitColumns = 20

// WriteDigits writes samples as one sheet, with a row for each of the classes if rows says how many there
// are. With a title the classes stand beside the rows, or below the images.
func WriteDigits(path string, s mnistcond.Samples, rows int, title string) error {
	pixels, err := sheet.FromUnit(s.Data, s.N, mnistcond.Side, mnistcond.Side, 1)
	if err != nil {
		return err
	}
	columns := digitColumns
	if rows > 0 {
		columns = (s.N + rows - 1) / rows
	}
	if title == "" {
		img, err := sheet.Draw(pixels, sheet.Options{Columns: columns})
		if err != nil {
			return err
		}
		return sheet.WritePNG(path, img)
	}
	var all []sheet.Row
	for lo := 0; lo < s.N; lo += columns {
		hi := min(lo+columns, s.N)
		row := sheet.Row{Images: pixels.Slice(lo, hi)}
		switch {
		case rows > 0:
			row.Label = []string{fmt.Sprintf("class %d", s.Labels[lo])}
		default:
			for _, label := range s.Labels[lo:hi] {
				row.Captions = append(row.Captions, strconv.Itoa(int(label)))
			}
		}
		all = append(all, row)
	}
	img, err := sheet.DrawRows(all, sheet.RowOptions{Title: title, Scale: 1})
	if err != nil {
		return err
	}
	return sheet.WritePNG(path, img)
}

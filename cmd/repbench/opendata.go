package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"repbench/datasets"
)

// addReading adds the flags that say how files of images are read.
func (a *app) addReading(c *cobra.Command) {
	c.Flags().BoolVar(&a.exifRotate, "exif-rotate", false, "turn images by the EXIF orientation in their files (default: pixels as they are stored)")
	c.Flags().BoolVar(&a.followLinks, "follow-links", false, "enter links to folders in a data set, where they lead to your own folders on the same file system")
}

// openData opens a data set and shows its notes.
func (a *app) openData(ctx context.Context, spec string, o datasets.Options) (*datasets.Dataset, error) {
	ds, err := datasets.Open(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	a.showNotes(spec, ds.Notes)
	return ds, nil
}

// showNotes writes what a user should know about a data set to standard error.
func (a *app) showNotes(spec string, notes []string) {
	for _, n := range notes {
		fmt.Fprintf(a.stderr, "note: %s: %s\n", spec, n)
	}
}

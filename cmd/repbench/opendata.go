package main

import (
	"context"
	"fmt"

	"repbench/datasets"
)

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

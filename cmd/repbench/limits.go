package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
)

// Limits of numbers that decide memory and time.
const (
	maxSteps    = 1_000_000 // of an optimisation
	maxRestarts = 1000
)

// within says which of the flags that were given is no whole number from lo to hi.
func within(c *cobra.Command, lo, hi int64, names ...string) error {
	for _, name := range names {
		f := c.Flags().Lookup(name)
		if !f.Changed {
			continue
		}
		if v, err := strconv.ParseInt(f.Value.String(), 10, 64); err != nil || v < lo || v > hi {
			return usageError{fmt.Errorf("--%s %s: give %d to %d", name, f.Value, lo, hi)}
		}
	}
	return nil
}

package main

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

// size is a flag for a number of bytes, given as 8GiB, 500MB or a number.
type size struct {
	bytes *int64
	least int64
}

// sizeFlag adds a flag of at least so many bytes to a command. The value that bytes
// has stands for a flag that was not given.
func sizeFlag(c *cobra.Command, bytes *int64, name string, least int64, usage string) {
	c.Flags().Var(size{bytes, least}, name, usage)
}

// Set implements pflag.Value.
func (s size) Set(text string) error {
	n, err := humanize.ParseBytes(text)
	if err != nil || n > math.MaxInt64 || int64(n) < s.least {
		return fmt.Errorf("%q is no size; give one like 8GiB or 500MB", text)
	}
	*s.bytes = int64(n)
	return nil
}

// String implements pflag.Value.
func (s size) String() string {
	if s.bytes == nil || *s.bytes <= 0 {
		return ""
	}
	return humanize.IBytes(uint64(*s.bytes))
}

// Type implements pflag.Value.
func (size) Type() string { return "size" }

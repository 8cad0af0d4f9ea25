package main

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
)

// size is a flag of so many bytes, given as 8GiB, 500MB or a number; 0 where it
// was not given.
type size int64

// Set implements pflag.Value.
func (s *size) Set(text string) error {
	n, err := humanize.ParseBytes(text)
	if err != nil || n == 0 || n > math.MaxInt64 {
		return fmt.Errorf("%q is no size; give one like 8GiB or 500MB", text)
	}
	*s = size(n)
	return nil
}

// String implements pflag.Value.
func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return humanize.IBytes(uint64(*s))
}

// Type implements pflag.Value.
func (s *size) Type() string { return "size" }

package suite

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxSeeds bounds the seeds of an encoder.
const maxSeeds = 10_000

// Seeds are the seeds of an encoder, in ascending order.
type Seeds struct {
	// List are the seeds; empty of None.
	List []uint64
	// None says that nothing is random: there is one cell, without a seed.
	None bool
}

// given reports whether a file said anything.
func (s Seeds) given() bool { return s.None || len(s.List) > 0 }

// ParseSeeds reads seeds: "1..20", "1,2,5..7" or "none".
func ParseSeeds(text string) (Seeds, error) {
	if text == "none" {
		return Seeds{None: true}, nil
	}
	var list []uint64
	for part := range strings.SplitSeq(text, ",") {
		low, high, ranged := strings.Cut(strings.TrimSpace(part), "..")
		first, err := strconv.ParseUint(strings.TrimSpace(low), 10, 63)
		last := first
		if err == nil && ranged {
			last, err = strconv.ParseUint(strings.TrimSpace(high), 10, 63)
		}
		if err != nil || last < first {
			return Seeds{}, fmt.Errorf(`seeds %q: give a range such as "1..20", a list such as "1,2,5..7" or [1, 2, 5], or "none"`, text)
		}
		if last-first >= maxSeeds || len(list)+int(last-first) >= maxSeeds {
			return Seeds{}, fmt.Errorf("seeds %q: more than %d seeds", text, maxSeeds)
		}
		for seed := first; seed <= last; seed++ {
			list = append(list, seed)
		}
	}
	return newSeeds(list)
}

// newSeeds sorts the seeds and refuses one that is named twice.
func newSeeds(list []uint64) (Seeds, error) {
	slices.Sort(list)
	for i := range list[1:] {
		if list[i] == list[i+1] {
			return Seeds{}, fmt.Errorf("seed %d is named twice", list[i])
		}
	}
	return Seeds{List: list}, nil
}

// UnmarshalTOML implements toml.Unmarshaler: a text, a number or a list of numbers.
func (s *Seeds) UnmarshalTOML(value any) (err error) {
	switch v := value.(type) {
	case string:
		*s, err = ParseSeeds(v)
		return err
	case int64:
		value = []any{v}
	}
	all, ok := value.([]any)
	if !ok || len(all) == 0 || len(all) > maxSeeds {
		return fmt.Errorf(`seeds %v: give a range such as "1..20", a list such as [1, 2, 5], or "none"`, value)
	}
	var list []uint64
	for _, e := range all {
		n, ok := e.(int64)
		if !ok || n < 0 {
			return fmt.Errorf("seeds %v: %v is no whole number from 0", value, e)
		}
		list = append(list, uint64(n))
	}
	*s, err = newSeeds(list)
	return err
}

// Has reports whether a seed, nil for none, is among them; no seed always is.
func (s Seeds) Has(seed *uint64) bool { return seed == nil || slices.Contains(s.List, *seed) }

// each are the seeds of cells: one nil where there is none.
func (s Seeds) each() []*uint64 {
	if s.None {
		return []*uint64{nil}
	}
	out := make([]*uint64, len(s.List))
	for i := range s.List {
		out[i] = &s.List[i]
	}
	return out
}

// String writes the seeds as ParseSeeds reads them.
func (s Seeds) String() string {
	if s.None {
		return "none"
	}
	var parts []string
	for i := 0; i < len(s.List); {
		j := i
		for j+1 < len(s.List) && s.List[j] < math.MaxInt64 && s.List[j+1] == s.List[j]+1 {
			j++
		}
		part := strconv.FormatUint(s.List[i], 10)
		if j > i {
			part += ".." + strconv.FormatUint(s.List[j], 10)
		}
		parts, i = append(parts, part), j+1
	}
	return strings.Join(parts, ",")
}

// MarshalJSON writes the text of String.
func (s Seeds) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

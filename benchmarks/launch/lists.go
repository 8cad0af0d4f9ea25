package launch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxListed bounds the indices of one list, as lists come back from engines and from files.
const maxListed = 10_000_000

// FormatList writes indices as engines do: ascending, each once, runs as "first-last", as in "0-5,9".
func FormatList(indices []int) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(indices)))
	var b strings.Builder
	for i := 0; i < len(sorted); {
		j := i
		for j+1 < len(sorted) && sorted[j+1] == sorted[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(sorted[i]))
		if j > i {
			b.WriteString("-" + strconv.Itoa(sorted[j]))
		}
		i = j + 1
	}
	return b.String()
}

// ParseList is the inverse of FormatList. It takes runs in any order, and steps as Slurm writes them
// ("0-8:2"); the empty text is the empty list.
func ParseList(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	var list []int
	for part := range strings.SplitSeq(text, ",") {
		first, last, step, err := parseRun(part)
		if err != nil {
			return nil, fmt.Errorf("list of indices %.60q: %w", text, err)
		}
		if (last-first)/step+1+len(list) > maxListed {
			return nil, fmt.Errorf("list of indices %.60q: more than %d indices", text, maxListed)
		}
		for i := first; i <= last; i += step {
			list = append(list, i)
		}
	}
	return list, nil
}

// parseRun reads "3", "3-7" or "3-7:2".
func parseRun(text string) (first, last, step int, err error) {
	bounds, by, stepped := strings.Cut(text, ":")
	low, high, ranged := strings.Cut(bounds, "-")
	if first, err = parseIndex(low); err != nil {
		return 0, 0, 0, err
	}
	last, step = first, 1
	if ranged {
		if last, err = parseIndex(high); err != nil {
			return 0, 0, 0, err
		}
	}
	if stepped {
		if step, err = parseIndex(by); err != nil {
			return 0, 0, 0, err
		}
	}
	if last < first || step == 0 {
		return 0, 0, 0, fmt.Errorf("%q is no run of indices", text)
	}
	return first, last, step, nil
}

// parseIndex reads one index: digits alone, below 2³¹.
func parseIndex(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || text[0] == '+' {
		return 0, fmt.Errorf("%q is no index", text)
	}
	return int(n), nil
}

// window is a part of the cells whose array indices an engine can hold: cell = offset + array index.
type window struct {
	offset int
	cells  []int // indices of the plan, ascending
}

// windows splits cells so that each array index is below size.
func windows(cells []int, size int) []window {
	var all []window
	for _, c := range slices.Compact(slices.Sorted(slices.Values(cells))) {
		offset := c - c%size
		if n := len(all); n == 0 || all[n-1].offset != offset {
			all = append(all, window{offset: offset})
		}
		last := &all[len(all)-1]
		last.cells = append(last.cells, c)
	}
	return all
}

// list is the window's array indices.
func (w window) list() string {
	local := make([]int, len(w.cells))
	for i, c := range w.cells {
		local[i] = c - w.offset
	}
	return FormatList(local)
}

package duplicates

import (
	"context"
	"time"

	"repbench/internal/progress"
)

// findExact joins the images with the same pixels.
func findExact(ctx context.Context, parts []Part, p progress.Reporter) (forest, error) {
	codes, err := hashBoth(ctx, parts, Exact{}, false, p, string(MethodExact))
	if err != nil {
		return nil, err
	}
	f := newForest(len(codes))
	return f, link(ctx, f, codes, MaxBits, 0, p)
}

// hashBoth gives the codes of all images and, with mirror, those of all mirror
// images after them.
func hashBoth(ctx context.Context, parts []Part, h Hasher, mirror bool, p progress.Reporter, name string) ([]Code, error) {
	n := count(parts)
	total := int64(n)
	if mirror {
		total *= 2
	}
	task := p.Start("hash "+name, total, "images")
	defer task.Done()
	codes, err := hashAll(ctx, h, parts, false, task)
	if err != nil || !mirror {
		return codes, err
	}
	more, err := hashAll(ctx, h, parts, true, task)
	return append(codes, more...), err
}

// MethodSummary is what one method found.
type MethodSummary struct {
	Method Method `json:"method"`
	Bits   int    `json:"bits"`
	// Threshold is that of the autoencoder's units, "" for other methods.
	Threshold string `json:"threshold,omitempty"`
	Radius    int    `json:"radius"`
	Mirror    bool   `json:"mirror"`
	// Groups is the number of groups, Grouped that of the images in them, Largest
	// that of the images in the largest.
	Groups  int `json:"groups"`
	Grouped int `json:"grouped"`
	Largest int `json:"largest"`
	// Removed is Grouped less Groups: the images that are not the first of theirs.
	Removed int     `json:"removed"`
	Seconds float64 `json:"seconds"`
}

// summarise counts groups.
func (m MethodSummary) summarise(groups [][]int, began time.Time) MethodSummary {
	m.Groups = len(groups)
	for _, g := range groups {
		m.Grouped += len(g)
		m.Largest = max(m.Largest, len(g))
	}
	m.Removed = m.Grouped - m.Groups
	m.Seconds = time.Since(began).Seconds()
	return m
}

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

// hashBoth returns the codes of all images and, if mirror is true, then the codes of all mirror
// images.
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

// MethodSummary is the result of one method.
type MethodSummary struct {
	Method Method `json:"method"` // one of Methods
	Bits   int    `json:"bits"`   // length of the codes
	// Threshold is the threshold of the autoencoder's units, "" for other methods.
	Threshold string `json:"threshold,omitempty"`
	Radius    int    `json:"radius"` // bits in which linked codes may differ
	Mirror    bool   `json:"mirror"` // images were also compared with mirror images
	// Groups is the number of groups, Grouped the number of images in them, Largest the size of
	// the largest group.
	Groups  int `json:"groups"`
	Grouped int `json:"grouped"`
	Largest int `json:"largest"`
	// Removed is Grouped minus Groups: the number of images that are not the first of their
	// group.
	Removed int `json:"removed"`
	// Seconds is the duration of the search.
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

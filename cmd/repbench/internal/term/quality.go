package term

import (
	"fmt"
	"strings"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
)

// Quality is the result of comparing generated with real rows.
func Quality(r *quality.Result) string {
	var b strings.Builder
	if r.RealRows > 0 {
		fmt.Fprintf(&b, "%d generated rows beside %d real ones, %d features\n", r.GeneratedRows, r.RealRows, r.Dim)
	} else {
		fmt.Fprintf(&b, "logits of %d generated rows, %d classes\n", r.GeneratedRows, r.Dim)
	}
	fmt.Fprintf(&b, "  %-16s %11s   %-24s %11s  %s\n", "metric", "value", "95 % interval", "floor", "better")
	for _, name := range metric.Names() {
		n, found := r.Metrics[name]
		if !found {
			continue
		}
		interval, floor, better := "-", "-", string(metric.Better(name))
		if n.CI95 != nil {
			interval = fmt.Sprintf("[%.4g, %.4g]", n.CI95[0], n.CI95[1])
		}
		if n.Floor != nil {
			floor = fmt.Sprintf("%.4g", *n.Floor)
		}
		if better == "" {
			better = "neither"
		}
		fmt.Fprintf(&b, "  %-16s %11.4g   %-24s %11s  %s\n", name, n.Value, interval, floor, better)
	}
	qualityNotes(&b, r)
	return b.String()
}

// qualityNotes says how the numbers are to be read: conventions and warnings, those that
// several numbers share once.
func qualityNotes(b *strings.Builder, r *quality.Result) {
	for _, kind := range []struct {
		title string
		of    func(n quality.Number) []string
	}{
		{"convention", func(n quality.Number) []string { return []string{n.Convention} }},
		{"warning", func(n quality.Number) []string { return n.Warnings }},
	} {
		var texts []string
		names := map[string][]string{}
		for _, name := range metric.Names() {
			n, found := r.Metrics[name]
			if !found {
				continue
			}
			for _, text := range kind.of(n) {
				if names[text] == nil {
					texts = append(texts, text)
				}
				names[text] = append(names[text], name)
			}
		}
		for _, text := range texts {
			fmt.Fprintf(b, "  %s of %s: %s\n", kind.title, strings.Join(names[text], ", "), text)
		}
	}
	if r.Halves > 0 {
		fmt.Fprintf(b, "  intervals: value ± 1.96 standard deviations over %d random halves of both sets, seed %d\n", r.Halves, r.Seed)
	}
	switch {
	case r.FloorRows[0] > 0:
		fmt.Fprintf(b, "  floor: the metric between two real samples of %d and %d rows\n", r.FloorRows[0], r.FloorRows[1])
	case r.FloorRows[1] > 0:
		fmt.Fprintf(b, "  floor: the metric of %d held-out real rows\n", r.FloorRows[1])
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", w)
	}
	fmt.Fprintf(b, "  %.1f s\n", r.Seconds)
}

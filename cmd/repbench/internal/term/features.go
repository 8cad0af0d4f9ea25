package term

import (
	"fmt"
	"strconv"
	"strings"

	"repbench/features/store"
)

// Features are the features in the folder dir.
func Features(dir string, m *store.Meta) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d features of %s for %s (%s)\n", dir, m.Dim, m.Encoder, m.Data, m.DType)
	for _, s := range m.Splits {
		fmt.Fprintf(&b, "  %-6s %d rows\n", s.Name, s.Rows)
	}
	for _, l := range m.Layers {
		fmt.Fprintf(&b, "  %-6s %d×%d×%d, columns %d to %d\n", l.Name, l.Height, l.Width, l.Channels, l.Columns[0], l.Columns[1]-1)
	}
	if m.Input != nil {
		fmt.Fprintf(&b, "  input  %s\n", input(m.Input))
	}
	if m.Cost != nil {
		fmt.Fprintf(&b, "  cost   %s\n", cost(m.Cost))
	}
	return b.String()
}

// input says how images enter a network from a file, with the names of the settings.
func input(in *store.NetInput) string {
	parts := []string{fmt.Sprintf("%d×%d×%d %s", in.Height, in.Width, in.Channels, in.Color)}
	add := func(key, value string) {
		if value != "" && value != "0" {
			parts = append(parts, key+"="+value)
		}
	}
	add("preset", in.Preset)
	add("shorter", fmt.Sprint(in.Shorter))
	add("crop", in.Crop)
	add("rules", in.Rules)
	add("resize", in.Resize)
	add("antialias", in.Antialias)
	add("round", in.Round)
	add("scale", fmt.Sprintf("%.6g", in.Scale))
	return strings.Join(parts, ", ") + ", mean=" + numbers(in.Mean) + ", std=" + numbers(in.Std)
}

// numbers is a list as the settings take it.
func numbers(v []float64) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(v)), ","), "[]")
}

// cost says what features cost.
func cost(c *store.Cost) string {
	var parts []string
	if c.MultiplyAdds > 0 {
		parts = append(parts, digits(float64(c.MultiplyAdds)/1e6)+" million multiply-adds per image")
	}
	if c.ImagesPerSecond > 0 {
		parts = append(parts, digits(c.ImagesPerSecond)+" images/s")
	}
	if c.GFLOPS > 0 {
		parts = append(parts, digits(c.GFLOPS)+" GFLOP/s")
	}
	return strings.Join(append(parts, fmt.Sprintf("peak memory %.0f MB, batch %d", float64(c.PeakRSSBytes)/1e6, c.Batch)), ", ")
}

// digits writes a number above 0 with four digits, or all of the whole number: 0.7011, 68.24, 11470.
func digits(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
